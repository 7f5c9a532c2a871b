"""What an ingest writes by the thousand refers to what is there, although no foreign key looks."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql

from tests.databases import Database
from turnout.ingest.intake import take
from turnout.tenants.company import Company
from turnout.tenants.connection import Door

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LINK = {"event": "e", "connection": "c"}
TOLD: Mapping[str, Mapping[str, object]] = {
    "stay.joined": LINK | {"user": "u", "externalId": "x"},
    "stay.left": LINK,
    "message.posted": {"place": "QUESTION", "event": "e"},
    "user.signedIn": {"user": "u"},
    "media.measured": LINK | {"direction": "SENT", "track": "AUDIO", "seconds": 1},
    "quality.sampled": LINK | {"packetLoss": 0.1},
}
REFERENCES = {
    ("connection", "event_id"): "event",
    ("signal", "connection_id"): "connection",
    ("signal", "user_id"): "person",
    ("signal", "external_id"): "person",
    ("stay", "connection_id"): "connection",
    ("stay", "event_id"): "event",
    ("stay", "user_id"): "person",
    ("message", "event_id"): "event",
    ("sign_in", "person_id"): "person",
    ("media_measure", "connection_id"): "connection",
    ("quality_sample", "connection_id"): "connection",
    ("activity", "event_id"): "event",
    ("activity", "connection_id"): "connection",
}
COUNT = """
    select count(*), count(*) filter (where exists (
      select from {to} t where t.company_id = f.company_id and t.{id} = f.{column}
    ))
    from {table} f
    where f.{column} is not null
"""


def batch() -> list[bytes]:
    shared = {"specversion": "1.0", "source": "test", "time": "2026-03-02T10:00:00Z"}
    return [
        json.dumps(shared | {"id": kind, "type": f"turnout.{kind}", "data": data}).encode()
        for kind, data in TOLD.items()
    ]


async def test_whatever_is_named_is_there(door: Door, acme: Company, globex: Company, database: Database) -> None:
    for company in (acme, globex):
        assert (await take(door, company.company_id, batch(), NOON)).accepted == len(TOLD)

    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        for (table, column), to in REFERENCES.items():
            names = {"table": table, "column": column, "to": to, "id": f"{to}_id"}
            counted = sql.SQL(COUNT).format(**{key: sql.Identifier(name) for key, name in names.items()})
            [(named, found)] = admin.execute(counted).fetchall()
            assert named == found > 0, (table, column)


async def test_nothing_is_taken_in_for_a_company_that_is_not_there(door: Door) -> None:
    with pytest.raises(Exception, match="removed"):
        await take(door, 4711, batch(), NOON)
