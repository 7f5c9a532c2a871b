"""Rules on limits over GraphQL: who may make them, what they go through, and what comes of them."""

import json
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.alerting import agree
from tests.databases import Database
from tests.delivering.receiving import LOOPBACK, Receiver
from tests.waiting import until
from turnout.analytics.refresher import Refresher
from turnout.server.delivering.worker import Deliverer
from turnout.server.services import Services
from turnout.tenants.alert_targets import Outlets
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk

from .asking import ask
from .clients import Client, program

CREATE = "mutation($rule: AlertRuleInput!) { createAlertRule(rule: $rule) { rule { id } secrets { url text } } }"
CHANGE = "mutation($id: ID!, $rule: AlertRuleInput!) { changeAlertRule(id: $id, rule: $rule) { rule { name } } }"


@pytest.fixture
def services(database: Database, now: datetime) -> Services:
    """With everything that brings an alert to where it goes."""
    return Services(
        Door(database.app),
        Refresher(database.refresher, lambda: now),
        lambda: now,
        desk=Desk(lambda: database.support),
        outlets=Outlets(email=False, networks=LOOPBACK),
        deliverer=Deliverer(database.refresher, lambda: now, own=LOOPBACK, period=0.05),
    )


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    async with Receiver.listening() as receiver:
        yield receiver


def rule(*webhooks: str, name: str = "Full", **about: object) -> dict[str, Any]:
    return {
        "name": name,
        "condition": {"metric": "CONNECTIONS", "share": 0.75, "period": "DAY"} | about,
        "targets": [{"webhook": url} for url in webhooks or ["https://alerts.example.com/"]],
    }


async def test_what_reaches_the_share_is_posted_within_the_second(
    at_acme: Client, acme: Company, database: Database, now: datetime, receiver: Receiver
) -> None:
    agree(database, acme, now, "CONNECTIONS=4")
    made = (await at_acme.query(CREATE, {"rule": rule(receiver.url)}))["createAlertRule"]
    await at_acme.meets("standup", now.replace(hour=9), minutes=9, people=3)

    await until(receiver.has_been_asked)

    said = json.loads(receiver.requests[0][1])["data"]
    assert (said["rule"]["id"], said["firing"]["value"]) == (made["rule"]["id"], 3)
    [alert] = (await ask(at_acme, "alerts"))["nodes"]
    assert (alert["ruleId"], alert["firing"]["share"], alert["name"]) == (made["rule"]["id"], 0.75, "Full")
    back = await ask(at_acme, "backtestAlertRule", condition=rule()["condition"], days=30)
    assert (back["times"], back["firings"]) == (1, [alert["firing"]])


async def test_a_rule_is_made_changed_tested_and_deleted(at_acme: Client, receiver: Receiver) -> None:
    made = (await at_acme.query(CREATE, {"rule": rule(receiver.url)}))["createAlertRule"]
    same = {"id": made["rule"]["id"]}
    fuller = rule(receiver.url, name="Fuller", share=0.9) | {"language": "RU"}
    changed = await at_acme.query(CHANGE, same | {"rule": fuller})
    tested = "mutation($id: ID!) { testAlertRule(id: $id) { targets { latestDelivery { isTest state } } } }"
    begun = await at_acme.query(tested, same)
    await until(receiver.has_been_asked)
    again = await at_acme.codes(tested, same)
    deleted = "mutation($id: ID!) { deleteAlertRule(id: $id) }"

    assert changed["changeAlertRule"]["rule"]["name"] == "Fuller"
    assert begun["testAlertRule"]["targets"] == [{"latestDelivery": {"isTest": True, "state": "PENDING"}}]
    assert again == ["ALERT_RULE_TESTED_LATELY"]
    [listed] = await ask(at_acme, "alertRules")
    assert (listed["condition"]["share"], listed["targets"][0]["webhook"]) == (0.9, receiver.url)
    assert listed["language"] == "RU"
    assert await at_acme.query(deleted, same) == {"deleteAlertRule": True}
    assert await at_acme.codes(deleted, same) == ["UNKNOWN_ALERT_RULE"]
    acts = [entry["action"] for entry in (await ask(at_acme, "audit"))["nodes"]]
    assert acts[:3] == ["alert_rule.deleted", "alert_rule.changed", "alert_rule.created"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (rule("ftp://a.test/"), "INVALID_WEBHOOK"),
        (rule("https://"), "INVALID_WEBHOOK"),
        (rule("https://user:secret@a.test/"), "INVALID_WEBHOOK"),
        (rule("https://a.test/#there"), "INVALID_WEBHOOK"),
        (rule("https://a.test:99999/"), "INVALID_WEBHOOK"),
        (rule("https://a.test/\r\nx: y"), "INVALID_WEBHOOK"),
        (rule("https://ä.test/"), "INVALID_WEBHOOK"),
        (rule("https://a.test/" + "a" * 2000), "INVALID_WEBHOOK"),
        (rule() | {"targets": [{"email": "Anna <a@b.test>"}]}, "INVALID_EMAIL"),
        (rule() | {"targets": [{"email": "a@b@c.test"}]}, "INVALID_EMAIL"),
        (rule() | {"targets": [{"email": "a(comment)@b.test"}]}, "INVALID_EMAIL"),
        (rule() | {"targets": [{"email": "a@b.test\nBcc: all@b.test"}]}, "INVALID_EMAIL"),
        (rule() | {"targets": [{"email": "a@b.test"}]}, "EMAIL_NOT_CONFIGURED"),
        (rule() | {"targets": list[Any]()}, "INVALID_ALERT_RULE"),
        (rule(name="a\nb"), "INVALID_ALERT_RULE"),
        (rule(share=0), "INVALID_ALERT_RULE"),
        (rule(metric="USERS", section="CALL"), "INVALID_ALERT_RULE"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused(at_acme: Client, given: dict[str, Any], code: str) -> None:
    assert await at_acme.codes(CREATE, {"rule": given}) == [code]


async def test_rules_are_for_sessions_and_keys_with_their_scope(at_acme: Client) -> None:
    manager, reader = await program(at_acme, "ADMIN_ALERTS"), await program(at_acme, "READ_STATS", "ADMIN_KEYS")
    await manager.query(CREATE, {"rule": rule()})

    assert await reader.codes(CREATE, {"rule": rule()}) == ["FORBIDDEN"]
    for name in ("alertRules", "alerts"):
        assert await ask(manager, name)
        assert await reader.codes(f"{{ {name} {{ __typename }} }}") == ["FORBIDDEN"]
    test = "{ backtestAlertRule(condition: {metric: CONNECTIONS}) { times } }"
    assert await manager.codes(test) == await reader.codes(test) == ["FORBIDDEN"]


async def test_of_another_company_there_is_nothing(at_acme: Client, at_globex: Client) -> None:
    theirs = (await at_globex.query(CREATE, {"rule": rule()}))["createAlertRule"]["rule"]["id"]

    answers = [await at_acme.errors(CHANGE, {"id": one, "rule": rule()}) for one in (theirs, str(uuid4()), "x")]

    assert answers[0] == answers[1] == answers[2]
    assert await ask(at_acme, "alertRules") == []
    assert len(await ask(at_globex, "alertRules")) == 1
