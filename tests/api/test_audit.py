"""What a company reads of its audit."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.databases import Database
from turnout.server.services import Services
from turnout.tenants.audit import COMMAND, Act, Actor, ActorKind, note
from turnout.tenants.caller import Caller
from turnout.tenants.company import Company
from turnout.tenants.keys import issue_key
from turnout.tenants.support import support

from .asking import ask, refusal
from .clients import Client

CREDENTIAL = UUID("0198a0c0-0000-7000-8000-000000000001")
INA = Actor(ActorKind.SUPPORT, "Ina", CREDENTIAL, Caller("192.0.2.7", "Browser", "r-1"))
PROGRAM = Actor(ActorKind.KEY, "crm", CREDENTIAL, Caller("2001:db8::1", "crm/1", "r-2"))


def write(database: Database, company: Company, actor: Actor, act: Act, at: datetime) -> None:
    with support(database.support) as session:
        note(session, company.company_id, actor, act, at)


async def actions(client: Client, **given: Any) -> list[str]:
    return [entry["action"] for entry in (await ask(client, "audit", **given))["nodes"]]


async def test_the_latest_entry_comes_first_with_all_that_is_known(
    at_acme: Client, database: Database, acme: Company, now: datetime
) -> None:
    write(database, acme, COMMAND, Act("test.first"), now)
    write(database, acme, PROGRAM, Act("test.second", "k-1", {"label": "crm", "scopes": ["read:stats"]}), now)

    latest, before = (await ask(at_acme, "audit", first=2))["nodes"]

    assert (before["action"], before["actor"], before["details"]) == ("test.first", "COMMAND", [])
    assert latest["number"] == before["number"] + 1
    assert len(latest.pop("hash")) == 64
    assert latest == {
        "number": latest["number"],
        "at": "2026-03-02T12:00:00Z",
        "actor": "KEY",
        "name": "crm",
        "credentialId": str(CREDENTIAL),
        "action": "test.second",
        "target": "k-1",
        "details": [{"name": "label", "value": "crm"}, {"name": "scopes", "value": '["read:stats"]'}],
        "address": "2001:db8::1",
        "userAgent": "crm/1",
        "requestId": "r-2",
    }


async def test_what_support_did_is_there_with_the_name_and_not_from_where(
    at_acme: Client, database: Database, acme: Company, now: datetime
) -> None:
    write(database, acme, INA, Act("test.opened"), now)

    [entry] = (await ask(at_acme, "audit", first=1))["nodes"]

    assert (entry["actor"], entry["name"], entry["requestId"]) == ("SUPPORT", "Ina", "r-1")
    assert (entry["address"], entry["userAgent"]) == (None, None)


async def test_entries_are_chosen_by_action_and_by_instants(
    at_acme: Client, database: Database, acme: Company, now: datetime
) -> None:
    for hours, action in enumerate(("test.a", "test.b", "test.a", "test.c"), 1):
        write(database, acme, COMMAND, Act(action), now + timedelta(hours=hours))
    one, three = "2026-03-02T13:00:00Z", "2026-03-02T15:00:00Z"

    assert await actions(at_acme, actions=["test.a", "test.c"]) == ["test.c", "test.a", "test.a"]
    assert await actions(at_acme, **{"from": one, "to": three}) == ["test.b", "test.a"]
    assert await actions(at_acme, **{"from": three}, actions=["test.a"]) == ["test.a"]
    assert await actions(at_acme, actions=[]) == []


async def test_pages_follow_each_other_and_entries_written_since_are_before_them(
    at_acme: Client, database: Database, acme: Company, now: datetime
) -> None:
    for number in range(5):
        write(database, acme, COMMAND, Act(f"test.{number}"), now)
    page = await ask(at_acme, "audit", first=2)
    write(database, acme, COMMAND, Act("test.5"), now)

    following = await ask(at_acme, "audit", first=2, after=page["pageInfo"]["endCursor"])

    assert [entry["action"] for entry in page["nodes"] + following["nodes"]] == [f"test.{n}" for n in (4, 3, 2, 1)]
    assert following["totalCount"] == page["totalCount"] + 1
    assert (await refusal(at_acme, "audit", actions=["x"], after=page["pageInfo"]["endCursor"]))["code"] == (
        "INVALID_CURSOR"
    )


async def test_a_key_reads_it_with_the_scope_for_it_alone(
    at_acme: Client, services: Services, database: Database, acme: Company, now: datetime
) -> None:
    with support(database.support) as session:
        reader = issue_key(session, acme.slug, ["read:stats", "read:people"], now).text
        administrator = issue_key(session, acme.slug, ["admin:keys"], now).text

    assert (await refusal(Client(at_acme.http, token=reader), "audit"))["code"] == "FORBIDDEN"
    assert await ask(Client(at_acme.http, token=administrator), "audit")


async def test_a_company_sees_nothing_of_anothers(
    at_acme: Client, at_globex: Client, database: Database, globex: Company, now: datetime
) -> None:
    before = await ask(at_acme, "audit")

    write(database, globex, INA, Act("test.secret"), now)

    assert await ask(at_acme, "audit") == before
    assert await actions(at_globex, first=1) == ["test.secret"]


async def test_too_many_actions_are_refused(at_acme: Client) -> None:
    refused = await refusal(at_acme, "audit", actions=["x"] * 51)

    assert (refused["code"], refused["maximum"]) == ("ARGUMENT_TOO_LONG", 50)
