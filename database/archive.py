"""The file of a backup: a zip of Postgres' own dump and of a manifest that says what must be in it."""

import os
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from turnout.database.errors import TurnoutError

FORMAT: Final = 1
DUMP: Final = "turnout.dump"
MANIFEST: Final = "manifest.json"
PIECE: Final = 1 << 20


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """What a backup holds: of which schema, as of when, and how many rows of which table."""

    format: int
    schema: str
    revision: str
    server: str
    as_of: str
    rows: dict[str, int]


class Archive:
    """A backup being written; what it holds is there only when `seal` has been called."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed

    def dump(self) -> IO[bytes]:
        """Where the dump goes, piece by piece; it compresses itself."""
        return self._packed.open(DUMP, "w", force_zip64=True)

    def seal(self, manifest: Manifest) -> None:
        """Say what must be in it."""
        self._packed.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))


@contextmanager
def writing(file: Path) -> Generator[Archive]:
    """A new backup, readable by its owner alone; the file is there when it is complete, or not at all.

    Raises TurnoutError FILE_EXISTS, FILE_UNWRITABLE.
    """
    if file.exists():
        raise TurnoutError("FILE_EXISTS", f"{file} is there already.", "Name a file that is not, or remove it first.")
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.unfinished")
    try:
        fd = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w+b") as opened:
            with zipfile.ZipFile(opened, "w", allowZip64=True) as packed:
                yield Archive(packed)
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.rename(file)
    except OSError as error:
        hint = "Name a file in a folder that exists, may be written and has space."
        raise TurnoutError("FILE_UNWRITABLE", f"{file} cannot be written: {error.strerror}.", hint) from error
    finally:
        with suppress(OSError):
            unfinished.unlink()


@contextmanager
def reading(file: Path) -> Generator[tuple[Manifest, zipfile.ZipFile]]:
    """A backup, after all of it has been read once and every checksum was right.

    Raises TurnoutError FILE_UNREADABLE, BACKUP_DAMAGED, BACKUP_TOO_NEW.
    """
    try:
        packed = zipfile.ZipFile(file)
    except OSError as error:
        hint = "Name a file that `turnout backup` has written."
        raise TurnoutError("FILE_UNREADABLE", f"{file} cannot be read: {error.strerror}.", hint) from error
    except zipfile.BadZipFile as error:
        raise _damaged(file, str(error)) from error
    with packed:
        yield _checked(file, packed), packed


def _checked(file: Path, packed: zipfile.ZipFile) -> Manifest:
    try:
        wrong = packed.testzip()
        said = msgspec.json.decode(packed.read(MANIFEST), type=dict[str, Any])
        if said.get("format") == FORMAT and packed.getinfo(DUMP) and not wrong:
            return msgspec.convert(said, Manifest)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, KeyError, msgspec.DecodeError) as error:
        raise _damaged(file, str(error)) from error
    if wrong:
        raise _damaged(file, f"the checksum of {wrong} is wrong")
    hint = "Restore it with the version that wrote it, or a newer one."
    raise TurnoutError("BACKUP_TOO_NEW", f"{file} has a format that this version does not know.", hint)


def _damaged(file: Path, why: str) -> TurnoutError:
    return TurnoutError("BACKUP_DAMAGED", f"{file} is no whole backup: {why}.", "Use another one; nothing was changed.")
