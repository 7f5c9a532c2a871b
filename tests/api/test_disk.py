"""diskUsage, worked out by hand."""

from datetime import datetime
from typing import Any

from .asking import ask
from .clients import Client, activity
from .telling import Told

PERIOD = {"dates": {"from": "2026-02-28", "to": "2026-03-03"}}
ROWS = [
    {"userId": "anna", "name": "Anna Öz", "usedBytes": 2000, "uploadedBytes": 2500, "files": 2},
    {"userId": None, "name": None, "usedBytes": 70, "uploadedBytes": 70, "files": 1},
    {"userId": "ben", "name": "ben Adler", "usedBytes": 40, "uploadedBytes": 300, "files": 1},
    {"userId": "carl", "name": "Carl", "usedBytes": 25, "uploadedBytes": 0, "files": 1},
]


async def test_bytes_are_listed_by_whose_they_are(told: Told) -> None:
    answer = await ask(told.little, "diskUsage", period=PERIOD)

    assert (answer["nodes"], answer["totalCount"]) == (ROWS, 4)
    assert answer["total"] == {"used": 2135.0, "limit": 4270.0, "share": 0.5, "headroom": 2135.0}


async def test_the_total_is_the_companys_whatever_is_searched(told: Told) -> None:
    answer = await ask(told.little, "diskUsage", period=PERIOD, search="CARL", first=1)

    assert (answer["nodes"], answer["total"]["used"]) == ([ROWS[3]], 2135.0)


async def test_without_a_limit_there_is_no_share(told: Told) -> None:
    answer = await ask(told.other, "diskUsage", period=PERIOD)

    assert answer["total"] == {"used": 2135.0, "limit": None, "share": None, "headroom": None}


async def test_a_period_that_is_over_shows_what_was_in_use_at_its_end(told: Told) -> None:
    until = {"instants": {"from": "2026-03-01T10:00:00Z", "to": "2026-03-01T12:00:00Z"}}

    answer = await ask(told.little, "diskUsage", period=until)

    assert [list(row.values()) for row in answer["nodes"]] == [
        ["anna", "Anna Öz", 2000, 1500, 2],
        ["ben", "ben Adler", 300, 300, 1],
        ["carl", "Carl", 25, 0, 1],
    ]
    assert answer["total"]["used"] == 2325.0


async def test_more_bytes_than_a_double_holds_are_told_exactly(at_acme: Client, now: datetime) -> None:
    uploads: list[dict[str, Any]] = [{"file": f"f-{number}", "owner": "anna", "bytes": 2**42} for number in range(2048)]
    uploads.append({"file": "f", "owner": "anna", "bytes": 1})
    for start in range(0, len(uploads), 500):
        batch = uploads[start : start + 500]
        await at_acme.tell([activity(said["file"], "turnout.file.uploaded", now, **said) for said in batch])
    today = {"preset": "TODAY"}

    disk = await ask(at_acme, "diskUsage", period=today)
    days = await ask(at_acme, "days", period=today)
    summary = await ask(at_acme, "periodSummary", period=today)
    user = await ask(at_acme, "user", userId="anna", period=today)

    bytes_ = 2**53 + 1
    assert [disk["nodes"][0][name] for name in ("usedBytes", "uploadedBytes", "files")] == [bytes_, bytes_, 2049]
    assert [days[0][name] for name in ("uploadedBytes", "storageBytes")] == [bytes_, bytes_]
    assert (summary["uploadedBytes"], summary["storage"]["used"], user["diskBytes"]) == (bytes_, 2.0**53, bytes_)
