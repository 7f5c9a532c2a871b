"""docs/alerts.md: what it shows can be asked, and what it verifies is what is sent."""

import json
import time
from typing import Any

from graphql import parse, validate

from turnout.graphql.schema import schema
from turnout.server.delivering.webhooks import signed
from turnout.server.delivering.worker import FIRST_PAUSE
from turnout.tenants.alert_rules import MOST_RULES, MOST_TARGETS
from turnout.tenants.alert_targets import new_secret, secret_text

from .pages import fences, read

PAGE = read("docs/alerts.md")


def test_every_operation_is_valid() -> None:
    shown = fences(PAGE, "graphql company")

    assert len(shown) == 3
    assert [error.message for operation in shown for error in validate(schema.core, parse(operation))] == []


def test_the_program_knows_what_is_ours_and_what_is_not() -> None:
    [program] = fences(PAGE, "python")
    names: dict[str, Any] = {}
    exec(program, names)
    secret, body, now = new_secret(), b'{"type":"alert.test"}', int(time.time())
    headers = dict(signed("msg_1", now, body, secret))
    old = dict(signed("msg_1", now - 301, body, secret))

    verify = names["verify"]

    assert verify(secret_text(secret), headers, body)
    assert not verify(secret_text(secret), headers, body + b" ")
    assert not verify(secret_text(new_secret()), headers, body)
    assert not verify(secret_text(secret), headers | {"webhook-id": "msg_2"}, body)
    assert not verify(secret_text(secret), old, body)


def test_the_message_that_is_shown_is_one() -> None:
    [shown] = fences(PAGE, "json")

    assert json.loads(shown)["data"].keys() == {"company", "rule", "id", "firing"}


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"up to {MOST_TARGETS} targets, a company up to {MOST_RULES} rules" in PAGE
    assert f"after {FIRST_PAUSE.total_seconds():.0f} seconds" in PAGE
