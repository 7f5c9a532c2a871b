"""Who is told what: within a second, in order, and nothing that belongs to somebody else."""

import asyncio
import json
import time
from datetime import datetime, timedelta

from tests.api.clients import Client, activity, joined, leaves
from tests.api.listening import LIVE, STAYS, Stage, comes, now, subscribed
from turnout.graphql.schema import schema
from turnout.ingest.intake import read_batch, store
from turnout.tenants.connection import Door
from turnout.tenants.keys import issue_key
from turnout.tenants.support import support


async def test_a_join_is_told_within_a_second_with_who_it_is(stage: Stage) -> None:
    about = {"event": "launch", "kind": "WEBINAR", "title": "Launch", "room": "hall"}
    await stage.acme.tell([activity("started", "turnout.event.started", now(), **about)])

    async with subscribed(stage.acme, STAYS) as watching:
        await asyncio.sleep(0.3)
        told = comes("launch", "c", externalId="guest-7", name="Gast", device="MOBILE", metadata={"b": "2", "a": "1"})
        await stage.acme.tell([told])
        acknowledged = time.monotonic()
        found = await watching.next("stays")
        waited = time.monotonic() - acknowledged

    assert waited < 1
    assert datetime.fromisoformat(found.pop("at")) == datetime.fromisoformat(told["time"])
    assert found == {
        "what": "JOINED",
        "eventId": "launch",
        "kind": "WEBINAR",
        "title": "Launch",
        "roomId": "hall",
        "room": "hall",
        "connectionId": "launch-c",
        "userId": None,
        "name": "Gast",
        "externalId": "guest-7",
        "role": None,
        "device": "MOBILE",
        "client": None,
        "metadata": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}],
    }


async def test_who_comes_changes_role_and_goes_is_told_in_that_order_and_services_are_not(stage: Stage) -> None:
    role = activity("role", "turnout.stay.roleChanged", now(), event="m", connection="m-a", role="MODERATOR")

    async with subscribed(stage.acme, STAYS) as watching:
        await asyncio.sleep(0.3)
        await stage.acme.tell([comes("m", "r", service="RECORDER"), comes("m", "a", user="anna")])
        await stage.acme.tell([role | {"time": now().isoformat()}])
        await stage.acme.tell([leaves("m", "m-a", now()), comes("m", "b")])
        await stage.acme.tell([activity("end", "turnout.event.ended", now(), event="m")])
        found = [await watching.next("stays") for _ in range(5)]

    assert [(one["what"], one["connectionId"], one["role"]) for one in found] == [
        ("JOINED", "m-a", None),
        ("ROLE_CHANGED", "m-a", "MODERATOR"),
        ("LEFT", "m-a", "MODERATOR"),
        ("JOINED", "m-b", None),
        ("LEFT", "m-b", None),
    ]


async def test_figures_are_told_as_they_are_and_again_when_they_have_changed(stage: Stage) -> None:
    kind = activity("w", "turnout.event.started", now(), event="w", kind="WEBINAR")
    recording = activity("rec", "turnout.recording.started", now(), recording="tape", event="w")

    async with subscribed(stage.globex, LIVE) as watching:
        before = await watching.next("live")
        await stage.globex.tell([kind, comes("w", "a"), comes("w", "b"), comes("x", "a")])
        during = await watching.next("live")
        await stage.globex.tell([recording | {"time": now().isoformat()}])
        recorded = await watching.next("live")
        ends = [activity(f"end-{event}", "turnout.event.ended", now(), event=event) for event in ("w", "x")]
        await stage.globex.tell(ends)
        after = await watching.next("live")

    nobody = {"participants": 0, "events": 0}
    assert before == after == {"total": nobody, "webinars": nobody, "recordings": 0}
    total, webinars = {"participants": 3, "events": 2}, {"participants": 2, "events": 1}
    assert during == {"total": total, "webinars": webinars, "recordings": 0}
    assert recorded == during | {"recordings": 1}


async def test_another_company_is_told_nothing_of_it(stage: Stage) -> None:
    async with subscribed(stage.globex, STAYS, LIVE) as theirs, subscribed(stage.acme, STAYS) as ours:
        assert (await theirs.hear())["id"] == "2"
        await asyncio.sleep(0.3)
        await stage.acme.tell([comes("secret", "a")])
        assert (await ours.next("stays"))["eventId"] == "secret"
        await stage.globex.tell([comes("own", "a")])
        told = [await theirs.hear() for _ in range(2)]
        await stage.globex.tell([leaves("own", "own-a", now())])

    assert "secret" not in json.dumps(told)
    assert {one["payload"]["data"]["stays"]["eventId"] for one in told if one["id"] == "1"} == {"own"}


async def test_history_that_comes_late_moves_figures_and_is_no_news(stage: Stage) -> None:
    late = now() - timedelta(minutes=6)

    async with subscribed(stage.globex, STAYS, LIVE) as watching:
        assert (await watching.hear())["id"] == "2"
        await stage.globex.tell([joined("late", "late-a", late)])
        told = await watching.hear()
        await stage.globex.tell([leaves("late", "late-a", now())])
        more = [await watching.hear() for _ in range(2)]

    assert told["payload"]["data"]["live"]["total"] == {"participants": 1, "events": 1}
    assert [one["payload"]["data"]["stays"]["what"] for one in more if one["id"] == "1"] == ["LEFT"]


async def test_a_transaction_that_ends_later_than_one_begun_after_it_is_told_too(stage: Stage) -> None:
    assert stage.acme.company
    held = activity("held", "turnout.stay.joined", now(), event="slow", connection="slow-a")

    async with subscribed(stage.acme, STAYS) as watching:
        await asyncio.sleep(0.3)
        door = Door(stage.database.app)
        await door.open()
        activities, _ = read_batch([json.dumps(held).encode()], now())
        async with door.write(stage.acme.company.company_id) as connection:
            await store(connection, stage.acme.company.company_id, activities, [], now())
            await stage.acme.tell([comes("quick", "a")])
            first = await watching.next("stays")
        second = await watching.next("stays")
        await door.close()

    assert (first["eventId"], second["eventId"]) == ("quick", "slow")


async def test_without_the_right_to_read_people_they_are_pseudonyms(stage: Stage) -> None:
    with support(stage.database.support) as session:
        key = issue_key(session, "acme", ["read:stats"], now()).text
    said = {"customer": "secret", "guess": "secret"}
    told = comes("hush", "a", user="anna", name="Anna", metadata=said, externalId="ext")

    async with subscribed(Client(stage.acme.http, token=key), STAYS) as watching:
        await asyncio.sleep(0.3)
        await stage.acme.tell([told])
        found = await watching.next("stays")
        await stage.acme.tell([comes("hush", "b", metadata=said)])
        guessed = await watching.next("stays")

    shown = {
        name: found[name].partition("_")[0] for name in ("eventId", "connectionId", "userId", "name", "externalId")
    }
    assert list(shown.values()) == ["event", "connection", "user", "name", "external"]
    values = [entry["value"] for one in (found, guessed) for entry in one["metadata"]]
    assert all(value.startswith("value_") for value in values)
    assert len(set(values)) == 4  # whoever tells the same finds out nothing by comparing


def test_every_subscription_is_one_that_another_company_watches_here() -> None:
    watched = schema.core.subscription_type

    assert watched
    assert {f"subscription {{ {name} {{" for name in watched.fields} == {
        operation[: operation.index("{", operation.index("{") + 1) + 1] for operation in (STAYS, LIVE)
    }
