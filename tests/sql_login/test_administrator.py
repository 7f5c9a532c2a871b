"""An administrator that may create roles and databases and is no superuser, as most providers have it."""

import re
import socket
from collections.abc import Callable, Generator

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner, Result

from tests.places import place
from turnout.database.embedded import Server, attach
from turnout.server.cli import app

# The embedded server lets in by its socket whoever is called like this.
ADMINISTRATOR = "turnout_administrator"


@pytest.fixture(scope="module")
def provider() -> Generator[Server]:
    """A server of its own: in others a superuser has made our roles already."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    with place() as folder, attach(folder, port=port) as server:
        with psycopg.connect(server.conninfo(user="postgres", dbname="postgres"), autocommit=True) as superuser:
            role = sql.Identifier(ADMINISTRATOR)
            superuser.execute(sql.SQL("create role {} login createrole createdb").format(role))
        yield server


@pytest.fixture
def turnout(provider: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command with the settings that `turnout database prepare` leads to."""
    for setting, role, database in (
        ("DATABASE_URL", "turnout_app", "turnout"),
        ("TURNOUT_REFRESHER_URL", "turnout_refresher", "turnout"),
        ("TURNOUT_SUPPORT_URL", "turnout_support", "turnout"),
        ("TURNOUT_ADMIN_URL", ADMINISTRATOR, "postgres"),
    ):
        monkeypatch.setenv(setting, provider.conninfo(user=role, dbname=database))
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_it_prepares_a_database_and_issues_and_revokes_logins(turnout: Callable[..., Result], provider: Server) -> None:
    prepared = [turnout("database", "prepare") for _ in range(2)]
    added = turnout("company", "add", "acme", "--name", "Acme", "--zone", "Europe/Berlin")
    issued = turnout("sql-login", "issue", "acme")

    assert [one.exit_code for one in (*prepared, added, issued)] == [0] * 4, prepared[0].output + issued.output
    assert "Advisory locks and large objects are open to it" in issued.stderr
    [(role, password)] = re.findall(r"//(bi_[0-9a-f]{24}):(\w+)@", issued.stdout)
    url = f"postgresql://{role}:{password}@127.0.0.1:{provider.port}/turnout"
    with psycopg.connect(url, autocommit=True) as login:
        assert login.execute("select company from bi.freshness").fetchall() == [("acme",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            login.execute("select from turnout.company")

        assert turnout("sql-login", "revoke", "acme", role).exit_code == 0

        with pytest.raises(psycopg.OperationalError):
            login.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    with psycopg.connect(provider.conninfo(user="postgres", dbname="turnout")) as superuser:
        assert superuser.execute("select from pg_roles where rolname = %s", (role,)).fetchall() == []
