"""Places for data directories."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import place
from turnout.database.embedded import attach

from .watching import eventually, execute, free


@pytest.fixture(name="place")
def folder() -> Iterator[Path]:
    with place() as folder:
        yield folder


@pytest.fixture(scope="session")
def shared() -> Iterator[Path]:
    """A data directory with a cluster and a table of visits, for all tests."""
    with place() as folder:
        with attach(folder / "home") as server:
            execute(server, "CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY)")
        yield folder / "home"


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
