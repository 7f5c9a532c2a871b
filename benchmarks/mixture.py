"""Companies of mixed size with a year of history each, made in the database: the subject alone, or amid all others."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import psycopg
from psycopg import ClientCursor

from turnout.database import calendar
from turnout.database.embedded import Server
from turnout.database.migrating import prepare
from turnout.database.statements import statements
from turnout.tenants.company import Company
from turnout.tenants.key_texts import CHECKSUM, PREFIX, RANDOM
from turnout.tenants.secrets import base62, digest

SQL: Final = statements("benchmarks", "mixture.sql")
DAYS: Final = 365
SUBJECT: Final = Company(501, "company-501", "Company 501", "UTC", 1)
_BEGUN: Final = PREFIX + "0" * RANDOM
KEY: Final = _BEGUN + base62(zlib.crc32(_BEGUN.encode()), CHECKSUM)
FACTS: Final = ("event", "connection", "stay", "signal", "activity")
ROLLUPS: Final = ("company_day", "section_day", "event_day", "owner_day", "person_day")


@dataclass(frozen=True)
class Mixture:
    """How many companies there are, how many stays they have in all, and what of it is the subject's.

    Of the last `told_days` every activity is there as it was told; of all days there is what became of it.
    """

    companies: int
    stays: int
    subject_stays_a_day: int
    told_days: int = DAYS

    @property
    def others_stays_a_day(self) -> int:
        """Of all the others together."""
        return max(0, self.stays // DAYS - self.subject_stays_a_day)

    @property
    def parameters(self) -> dict[str, Any]:
        """As the statements know them."""
        return {
            "companies": self.companies,
            "others": self.others_stays_a_day,
            "subject": SUBJECT.company_id,
            "subject_stays": self.subject_stays_a_day,
            "digest": digest(KEY),
        }


def fill(server: Server, database: str, mixture: Mixture) -> datetime:
    """Make it unless it is there. Returns the instant as of which it was made."""
    prepare(server.conninfo(user="postgres", dbname="postgres"), database)
    admin = server.conninfo(user="postgres", dbname=database)
    with psycopg.connect(admin, cursor_factory=ClientCursor, options="-c search_path=turnout") as connection:
        made_before = _there(connection)
        if not made_before:
            _make(connection, mixture)
    if not made_before:
        tidy(server, database)
    with psycopg.connect(admin, autocommit=True) as connection:
        made = connection.execute(SQL["when_made"]).fetchone()
    assert made
    return made[0]


def tidy(server: Server, database: str) -> None:
    """As a server is that has been running for a while."""
    with psycopg.connect(server.conninfo(user="postgres", dbname=database), autocommit=True) as connection:
        connection.execute("set maintenance_work_mem = '512MB'")
        connection.execute("vacuum (analyze, parallel 0)")
        connection.execute("checkpoint")


def _there(connection: psycopg.Connection) -> bool:
    row = connection.execute("select to_regclass('scale.made') is not null").fetchone()
    return bool(row and row[0])


def _make(connection: psycopg.Connection, mixture: Mixture) -> None:
    """In one transaction, so that an unfinished one leaves nothing behind, and nothing is written twice."""
    now = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    last = now.date() - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    about = mixture.parameters | {"as_of": now, "told_from": last - timedelta(days=mixture.told_days - 1)}
    connection.execute("set session_replication_role = replica")  # nothing here is worth a foreign key's look-up
    connection.execute("set maintenance_work_mem = '512MB'")
    connection.execute("set work_mem = '256MB'")
    calendar.extend(connection, "UTC", now)
    connection.execute(SQL["begin"])
    connection.execute(SQL["note_when"], about | {"first_day": first, "last_day": last})
    connection.execute(SQL["size_companies"], about)
    connection.execute(SQL["add_companies"], about)
    connection.execute(SQL["drop_indexes"], {"tables": [f"turnout.{table}" for table in FACTS]})
    connection.execute(f"truncate {', '.join(FACTS + ROLLUPS)}")
    for begin, end in _months(first, last):
        month = about | {"first_day": begin, "last_day": end}
        for name in ("prepare_month", "add_month", "add_rollups_of_month"):
            connection.execute(SQL[name], month)
        print(f"  {begin} to {end} made", flush=True)
    connection.execute(SQL["add_indexes"])
    connection.execute(SQL["settle_identities"])
    connection.execute(SQL["mark_subject"], about)


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The calendar months from first to last, both of which may be cut."""
    begin = first
    while begin <= last:
        following = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield begin, min(last, following - timedelta(days=1))
        begin = following
