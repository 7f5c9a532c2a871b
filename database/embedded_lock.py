"""A lock that the kernel releases when its holder ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from types import TracebackType
from typing import Self


class FileLock:
    """A lock on a file, held until closed or until the last process that has inherited it ends."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def share(self) -> None:
        """Wait until nobody holds it alone, then hold it together with others."""
        fcntl.flock(self.fd, fcntl.LOCK_SH)

    def hold(self) -> None:
        """Wait until nobody holds it, then hold it alone."""
        fcntl.flock(self.fd, fcntl.LOCK_EX)

    def try_share(self) -> bool:
        """Hold it together with others unless somebody holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def try_hold(self) -> bool:
        """Hold it alone unless somebody holds it."""
        return self._try(fcntl.LOCK_EX)

    def release(self) -> None:
        """Let go, also for processes that have inherited it."""
        fcntl.flock(self.fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of this handle; processes that have inherited it keep the lock."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def _try(self, operation: int) -> bool:
        try:
            fcntl.flock(self.fd, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
