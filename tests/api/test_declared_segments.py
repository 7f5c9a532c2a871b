"""Segments over GraphQL that a company has declared: who may do that, and what it finds by them."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.databases import Database
from tests.waiting import until
from turnout.tenants.segments import MOST_SEGMENTS

from .asking import NOT_IN_SEGMENTS, QUERY, ask, everything, question, refusal
from .clients import Client, program
from .test_segments import EVERY_FIGURE, PERIOD, told_by

DECLARE = (
    "mutation($name: String!, $segment: SegmentDefinitionInput!)"
    " { declareSegment(name: $name, segment: $segment) { id state } }"
)
REMOVE = "mutation($id: ID!) { removeSegment(id: $id) }"
OF_X7 = {"externalId": "x-7"}
YEARS = {"dates": {"from": "2024-01-01", "to": "2026-03-01"}}


async def declared(client: Client, segment: dict[str, Any], name: str = "Customer") -> str:
    """The id of a segment with rollups that answer."""
    made = (await client.query(DECLARE, {"name": name, "segment": segment}))["declareSegment"]

    async def is_ready() -> bool:
        return all(row["state"] == "READY" for row in (await ask(client, "segments"))["nodes"])

    await until(is_ready)
    return made["id"]


async def answer(client: Client, name: str, **given: Any) -> Any:
    """All that a root field has of a segment."""
    selection = everything(QUERY.fields[name], NOT_IN_SEGMENTS)
    return (await client.query(question(name, given, selection), given))[name]


async def test_a_declared_segment_has_the_figures_of_its_stays_however_long_the_period(at_acme: Client) -> None:
    await told_by(at_acme)
    lists = {"first": 50, "period": PERIOD}
    questions = {"periodSummary": {"period": PERIOD}, "dailyPeaks": {"period": PERIOD}, "days": {"period": PERIOD}}
    questions |= {
        "eventStats": lists,
        "userStats": lists,
        "hours": {"period": PERIOD},
        "peakWitness": {"period": PERIOD},
    }
    questions |= {"curve": {"instants": {"from": "2026-03-01T09:00:00Z", "to": "2026-03-01T10:00:00Z"}}}
    before = {name: await answer(at_acme, name, segment=OF_X7, **given) for name, given in questions.items()}
    assert (await refusal(at_acme, "dailyPeaks", period=YEARS, segment=OF_X7))["code"] == "SEGMENT_TOO_LARGE"

    segment = await declared(at_acme, OF_X7)

    for named in ({"declared": segment}, OF_X7):
        for name, given in questions.items():
            assert unsealed(await answer(at_acme, name, segment=named, **given)) == unsealed(before[name])
        found = await answer(at_acme, "periodSummary", period=YEARS, segment=named)
        assert found["total"]["participationMinutes"] == 90.0


async def test_what_is_told_later_is_in_the_next_answer(at_acme: Client) -> None:
    segment = await declared(at_acme, {"roomPrefix": "Acme"})
    await told_by(at_acme)

    given = {"period": PERIOD, "segment": {"declared": segment}}
    found = (await at_acme.query(question("periodSummary", given, EVERY_FIGURE), given))["periodSummary"]

    assert found["total"]["participationMinutes"] == 100.0
    assert (found["eventsCreated"], found["eventsNotHeld"]) == (3, 1)


async def test_declared_segments_are_listed_and_removed(at_acme: Client) -> None:
    await told_by(at_acme)
    both = {"metadata": {"key": "customer", "value": "acme"}, "roomPrefix": "Acme"}
    first, second = await declared(at_acme, OF_X7), await declared(at_acme, both, "Rooms")

    rows = sorted((await ask(at_acme, "segments"))["nodes"], key=lambda row: row["name"])
    gone = await at_acme.query(REMOVE, {"id": first})

    assert [(row["id"], row["name"], row["externalId"]) for row in rows] == [
        (first, "Customer", "x-7"),
        (second, "Rooms", None),
    ]
    assert (rows[1]["roomPrefix"], rows[1]["metadataKey"], rows[1]["metadataValue"]) == ("Acme", "customer", "acme")
    assert (rows[0]["progress"], rows[0]["daysComputed"] > 0) == (1.0, True)
    assert gone == {"removeSegment": True}
    assert [row["id"] for row in (await ask(at_acme, "segments"))["nodes"]] == [second]
    assert await at_acme.codes(REMOVE, {"id": first}) == ["UNKNOWN_SEGMENT"]
    assert (await refusal(at_acme, "curve", **CURVE, segment={"declared": first}))["code"] == "UNKNOWN_SEGMENT"
    acts = [(entry["action"], entry["target"]) for entry in (await ask(at_acme, "audit"))["nodes"]]
    assert acts[:2] == [("segment.removed", first), ("segment.declared", second)]


CURVE = {"instants": {"from": "2026-03-01T09:00:00Z", "to": "2026-03-01T10:00:00Z"}}


async def test_a_segment_that_cannot_be_declared_is_refused(at_acme: Client, database: Database) -> None:
    await at_acme.query(DECLARE, {"name": "Customer", "segment": OF_X7})

    assert await refused(at_acme, "", OF_X7) == await refused(at_acme, "a\nb", OF_X7) == "INVALID_SEGMENT_NAME"
    assert await refused(at_acme, "Nothing", {}) == "SEGMENT_EMPTY"
    assert await refused(at_acme, "Customer", {"externalId": "x-8"}) == "SEGMENT_DECLARED"
    assert await refused(at_acme, "Again", OF_X7) == "SEGMENT_DECLARED"
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        admin.execute(
            "insert into segment select 1, gen_random_uuid(), n::text, to_jsonb(n), now()"
            " from generate_series(2, %s) as n",
            (MOST_SEGMENTS,),
        )
    assert await refused(at_acme, "One more", {"externalId": "x-8"}) == "TOO_MANY_SEGMENTS"


async def refused(client: Client, name: str, segment: dict[str, Any]) -> str:
    [code] = await client.codes(DECLARE, {"name": name, "segment": segment})
    return code


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        ({"declared": "x"}, "UNKNOWN_SEGMENT"),
        ({"declared": str(uuid4())}, "UNKNOWN_SEGMENT"),
        ({"declared": str(uuid4()), "externalId": "x-7"}, "SEGMENT_AMBIGUOUS"),
    ],
)
async def test_a_question_about_what_was_not_declared_is_refused(
    at_acme: Client, segment: dict[str, Any], code: str
) -> None:
    assert (await refusal(at_acme, "dailyPeaks", period=PERIOD, segment=segment))["code"] == code


async def test_segments_are_for_sessions_and_keys_with_their_scope(at_acme: Client) -> None:
    full = await program(at_acme, "ADMIN_SEGMENTS", "READ_STATS", "READ_PEOPLE")
    managing, reading = await program(at_acme, "ADMIN_SEGMENTS", "READ_STATS"), await program(at_acme, "READ_STATS")
    both = OF_X7 | {"metadata": {"key": "tier", "value": "gold"}, "roomPrefix": "Acme"}
    made = (await full.query(DECLARE, {"name": "Customer", "segment": both}))["declareSegment"]["id"]

    [row] = (await ask(managing, "segments"))["nodes"]

    hidden = [row[name].partition("_")[0] for name in ("roomPrefix", "externalId", "metadataValue")]
    assert (row["name"], hidden) == ("Customer", ["room", "external", "value"])
    assert await refused(managing, "Other", OF_X7) == "PEOPLE_NOT_READABLE"
    for query, given in (("{ segments { totalCount } }", {}), (REMOVE, {"id": made})):
        assert await reading.codes(query, given) == ["FORBIDDEN"]
    assert await managing.query(REMOVE, {"id": made}) == {"removeSegment": True}


async def test_of_another_company_there_is_nothing(at_acme: Client, at_globex: Client) -> None:
    theirs = (await at_globex.query(DECLARE, {"name": "Customer", "segment": OF_X7}))["declareSegment"]["id"]
    asked = "query($segment: SegmentInput!) { days(period: {preset: TODAY}, segment: $segment) { day } }"

    removed = [await at_acme.errors(REMOVE, {"id": one}) for one in (theirs, str(uuid4()), "x")]
    found = [await at_acme.errors(asked, {"segment": {"declared": one}}) for one in (theirs, str(uuid4()), "x")]

    assert removed[0] == removed[1] == removed[2]
    assert found[0] == found[1] == found[2]
    assert (await ask(at_acme, "segments"))["nodes"] == []
    assert await refused(at_globex, "Again", OF_X7) == "SEGMENT_DECLARED"
    await at_acme.query(DECLARE, {"name": "Customer", "segment": OF_X7})


def unsealed(value: Any) -> Any:
    """An answer without cursors, which belong to how a question was put."""
    match value:
        case dict():
            return {key: unsealed(inner) for key, inner in value.items() if not key.lower().endswith("cursor")}  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] -- any JSON
        case list():
            return [unsealed(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType] -- any JSON
        case _:
            return value
