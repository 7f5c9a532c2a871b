"""Leaves whose join never came: every leave either closes a stay or is one of them."""

from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.databases import Database, drop
from tests.worlds.stage import Stage, open_stage
from turnout.ingest.quarantine import list_quarantine
from turnout.tenants.company import Company

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAST = NOW - timedelta(days=3)
SLUGS = (f"leaves-{number}" for number in count())
SIGNALS = st.lists(
    st.tuples(st.sampled_from(["joined", "left", "left", "roleChanged", "ended"]), st.integers(0, 4), st.booleans()),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def stage(server: str, template: str) -> Generator[Stage]:
    database = Database.cloned(server, template)
    with open_stage(database) as opened:
        opened.product.now = NOW
        yield opened
    drop(server, database.name)


@settings(max_examples=80, deadline=None)
@given(told=SIGNALS)
def test_every_leave_closes_a_stay_or_is_listed(stage: Stage, told: Sequence[tuple[str, int, bool]]) -> None:
    company = stage.play(stage.product.add_company(next(SLUGS), "UTC", timedelta(hours=24)))
    activities = [activity(number, *one) for number, one in enumerate(told)]

    receipt = stage.play(stage.product.tell(company, activities))
    listed = stage.play(leaves_listed(stage, company))

    assert receipt.quarantined == []
    assert sorted(listed) == sorted(leaves_alone(activities))
    leaves = sum(one["type"] == "turnout.stay.left" for one in activities)
    assert len(listed) == leaves - stage.play(stays_left(stage, company))


def activity(number: int, kind: str, minute: int, other: bool) -> dict[str, Any]:
    """At one instant the order of ids is another than that of arrival."""
    data = {"event": "e", "connection": "d" if other else "c", "role": "SPEAKER"}
    return {
        "specversion": "1.0",
        "id": f"{number * 7 % 13:02}",
        "source": "test",
        "type": "turnout.event.ended" if kind == "ended" else f"turnout.stay.{kind}",
        "time": (PAST + timedelta(minutes=minute)).isoformat(),
        "data": {"event": "e"} if kind == "ended" else data,
    }


def leaves_alone(activities: list[dict[str, Any]]) -> list[str]:
    """The ids of the leaves at which nobody was in, by walking through each connection."""
    alone: list[str] = []
    for connection in ("c", "d"):
        inside = False
        for one in sorted(activities, key=lambda one: (one["time"], one["id"])):
            if one["data"].get("connection") != connection:
                continue
            if one["type"] == "turnout.stay.left" and not inside:
                alone.append(one["id"])
            inside = inside if one["type"] == "turnout.stay.roleChanged" else one["type"] == "turnout.stay.joined"
    return alone


async def leaves_listed(stage: Stage, company: Company) -> list[str]:
    _, held = await list_quarantine(stage.product.door, company.company_id, None, 50, NOW)
    return [str(one.id) for one in held]


async def stays_left(stage: Stage, company: Company) -> int:
    return sum(row[5] == "LEFT" for row in await stage.product.stays(company))
