"""What lies in a data directory, and the locks by which its commands, its supervisor and its Postgres agree.

    door             held for moments: whoever starts, joins or decides to stop the server
    users            shared by every command that uses the directory, for its whole life
    supervisor.lock  held by the supervisor for its whole life
    postgres.lock    inherited by every process of Postgres: free means that none is left
    server.json      the announcement: written when connections are accepted, gone when they are not
    data, run        the cluster and its socket folder (a link to a short folder when the path is too long)
    programs         a copy of Postgres's programs where those installed are out of reach

The kernel releases a lock when its last holder ends, however it ends, so nothing here trusts a process id.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from turnout.database.embedded_error import EmbeddedPostgresError
from turnout.database.embedded_lock import FileLock

PRIVATE = 0o600
LONGEST_LOG_BYTES = 16 << 20


@dataclass(frozen=True)
class Announcement:
    """The running server: where its socket is, and who runs it (ids for people to read, never to be trusted)."""

    socket_folder: str
    port: int
    tcp: bool
    supervisor: int
    postgres: int


class DataDirectory:
    """The paths, locks and announcement of one data directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path / "data"
        self.unfinished_data = path / "data.unfinished"
        self.run = path / "run"
        self.programs = path / "programs"
        self.log = path / "postgres.log"
        self.announcement = path / "server.json"

    @classmethod
    def prepare(cls, path: Path) -> Self:
        """Create the directory unless it is there. Raises DATA_DIRECTORY_UNUSABLE."""
        try:
            _create(path.absolute())
            directory = cls(path.resolve(strict=True))
            for name in ("door", "users", "supervisor.lock", "postgres.lock"):
                directory.lock(name).close()
        except OSError as error:
            raise EmbeddedPostgresError.refused(path, error) from error
        return directory

    def lock(self, name: str) -> FileLock:
        """A new handle on one of the locks, not yet held."""
        return FileLock(self.open(name))

    def open(self, name: str, flags: int = 0) -> int:
        """Open or create a file of ours. One that root creates belongs to whom the directory belongs."""
        path = self.path / name
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | flags, PRIVATE)
        except FileExistsError:
            return os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | flags)
        self._give(fd, self.path.stat())
        return fd

    def write(self, name: str, text: str, owner: os.stat_result | None = None) -> None:
        """Replace a file of ours in one step, so that nobody ever reads half of it."""
        fd, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=self.path)
        try:
            with os.fdopen(fd, "w", encoding="utf-8") as file:
                self._give(fd, owner or self.path.stat())
                file.write(text)
            Path(temporary).replace(self.path / name)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def open_log(self) -> int:
        """The log of Postgres, to be appended to."""
        return self.open(self.log.name, os.O_APPEND)

    def trim_log(self) -> None:
        """Begin a new log when the old one has grown long; one old one is kept."""
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))

    def announce(self, server: Announcement) -> None:
        """Tell the commands that the server accepts connections."""
        self.write(self.announcement.name, json.dumps(asdict(server)))

    def withdraw(self) -> None:
        """Take the announcement back."""
        self.announcement.unlink(missing_ok=True)

    def announced(self) -> Announcement | None:
        """The announced server. It is running only as long as the supervisor's lock is held."""
        with suppress(FileNotFoundError):
            return Announcement(**json.loads(self.announcement.read_text(encoding="utf-8")))
        return None

    def _give(self, fd: int, owner: os.stat_result) -> None:
        if os.geteuid() == 0:
            os.fchown(fd, owner.st_uid, owner.st_gid)

    def supervised(self) -> bool:
        """Whether a supervisor lives, starting, running or stopping."""
        with self.lock("supervisor.lock") as lock:
            return not lock.try_share()

    def used(self) -> bool:
        """Whether any command uses the directory."""
        with self.lock("users") as lock:
            return lock.try_share() and not lock.try_hold()


def _create(path: Path) -> None:
    """As root the account of Postgres must pass through what we create, whatever the umask; else it is private."""
    if os.geteuid() != 0:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    if not any(path.iterdir()):
        path.chmod(path.stat().st_mode | 0o011)
