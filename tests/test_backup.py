"""`turnout backup` and `turnout restore`: a copy that answers alike and goes on, or no copy at all."""

import json
import zipfile
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from typer.testing import CliRunner, Result

from turnout.analytics.peaks import Section, daily_peaks
from turnout.analytics.periods import by_dates
from turnout.analytics.reading import Reading
from turnout.analytics.refresher import Refresher
from turnout.analytics.summary import period_summary
from turnout.database.archive import DUMP, MANIFEST
from turnout.ingest.intake import take
from turnout.server.cli import app
from turnout.server.demo import load_demo
from turnout.server.deployment import Deployment
from turnout.tenants.companies import NewCompany, add_company, list_companies
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.support import support

from .databases import Database, drop
from .wall import breaches

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROLES = ("turnout_app", "turnout_refresher", "turnout_support")
JOINED = {
    "specversion": "1.0",
    "id": "after",
    "source": "test",
    "type": "turnout.stay.joined",
    "time": "2026-03-02T11:00:00Z",
    "data": {"event": "after", "connection": "c"},
}

RIGHTS = """
    select c.relname, c.relowner::regrole, a.grantee::regrole, a.privilege_type
    from pg_class c, aclexplode(c.relacl) a
    where c.relnamespace = 'turnout'::regnamespace and a.grantee <> c.relowner
    order by 1, 3, 4
"""
SETTINGS = """
    select s.setrole::regrole::text, s.setconfig
    from pg_db_role_setting s
    join pg_database d on d.oid = s.setdatabase
    where d.datname = current_database()
    order by 1
"""

Turnout = Callable[..., Result]
AnyFigures = dict[str, Any]


@pytest.fixture(scope="module")
def turnout(server: str) -> Turnout:
    """Runs a command in this process, on a database of a real server and as its administrator."""

    def run(database: Database, *arguments: object) -> Result:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("DATABASE_URL", database.app)
            environment.setenv("TURNOUT_ADMIN_URL", server)
            return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


@pytest.fixture(scope="module")
def loaded(server: str, template: str) -> Generator[Database]:
    """Three companies that have been busy for a few days; read by several tests, changed by none."""
    database = Database.cloned(server, template)
    load_demo(Deployment({role: database.of(role) for role in ROLES}, trusted=True), now=NOW, days_back=3)
    yield database
    drop(server, database.name)


@pytest.fixture(scope="module")
def backup(turnout: Turnout, loaded: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backups") / "backup.zip"
    assert turnout(loaded, "backup", file).exit_code == 0
    return file


async def figures(database: Database) -> dict[str, AnyFigures]:
    """All answers about all days of every company."""
    door, refresher = Door(database.app), Refresher(database.refresher, lambda: NOW)
    await door.open()
    await refresher.connect()
    try:
        return {company.slug: await of_company(door, refresher, company) for company in companies_of(database)}
    finally:
        await refresher.stop()
        await door.close()


async def of_company(door: Door, refresher: Refresher, company: Company) -> AnyFigures:
    reading = Reading(door, refresher, company, lambda: NOW, patience=30)
    period = by_dates(company, date(2026, 2, 20), NOW.date())
    peaks = await daily_peaks(reading, period, list(Section))
    summary = await period_summary(reading, period)
    assert summary.sections[0].events_held > 3
    return {"peaks": peaks, "sections": summary.sections, "templates": summary.events_by_template}


def companies_of(database: Database) -> list[Company]:
    with support(database.support) as session:
        return [listed.company for listed in list_companies(session)]


def overview_of(database: Database, *, refreshed: bool = False) -> list[tuple[Any, ...]]:
    """What the operator sees, from the materialized rows alone."""
    with psycopg.connect(database.admin) as admin:
        if refreshed:
            admin.execute("refresh materialized view turnout.company_overview")
        return admin.execute("select * from turnout.company_overview order by company_id").fetchall()


def names_beside(server: str, database: Database) -> set[str]:
    """The database and what a restore makes beside it; other tests have theirs on the same server."""
    with psycopg.connect(server) as admin:
        rows = admin.execute("select datname from pg_database where starts_with(datname, %s)", (database.name,))
        return {name for (name,) in rows}


def repacked(backup: Path, other: Path, manifest: dict[str, Any]) -> Path:
    """The same dump under a manifest that says something else."""
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(other, "w") as target:
        said = json.loads(source.read(MANIFEST)) | manifest
        target.writestr(DUMP, source.read(DUMP))
        target.writestr(MANIFEST, json.dumps(said))
    return other


async def test_a_restored_copy_answers_every_question_alike(
    turnout: Turnout, loaded: Database, backup: Path, new_database: Callable[[], Database]
) -> None:
    copy = new_database()

    restored = turnout(copy, "restore", backup)

    assert (restored.exit_code, restored.stdout) == (0, "")
    assert restored.stderr.startswith("Restored 3 companies, ")
    assert await figures(copy) == await figures(loaded)
    assert overview_of(copy) == overview_of(loaded, refreshed=True)


async def test_after_a_restore_everything_goes_on(
    turnout: Turnout, backup: Path, new_database: Callable[[], Database]
) -> None:
    copy, fresh = new_database(), new_database()
    assert turnout(copy, "restore", backup).exit_code == 0

    with support(copy.support) as session:
        added = add_company(session, NewCompany("acme", "Acme", "Europe/Berlin"), NOW)
    door = Door(copy.app)
    await door.open()
    receipts = [
        await take(door, company.company_id, [json.dumps(JOINED).encode()], NOW) for company in companies_of(copy)
    ]
    await door.close()

    assert added.company_id > 3
    assert [receipt.accepted for receipt in receipts] == [1, 1, 1, 1]
    assert wall_of(copy) == wall_of(fresh)


def wall_of(database: Database) -> list[Any]:
    """The rules of the wall that are broken, and what each role has been granted and told."""
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        return [[*breaches(admin)], admin.execute(RIGHTS).fetchall(), admin.execute(SETTINGS).fetchall()]


def test_a_backup_is_of_one_instant_whatever_is_written_meanwhile(
    turnout: Turnout, database: Database, acme: Company, tmp_path: Path, new_database: Callable[[], Database]
) -> None:
    done = Event()
    with ThreadPoolExecutor() as threads:
        writing = threads.submit(sell, database, acme, done)
        assert turnout(database, "backup", tmp_path / "backup.zip").exit_code == 0
        done.set()

    restored = turnout(new_database(), "restore", tmp_path / "backup.zip")

    assert restored.exit_code == 0, restored.stderr
    assert rows_of(tmp_path / "backup.zip")["company_limit"] < writing.result()


def sell(database: Database, company: Company, done: Event) -> int:
    """Adds limits, one a transaction, until it is told to stop; returns how many there are then."""
    with psycopg.connect(database.admin, autocommit=True, options="-c search_path=turnout") as admin:
        while not done.is_set():
            admin.execute(
                "insert into company_limit (company_id, metric, section, value) values (%s, 'USERS', 'TOTAL', 1)",
                (company.company_id,),
            )
        return admin.execute("select from company_limit").rowcount


def rows_of(backup: Path) -> dict[str, int]:
    with zipfile.ZipFile(backup) as packed:
        return json.loads(packed.read(MANIFEST))["rows"]


def test_only_its_owner_may_read_a_backup(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup.parent.iterdir()] == ["backup.zip"]


def test_a_backup_is_never_overwritten(turnout: Turnout, loaded: Database, backup: Path) -> None:
    before = backup.read_bytes()

    again = turnout(loaded, "backup", backup)

    assert "FILE_EXISTS" in again.stderr
    assert backup.read_bytes() == before


@pytest.mark.parametrize("role", ["turnout_app", "turnout_support", "turnout_owner"])
def test_who_would_see_a_part_alone_makes_no_backup(
    turnout: Turnout, database: Database, tmp_path: Path, role: str, server: str
) -> None:
    login = ["--admin-url", make_conninfo(server, options=f"-c role={role}")]

    refused = turnout(database, "backup", tmp_path / "part.zip", *login)

    assert refused.exit_code == 1
    assert "NOT_ALLOWED" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_only_an_empty_database_is_restored_into(turnout: Turnout, loaded: Database, backup: Path) -> None:
    before = companies_of(loaded)

    refused = turnout(loaded, "restore", backup)

    assert "DATABASE_NOT_EMPTY" in refused.stderr
    assert companies_of(loaded) == before


def test_a_database_in_use_keeps_its_place(
    turnout: Turnout, backup: Path, new_database: Callable[[], Database], server: str
) -> None:
    copy = new_database()

    with psycopg.connect(copy.app):
        refused = turnout(copy, "restore", backup)
    restored = turnout(copy, "restore", backup)

    assert "DATABASE_IN_USE" in refused.stderr
    assert restored.exit_code == 0
    assert names_beside(server, copy) == {copy.name}


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        ({"format": 2}, "BACKUP_TOO_NEW"),
        ({"revision": "9999"}, "BACKUP_TOO_NEW"),
        ({"rows": {"company": 4}}, "RESTORE_FAILED"),
        ({"rows": None}, "BACKUP_DAMAGED"),
    ],
)
def test_a_backup_that_is_not_what_it_says_leaves_nothing_behind(
    turnout: Turnout, backup: Path, database: Database, tmp_path: Path, server: str, manifest: Any, code: str
) -> None:
    refused = turnout(database, "restore", repacked(backup, tmp_path / "other.zip", manifest))

    assert refused.exit_code == 1
    assert code in refused.stderr
    assert companies_of(database) == []
    assert names_beside(server, database) == {database.name}


@pytest.mark.parametrize("at", [0.0, 0.3, 0.99])
def test_a_damaged_backup_is_refused(
    turnout: Turnout, backup: Path, database: Database, tmp_path: Path, at: float
) -> None:
    content = bytearray(backup.read_bytes())
    content[int(at * len(content))] ^= 1
    (tmp_path / "damaged.zip").write_bytes(content)

    refused = turnout(database, "restore", tmp_path / "damaged.zip")

    assert "BACKUP_DAMAGED" in refused.stderr
    assert companies_of(database) == []
