"""The program `turnout`: what its commands do, print and refuse."""

import json
import re
import subprocess
import sys
from collections.abc import Generator
from datetime import datetime
from pathlib import Path
from socket import socket
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from typer.testing import CliRunner

from turnout.database.embedded import attach
from turnout.server.cli import app
from turnout.tenants.company import Company

from .commanding import Turnout, turnout
from .databases import Database
from .places import place

__all__ = ["turnout"]
NOWHERE = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def data() -> Generator[Path]:
    """A folder, with a space, that whoever runs Postgres may enter."""
    with place() as folder:
        yield folder / "my data"


def test_a_company_that_was_added_is_listed(turnout: Turnout) -> None:
    limits = ("--limit", "CONNECTIONS=500", "--limit", "LISTENERS@WEBINAR=90::2026-12-31")
    agreed = ("--anchor-day", "31", "--stale-after", "1.5", *limits)

    added = turnout("company", "add", "acme", "--name", "Acme [EU]", "--zone", "Europe/Berlin", *agreed)
    as_table, as_json = turnout("company", "list"), turnout("company", "list", "--json")

    assert (added.exit_code, added.stdout) == (0, "")
    [row] = json.loads(as_json.stdout)
    assert datetime.fromisoformat(row.pop("createdAt"))
    assert row == {
        "slug": "acme",
        "name": "Acme [EU]",
        "timeZone": "Europe/Berlin",
        "billingAnchorDay": 31,
        "staleAfterHours": 1.5,
        "suspendedAt": None,
        "limits": ["CONNECTIONS=500", "LISTENERS@WEBINAR=90::2026-12-31"],
    }
    assert re.search(
        r"^acme +Acme \[EU\] +Europe/Berlin +31 +1.5 .*CONNECTIONS=500, LISTENERS", as_table.stdout, re.MULTILINE
    )


def test_without_companies_the_list_is_empty(turnout: Turnout) -> None:
    assert json.loads(turnout("company", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("company", "add", "Acme", "--name", "Acme", "--zone", "UTC"), "INVALID_SLUG"),
        (("company", "add", "x", "--name", "X", "--zone", "UTC", "--limit", "CONNECTIONS"), "INVALID_LIMIT"),
        (("company", "add", "x", "--name", "X", "--zone", "UTC", "--stale-after", "nan"), "INVALID_STALE_AFTER"),
        (("password", "issue", "hooli"), "UNKNOWN_COMPANY"),
        (("password", "revoke", "hooli", "--all"), "UNKNOWN_COMPANY"),
        (("password", "revoke", "acme", "--id", NOWHERE), "UNKNOWN_PASSWORD"),
        (("key", "issue", "acme", "--scope", "everything"), "INVALID_SCOPE"),
        (("key", "issue", "acme", "--scope", "read:stats", "--expires-days", "0"), "INVALID_LIFETIME"),
        (("key", "revoke", "acme", NOWHERE), "UNKNOWN_KEY"),
        (("database", "prepare"), "MISSING_SETTING"),
        (("database", "prepare", "--admin-url", "postgresql://[oops"), "INVALID_SETTING"),
        (("database", "prepare", "--admin-url", "postgresql://nobody@localhost:1/x"), "DATABASE_UNREACHABLE"),
    ],
)
def test_an_error_is_said_with_its_code_and_a_hint_on_standard_error(
    turnout: Turnout, acme: Company, arguments: tuple[str, ...], code: str
) -> None:
    refused = turnout(*arguments)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"{code}: ")
    assert "\nHint: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_what_is_missing_to_connect_is_named(turnout: Turnout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNOUT_SUPPORT_URL", "")

    refused = turnout("company", "list")

    assert refused.stderr.startswith("MISSING_SETTING: TURNOUT_SUPPORT_URL is not set")


def test_a_login_that_passes_the_wall_is_refused(
    turnout: Turnout, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = sql.Identifier(name := f"turnout_test_{uuid4().hex}")
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute(sql.SQL("create role {} login").format(role))
        monkeypatch.setenv("TURNOUT_SUPPORT_URL", database.of(name))
        try:
            ordinary = turnout("company", "list")
            admin.execute(sql.SQL("grant turnout_owner to {}").format(role))
            member = turnout("company", "list")
            admin.execute(sql.SQL("revoke turnout_owner from {0}; alter role {0} bypassrls").format(role))
            above = turnout("company", "list")
        finally:
            admin.execute(sql.SQL("drop role {}").format(role))
    monkeypatch.setenv("TURNOUT_SUPPORT_URL", database.admin)
    superuser = turnout("company", "list")

    answers = [answer.stderr.partition(":")[0] for answer in (ordinary, member, above, superuser)]
    assert answers == ["WRONG_ROLE", "UNSAFE_ROLE", "UNSAFE_ROLE", "UNSAFE_ROLE"]


def test_a_database_without_the_schema_is_refused(
    turnout: Turnout, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TURNOUT_SUPPORT_URL", make_conninfo(database.support, dbname="postgres"))

    assert turnout("company", "list").stderr.startswith("DATABASE_NOT_PREPARED: ")


@pytest.mark.parametrize("port", ["eighty", "-1", "65536"])
def test_a_setting_that_makes_no_sense_is_named(turnout: Turnout, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("TURNOUT_PORT", port)

    assert turnout("company", "list").stderr.startswith("INVALID_SETTING: TURNOUT_PORT ")


def test_the_schema_is_printed(turnout: Turnout) -> None:
    printed = turnout("schema")

    assert "type Query {" in printed.stdout
    assert printed.stderr == ""


def test_help_and_version_need_no_database() -> None:
    loaded = "import sys; print([m for m in ('sqlalchemy', 'psycopg', 'strawberry', 'pydantic') if m in sys.modules])"

    shown = subprocess.run(
        [sys.executable, "-c", f"from turnout.server.cli import app; {loaded}"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert shown.stdout == "[]\n"
    assert CliRunner().invoke(app, ["--help"]).exit_code == 0
    assert re.match(r"\d+\.\d+", CliRunner().invoke(app, ["--version"]).stdout)


def test_commands_join_a_running_server_and_start_one_where_none_runs(turnout: Turnout, data: Path) -> None:
    turnout("company", "add", "acme", "--name", "Acme", "--zone", "Europe/Berlin", "--data", str(data))
    with attach(data):
        beside = turnout("company", "list", "--json", "--data", str(data))
    alone = turnout("company", "list", "--json", "--data", str(data))

    assert [row["slug"] for row in json.loads(beside.stdout)] == ["acme"]
    assert alone.stdout == beside.stdout


def test_commands_that_start_together_in_a_new_folder_wait_for_each_other(turnout: Turnout, data: Path) -> None:
    both = [start("company", "add", slug, "--name", slug, "--zone", "UTC", "--data", str(data)) for slug in ("a", "b")]
    said = [command.communicate(timeout=120)[1] for command in both]

    assert said == ["Added a. Next: turnout password issue a\n", "Added b. Next: turnout password issue b\n"]
    listed = turnout("company", "list", "--json", "--data", str(data))
    assert [row["slug"] for row in json.loads(listed.stdout)] == ["a", "b"]


def test_the_folder_of_the_option_is_preferred_to_every_setting(
    turnout: Turnout, data: Path, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TURNOUT_DATA", str(data))

    by_url = turnout("company", "list", "--json")
    by_option = turnout("company", "list", "--json", "--data", str(data))

    assert [row["slug"] for row in json.loads(by_url.stdout)] == ["acme"]
    assert json.loads(by_option.stdout) == []


def test_a_real_server_is_prepared_with_logins_that_work(turnout: Turnout, data: Path) -> None:
    with attach(data, port=(port := free_port())) as server:
        admin = server.conninfo(user="postgres", dbname="postgres")
        with psycopg.connect(admin) as connection:
            connection.execute("alter role postgres password 'x'")
            with (data / "pg_hba.conf").open(
                "a"
            ) as rules:  # unlike the embedded one, a real server lets in everybody it knows
                rules.write("host all all 127.0.0.1/32 scram-sha-256\n")
            connection.execute("select pg_reload_conf()")
        login = f"postgresql://postgres:x@127.0.0.1:{port}/postgres?application_name=a%20b"
        first, second = [turnout("database", "prepare", "--admin-url", login).stdout for _ in range(2)]
        rotated = turnout("database", "prepare", "--admin-url", login, "--rotate-passwords").stdout

        assert [line.partition("=")[0] for line in first.splitlines()] == list(SETTINGS)
        assert second == ""
        assert connects(rotated) == [(role, "turnout", "a b") for role in SETTINGS.values()]
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connects(first)


SETTINGS = {
    "DATABASE_URL": "turnout_app",
    "TURNOUT_REFRESHER_URL": "turnout_refresher",
    "TURNOUT_SUPPORT_URL": "turnout_support",
}


def connects(printed: str) -> list[tuple[str, ...]]:
    query = "select session_user, current_database(), current_setting('application_name')"
    found: list[tuple[str, ...]] = []
    for line in printed.splitlines():
        with psycopg.connect(line.partition("=")[2]) as connection:
            found += connection.execute(query).fetchall()
    return found


def start(*arguments: str) -> subprocess.Popen[str]:
    """A command in a process of its own."""
    program = [sys.executable, "-c", "from turnout.server.cli import main; main()"]
    return subprocess.Popen([*program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_another_zone_is_in_force_when_all_days_are_computed(turnout: Turnout, acme: Company) -> None:
    changed = turnout("company", "change", acme.slug, "--zone", "Asia/Kolkata", "--anchor-day", "15")

    assert changed.exit_code == 0, changed.output
    [row] = json.loads(turnout("company", "list", "--json").stdout)
    assert (row["timeZone"], row["billingAnchorDay"]) == ("Asia/Kolkata", 15)


def test_a_change_that_says_nothing_or_nonsense_is_refused(turnout: Turnout, acme: Company) -> None:
    nothing = turnout("company", "change", acme.slug)
    zone = turnout("company", "change", acme.slug, "--zone", "Europe/Berlim")
    day = turnout("company", "change", acme.slug, "--anchor-day", "32")
    nobody = turnout("company", "change", "nobody", "--anchor-day", "3")

    codes = ["NOTHING_TO_CHANGE", "UNKNOWN_TIME_ZONE", "INVALID_ANCHOR_DAY", "UNKNOWN_COMPANY"]
    assert [answer.stderr.split(":")[0] for answer in (nothing, zone, day, nobody)] == codes


def test_the_overview_has_every_company(turnout: Turnout, acme: Company, globex: Company) -> None:
    rows = json.loads(turnout("company", "overview", "--json").stdout)

    assert [row["slug"] for row in rows] == [acme.slug, globex.slug]
    for row in rows:
        assert (row["peakConnections"], row["storageShare"], row["lastActiveDay"]) == (0, None, None)
