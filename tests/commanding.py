"""Commands, run in this process."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from turnout.server.cli import app

from .databases import Database

Turnout = Callable[..., Result]


@pytest.fixture
def turnout(database: Database, monkeypatch: pytest.MonkeyPatch) -> Turnout:
    """Runs a command in this process, with the settings of a real server."""
    for name in ("TURNOUT_DATA", "TURNOUT_ADMIN_URL", "TURNOUT_HOST", "TURNOUT_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database.app)
    monkeypatch.setenv("TURNOUT_REFRESHER_URL", database.refresher)
    monkeypatch.setenv("TURNOUT_SUPPORT_URL", database.support)
    return lambda *arguments: CliRunner().invoke(app, arguments)
