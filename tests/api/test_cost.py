"""What operations cost, and what each credential may spend in a minute."""

from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from graphql import build_schema, parse
from psycopg_pool import PoolClosed

from turnout.graphql.context import Context
from turnout.graphql.cost import Cost, Costs
from turnout.graphql.execution import Executor, Operation
from turnout.graphql.schema import schema
from turnout.server.routes.rates import Rates
from turnout.server.services import Services
from turnout.tenants.caller import NOBODY
from turnout.tenants.company import Company
from turnout.tenants.credential import Credential

from .clients import Client
from .staffing import Staff, signed_in
from .test_documents import doubling


class Clock:
    """Seconds that pass when told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


MOST = 100
NESTED = build_schema(
    """
    type Query { rows(first: Int! = 50): RowConnection! days: [Row!]! one: Row! }
    type Row { id: ID! tags: [String!]! inner(first: Int! = 50): RowConnection! parts: [Row!]! }
    type RowConnection { nodes: [Row!]! edges: [Edge!]! pageInfo: PageInfo! }
    type Edge { node: Row! }
    type PageInfo { hasNextPage: Boolean! }
    """
)
DEEP = (
    "query($n: Int! = 100) { rows(first: $n) { nodes { inner(first: 100) { nodes { inner(first: $n) { nodes { id } } } "
    "} } } }"
)
STAYS = 'participants(eventId: "e", first: 1000) { nodes { ...S } edges { node { ...S } } }'
COSTLY = (
    "{" + " ".join(f"a{n}: {STAYS}" for n in range(20)) + "}"
    " fragment S on Participant { roles { since } metadata { key } }"
)
CHEAP = "{ a: company { slug } b: company { slug } userStats(period: {preset: TODAY}, first: 200) { totalCount } }"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(services: Services, clock: Clock) -> Services:
    return replace(services, rates=Rates({"session": MOST, "staff": MOST}, clock))


def nodes(text: str, **variables: object) -> int:
    cost = Costs(NESTED, parse(text)).of(None, variables)
    assert cost
    return cost.nodes


def test_pages_within_pages_multiply() -> None:
    assert nodes(DEEP) == 100 + 100 * 100 + 100 * 100 * 100
    assert nodes(DEEP, n=2) == 2 + 2 * 100 + 2 * 100 * 2
    assert nodes("{ rows(first: 7) { nodes { id tags } pageInfo { hasNextPage } } }") == 7
    assert nodes("{ days { parts { id } } one { id } }") == 10 + 10 * 10


def test_numbers_of_rows_that_cannot_be_had_count_as_the_most() -> None:
    assert nodes("query($n: Int!) { rows(first: $n) { nodes { id } } }", n="many") == 1000
    assert nodes("query($n: Int!) { rows(first: $n) { nodes { id } } }", n=10**400) == 1000
    assert nodes(f"query($n: Int! = {'9' * 5000}) {{ rows(first: $n) {{ nodes {{ id }} }} }}") == 1000
    assert nodes("{ rows(first: -5) { nodes { id } } }") == 0


def test_fragments_count_where_they_are_used_however_they_multiply() -> None:
    halves = "fragment a on Row { inner(first: 3) { nodes { ...b } } } fragment b on Row { parts { id } }"
    assert nodes("{ rows(first: 2) { nodes { ...a ...b } } }" + halves) == 2 + 2 * (3 + 3 * 10) + 2 * 10
    cost = Costs(NESTED, parse(doubling(200))).of(None, None)
    assert cost
    assert cost.roots == 10**9


def test_points_are_of_the_top_and_of_every_hundred_nodes() -> None:
    assert Cost(299, 2).points == 4
    assert Costs(schema.core, parse(CHEAP)).of(None, None) == Cost(200, 3)
    for first, asked in (("", ""), ("($n: Int)", "first: $n")):
        page = f"query{first} {{ userStats(period: {{preset: TODAY}} {asked}) {{ totalCount }} }}"
        assert Costs(schema.core, parse(page)).of(None, None) == Cost(50, 1)
    assert Costs(schema.core, parse("query a { __typename } query b { __typename }")).of(None, None) is None


async def test_what_costs_too_much_is_refused_before_any_sql(services: Services, acme: Company) -> None:
    credential = Credential(acme, "session", uuid4(), frozenset({"read:stats"}))
    closed = Context(services.door, services.refresher, services.clock, NOBODY, credential=credential)
    with pytest.raises(PoolClosed):
        await services.door.ping()

    answer = await Executor(schema).run(Operation(COSTLY), closed)

    assert answer.refused
    [error] = answer.errors
    assert error["extensions"].pop("hint")
    assert error["extensions"] == {"code": "QUERY_TOO_COSTLY", "value": 20 * 1000 * 41, "maximum": 500_000}


async def test_an_answer_says_what_it_cost(at_acme: Client) -> None:
    answer = (await at_acme.post(CHEAP)).json()

    assert answer["extensions"]["cost"] == {"nodes": 200, "points": 5}


async def test_each_answer_says_what_the_credential_has_left(at_acme: Client, clock: Clock) -> None:
    left = [headers(await at_acme.post(CHEAP))]
    clock.now += 20.5
    left += [headers(await at_acme.post(CHEAP)) for _ in range(19)]

    assert left[0] == (MOST, MOST - 5, 5, 60)
    assert left[1:] == [(MOST, MOST - 5 * number, 5 * number, 40) for number in range(2, 21)]


async def test_a_credential_that_has_spent_all_waits_for_its_minute_and_nobody_else_does(
    at_acme: Client, at_globex: Client, clock: Clock
) -> None:
    for _ in range(MOST // 5):
        assert (await at_acme.post(CHEAP)).status_code == 200
    clock.now += 45
    refused, other = await at_acme.post(CHEAP), await at_globex.post(CHEAP)
    clock.now += 15
    again = await at_acme.post(CHEAP)

    [error] = refused.json()["errors"]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "15")
    assert (error["extensions"]["code"], error["extensions"]["seconds"]) == ("RATE_LIMITED", 15)
    assert "data" not in refused.json()
    assert headers(refused) == (MOST, 0, MOST, 15)
    assert headers(other) == headers(again) == (MOST, MOST - 5, 5, 60)


async def test_what_is_refused_and_who_is_nobody_spend_nothing(at_acme: Client, nobody: Client) -> None:
    wrong, stranger = await at_acme.post("{ nonsense }"), await nobody.post("{ __typename }")

    assert headers(wrong) == (MOST, MOST, 0, 60)
    assert "x-ratelimit-limit" not in stranger.headers


async def test_a_subscription_costs_when_it_begins(at_acme: Client) -> None:
    for _ in range(MOST // 5):
        await at_acme.post(CHEAP)
    watching = await at_acme.post("subscription { live { sections { participants } } }", accept="text/event-stream")

    assert "RATE_LIMITED" in watching.text


async def test_limits_say_how_much_may_be_spent(at_acme: Client) -> None:
    limits = (await at_acme.query("{ limits { mostNodes pointsAMinute } }"))["limits"]

    assert limits == {"mostNodes": 500_000, "pointsAMinute": MOST}


async def test_a_session_of_support_has_a_budget_and_other_sessions_have_theirs(
    staff: Staff,
) -> None:
    who = "{ a: support { member { name } } b: support { member { name } } }"
    other = await signed_in(staff.http, "Ann", staff.password)

    answers = [await staff.post(who) for _ in range(MOST // 2)]
    refused, others = await staff.post(who), await other.post(who)

    assert answers[0].json()["extensions"] == {"cost": {"nodes": 0, "points": 2}}
    assert {answer.status_code for answer in answers} == {200}
    assert (refused.status_code, refused.headers["retry-after"], headers(refused)) == (429, "60", (MOST, 0, MOST, 60))
    assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert headers(others) == (MOST, MOST - 2, 2, 60)


def test_budgets_go_by_kind_and_are_forgotten_when_they_are_too_many(acme: Company) -> None:
    rates = Rates({"session": 10, "key": 0}, most_known=2)
    first, second, third = (Credential(acme, "session", uuid4(), frozenset()) for _ in range(3))

    assert rates.headers(replace(first, kind="key")) == {}
    assert rates.charge(replace(first, kind="key"), 1000) is rates.charge(first, 11) is None
    assert rates.charge(first, 1)
    assert rates.charge(second, 1) is rates.charge(third, 1) is rates.charge(first, 1) is None


def headers(answer: httpx.Response) -> tuple[int, ...]:
    return tuple(int(answer.headers[f"x-ratelimit-{name}"]) for name in ("limit", "remaining", "used", "reset"))
