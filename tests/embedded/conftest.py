"""Places for data directories."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from turnout.database.embedded import attach

from .watching import eventually, execute, free


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account may pass through; pytest's own are closed to the account root changes to."""
    folder = Path(tempfile.mkdtemp(prefix="turnout-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def shared() -> Iterator[Path]:
    """A data directory with a cluster and a table of visits, for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="turnout-test-"))
    folder.chmod(0o755)
    with attach(folder / "home") as server:
        execute(server, "CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY)")
    yield folder / "home"
    shutil.rmtree(folder)


@pytest.fixture
def home(shared: Path) -> Iterator[Path]:
    """The shared data directory; whatever a test does, nothing runs in it afterwards."""
    yield shared
    assert eventually(lambda: free(shared))


@pytest.fixture
def own(place: Path, shared: Path) -> Path:
    """A copy of it, to count in or to spoil."""
    subprocess.run(["cp", "-a", shared, place / "home"], check=True)
    (place / "home" / "postgres.log").unlink()
    return place / "home"
