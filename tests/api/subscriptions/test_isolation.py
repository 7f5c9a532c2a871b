"""Whatever a company subscribes to, and whatever carries it: nothing of another company comes."""

import json
from typing import Any, cast

from graphql import GraphQLObjectType

from tests.api.asking import everything
from tests.api.clients import Client, activity
from tests.api.listening import Stage, comes, now, streamed, subscribed
from turnout.graphql.schema import schema

SUBSCRIPTION = cast("GraphQLObjectType", schema.core.subscription_type)
EVERY = {name: f"subscription {{ {name} {everything(field)} }}" for name, field in SUBSCRIPTION.fields.items()}


def meets(slug: str, people: int, what: str) -> list[dict[str, Any]]:
    """People come to an event; whatever may be said of them is a canary of the company."""
    event = f"CANARY-{slug}-{what}"
    said = {"name": f"CANARY {slug} name", "client": f"CANARY {slug} client", "metadata": {"seat": f"CANARY {slug}"}}
    about = {"title": f"CANARY {slug} title", "room": f"CANARY-{slug}-room"}
    started = activity(f"{event}-started", "turnout.event.started", now(), event=event, **about)
    return [started, *(comes(event, str(number), user=f"CANARY-{slug}-{number}", **said) for number in range(people))]


async def test_each_company_hears_of_its_own_people_alone(stage: Stage) -> None:
    told = {stage.acme: 2, stage.globex: 3}
    heard = {client: list[str]() for client in told}
    async with (
        subscribed(stage.acme, EVERY["stays"]) as acme,
        subscribed(stage.globex, EVERY["stays"]) as globex,
        streamed(stage.acme, EVERY["stays"]) as acme_stream,
        streamed(stage.globex, EVERY["stays"]) as globex_stream,
    ):
        for client, people in told.items():
            await client.tell(meets(slug_of(client), people, "people"))
        for client, opened, stream in ((stage.acme, acme, acme_stream), (stage.globex, globex, globex_stream)):
            for _ in range(told[client]):
                heard[client] += [json.dumps(await opened.hear()), json.dumps((await stream.next())[1])]

    for client, other in ((stage.acme, stage.globex), (stage.globex, stage.acme)):
        assert all(f"CANARY-{slug_of(client)}" in frame for frame in heard[client])
        assert not any(slug_of(other) in frame for frame in heard[client])
    await leave(stage, "people")


async def test_the_figures_are_those_of_the_company_alone(stage: Stage) -> None:
    async with subscribed(stage.acme, EVERY["live"]) as acme, subscribed(stage.globex, EVERY["live"]) as globex:
        for client, people in ((stage.acme, 2), (stage.globex, 3)):
            await client.tell(meets(slug_of(client), people, "figures"))
        for opened, people in ((acme, 2), (globex, 3)):
            while (count := (await opened.next("live"))["total"]["participants"]) != people:
                assert count < people
    await leave(stage, "figures")


def test_every_subscription_is_one_of_these() -> None:
    assert EVERY.keys() == {"stays", "live"}


def slug_of(client: Client) -> str:
    assert client.company
    return client.company.slug


async def leave(stage: Stage, what: str) -> None:
    """Nobody is left for the tests after this one."""
    for client in (stage.acme, stage.globex):
        event = f"CANARY-{slug_of(client)}-{what}"
        await client.tell([activity(f"{event}-ended", "turnout.event.ended", now(), event=event)])
