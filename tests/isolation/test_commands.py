"""Each command that is given a company tells of that company alone."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from turnout.server.cli import app

from .canaries import ALPHA, BETA
from .conftest import Stage

# Commands about one company that change something, each tested where it belongs; the others must take --json.
CHANGING = {
    *("access close", "access open", "key issue", "key revoke", "key rotate", "load", "replay"),
    *(
        "company add",
        "company change",
        "company close",
        "company limit remove",
        "company limit set",
        "company remove",
        "company rename",
    ),
    *("company restore", "company suspend", "sql-login issue", "sql-login revoke"),
    *("password issue", "password link", "password revoke", "password rotate", "password unlink"),
}
# Commands about no one company: they are for support, who see all of them, or for whoever runs the server.
OF_ALL = {
    *("backup", "company list", "company overview", "database prepare", "restore", "schema", "serve"),
    *("support add", "support list", "support password", "support restore", "support suspend"),
}


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command there is, by what is typed for it."""
    inner: dict[str, Any] | None = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path), command
        return
    for name, one in inner.items():
        yield from commands(one, (*path, name))


EVERY = dict(commands(typer.main.get_command(app)))
READING = sorted(EVERY.keys() - CHANGING - OF_ALL)


def test_every_command_is_known() -> None:
    assert EVERY.keys() >= CHANGING | OF_ALL
    for name in READING:
        parameters = {parameter.name for parameter in EVERY[name].params}
        assert {"slug", "as_json"} <= parameters, f"{name} reads of no company; say in this file what it does"


@pytest.mark.parametrize("name", READING)
def test_what_is_read_of_a_company_has_nothing_of_another(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", stage.database.app)
    monkeypatch.setenv("TURNOUT_REFRESHER_URL", stage.database.refresher)
    monkeypatch.setenv("TURNOUT_SUPPORT_URL", stage.database.support)

    told = CliRunner().invoke(app, [*name.split(), BETA.slug, "--json"])

    assert told.exit_code == 0, told.output
    assert not ALPHA.sings_in(told.output)
    assert BETA.sings_in(told.output) or name == "company limit list"  # which has no text that a company can say
