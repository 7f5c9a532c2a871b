"""docs/activities.md: every type with all its members, and examples that are really accepted."""

import json
import re
from datetime import UTC, datetime
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest

from turnout.ingest import activities
from turnout.ingest.activities import Activity, read_activity
from turnout.ingest.intake import take
from turnout.ingest.vocabulary import TYPES, Envelope
from turnout.server.routes import ingest, tally
from turnout.server.routes.bodies import MIB
from turnout.tenants.company import Company
from turnout.tenants.connection import Door

from .conftest import Stage, json_values
from .pages import fences, read, rows, sections

PAGE = read("docs/activities.md")
NOW = datetime(2026, 12, 1, tzinfo=UTC)
WAYS = {ingest.SINGLE: ingest.LARGEST, ingest.BATCH: ingest.LARGEST, ingest.LINES: ingest.LARGEST_LINES}
DESCRIBED = {name: text for title, text in sections(PAGE, 3).items() for name in re.findall(r"`(turnout\.\S+)`", title)}


def shown(text: str) -> list[Any]:
    """The activities among the JSON of a text; answers have no specversion."""
    values = [value for fence in fences(text, "json") for value in json_values(fence)]
    return [value for value in values if "specversion" in value]


def words(annotation: Any) -> set[str]:
    """The words that a member may be."""
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {word for part in get_args(annotation) for word in words(part)}


def test_every_type_that_is_counted_has_its_section_and_no_other() -> None:
    assert DESCRIBED.keys() == TYPES.keys()


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_described_with_all_its_members(name: str) -> None:
    members = {f"`{member.name}`": member for member in msgspec.structs.fields(TYPES[name])}

    described = {cells[0]: (cells[1], cells[2]) for cells in rows(DESCRIBED[name])}

    assert described.keys() == members.keys()
    for member, (needed, meaning) in described.items():
        assert needed == ("required" if members[member].required else "optional")
        assert words(members[member].type) - set(re.findall(r"\w+", meaning)) == set()


def test_the_envelope_is_described_with_all_its_attributes() -> None:
    [table] = [text for text in PAGE.split("\n\n") if text.startswith("| attribute |")]

    described = {cells[0]: cells[1] for cells in rows(f"{table}\n")}

    attributes = msgspec.structs.fields(Envelope)
    assert described == {f"`{one.name}`": "required" if one.required else "optional" for one in attributes}


@pytest.mark.parametrize("name", TYPES)
def test_a_type_has_an_example(name: str) -> None:
    assert name in {activity["type"] for activity in shown(DESCRIBED[name])}


def test_every_example_can_be_counted() -> None:
    read = [read_activity(json.dumps(activity).encode(), 0, NOW) for activity in shown(PAGE)]

    assert len(read) > len(TYPES)
    assert [item for item in read if not isinstance(item, Activity)] == []


async def test_all_examples_together_contradict_nothing(door: Door, acme: Company) -> None:
    deliveries = [json.dumps(activity).encode() for activity in shown(PAGE)]

    receipt = await take(door, acme.company_id, deliveries, NOW)

    assert (receipt.accepted, receipt.quarantined) == (len(deliveries), [])


def test_the_requests_are_answered_as_shown(stage: Stage, key: str) -> None:
    first = '{"specversion": "1.0", "id": "a91f", "source": "mcu-3.example", "type": "turnout.stay.joined", "time": '
    first += '"2026-11-02T07:59:58.120Z", "data": {"event": "e-77", "connection": "c-9001", "user": "u-12"}}'
    new = [
        json.dumps(activity)
        for activity in shown(DESCRIBED["turnout.user.registered"] + DESCRIBED["turnout.room.created"])
    ]
    (stage.folder / "activities.ndjson").write_text("\n".join([first, *new]))
    requests = [block for block in fences(PAGE, "sh") if block.startswith("curl")]
    answers = [answer for fence in fences(PAGE, "json") for answer in json_values(fence) if "accepted" in answer]

    answered = [next(json_values(stage.shell(request, KEY=key))) for request in requests]

    assert len(answers) == 3
    assert answered == answers


def test_the_commands_for_the_quarantine_do_what_they_say(stage: Stage, key: str) -> None:
    [script] = fences(sections(PAGE, 2)["Quarantine"], "sh")

    assert "UNKNOWN_TYPE" in stage.turnout(script)


def test_the_limits_are_those_of_the_code() -> None:
    bounds = {cells[0].strip("`"): cells[-1] for cells in rows(sections(PAGE, 2)["Ways in"])}

    assert bounds == {way: f"{most // MIB} MiB" for way, most in WAYS.items()}
    assert f"stored {ingest.LINES_AT_ONCE:,} at a time" in PAGE
    assert f"each one activity of at most {activities.LARGEST // MIB} MiB" in PAGE
    assert f"more there are than the {tally.MOST_LISTED:,}" in PAGE
    assert f"{activities.MOST_AHEAD.seconds // 60} minutes from now" in PAGE
