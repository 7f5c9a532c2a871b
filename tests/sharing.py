"""Which tests go to one worker: those that share what takes seconds to set up, and would set it up in each."""

from pathlib import PurePosixPath

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folders and files whose tests share a server, or a company that has told its story.
SHARING = {"docs", "embedded", "isolation", "sql_login", "subscriptions", "test_backup", "test_demo", "test_logs"}


class Together(LoadScopeScheduling):
    """Hands out tests one by one, in their order, and those that share something at once."""

    def _split_scope(self, nodeid: str) -> str:
        return group(PurePosixPath(nodeid.partition("::")[0])) or nodeid


def group(path: PurePosixPath) -> str | None:
    """What the tests of a file share; None for those that may go to any worker."""
    return next((name for name in (path.stem, path.parent.name) if name in SHARING), None)


def in_order(item: pytest.Item) -> tuple[bool, bool]:
    """What takes longest comes first: begun last, it would keep one worker busy after the other has nothing to do."""
    return item.path.parent.name != "worlds", group(PurePosixPath(item.path)) is None
