"""Folders for servers of the tests: in memory where that may be, since nobody keeps what they write."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

# Where Linux keeps files in memory, and how much has to be free there: a run takes a third of it.
MEMORY = Path("/dev/shm")
ENOUGH = 2**31


@contextmanager
def place() -> Generator[Path]:
    """A folder that every account may pass through; pytest's own are closed to the account that root changes to."""
    folder = Path(tempfile.mkdtemp(prefix="turnout-tests-", dir=memory()))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def memory() -> Path | None:
    """Where files that nobody keeps are made and removed soonest; None where the usual place has to do."""
    if not MEMORY.is_dir() or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:  # Postgres's programs may have to be copied
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free >= ENOUGH else None
