"""Rules on limits: a company is told once a period when a metric has reached a share of its limit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NoReturn
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.alert_targets import AlertChannel, Target, new_secret, secret_text
from turnout.tenants.audit import Act, Actor, note_within
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.labels import LONGEST
from turnout.tenants.languages import Language
from turnout.tenants.limits import LimitMetric, Section, sections_of

MOST_RULES: Final = 100
MOST_TARGETS: Final = 5
LARGEST_SHARE: Final = 10
# How long a rule rests between two tests: whoever finds a credential has found no way to send much mail.
TEST_PAUSE: Final = timedelta(minutes=1)
# How many deliveries of a company begin in an hour, whatever becomes of the rules that they are of.
MOST_AN_HOUR: Final = 100
# While so many of a company are under way or to begin, alerts are written down and sent to nobody.
MOST_WAITING: Final = 500
_OF_BILLING_PERIODS: Final = frozenset({LimitMetric.PARTICIPATION_MINUTES, LimitMetric.RECORDED_MINUTES})
_SQL: Final = statements("turnout.tenants", "alert_rules.sql")


class AlertPeriod(StrEnum):
    """How long a rule says nothing again after it has fired."""

    DAY = "DAY"
    BILLING_PERIOD = "BILLING_PERIOD"


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule fires: a metric of a section has reached a share of its limit, 1 = full."""

    metric: LimitMetric
    section: Section
    share: float
    period: AlertPeriod

    def parameters(self) -> dict[str, Any]:
        """As statements take them."""
        return {
            "metric": self.metric.value,
            "section": self.section.value,
            "share": self.share,
            "period": self.period.value,
        }


@dataclass(frozen=True, slots=True)
class RuleWish:
    """What a rule is to be. `language` is that of its mails."""

    name: str
    condition: Condition
    targets: Sequence[Target]
    language: Language = Language.EN


@dataclass(frozen=True, slots=True)
class NewSecret:
    """What deliveries to a webhook will be signed with. The text is shown to nobody again."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule that was made or changed, and the secrets of the webhooks that are new in it."""

    rule_id: UUID
    secrets: Sequence[NewSecret]


def check_condition(condition: Condition) -> None:
    """Raises TurnoutError INVALID_ALERT_RULE for what no rule can wait for."""
    metric, section = condition.metric, condition.section
    if section not in (allowed := sections_of(metric)):
        names = ", ".join(one for one in Section if one in allowed)
        _refuse(f"{metric} has no section {section}", f"Take {names}.")
    if not (math.isfinite(condition.share) and 0 < condition.share <= LARGEST_SHARE):
        _refuse(
            f"{condition.share:g} is no share of a limit", f"Take a number above 0, up to {LARGEST_SHARE}; 1 = full."
        )
    if metric in _OF_BILLING_PERIODS and condition.period is not AlertPeriod.BILLING_PERIOD:
        _refuse(f"the limit of {metric} is that of a billing period", "Take the period BILLING_PERIOD.")


def check_wish(wish: RuleWish) -> None:
    """Raises TurnoutError INVALID_ALERT_RULE for what no rule can be."""
    if not (wish.name.isprintable() and 0 < len(wish.name) <= LONGEST):
        _refuse("its name cannot be shown", f"Use 1 to {LONGEST} characters on one line.")
    check_condition(wish.condition)
    if not 0 < len(wish.targets) <= MOST_TARGETS or len(set(wish.targets)) < len(wish.targets):
        _refuse("it needs somewhere to go, and nowhere twice", f"Give 1 to {MOST_TARGETS} different targets.")


async def create_rule(door: Door, company: Company, wish: RuleWish, actor: Actor, now: datetime) -> WrittenRule:
    """Make a rule; what it waits for is looked at within seconds, though nothing arrives.

    Raises TurnoutError INVALID_ALERT_RULE, TOO_MANY_ALERT_RULES, BUSY.
    """
    check_wish(wish)
    rule_id = uuid4()
    async with door.write(company.company_id) as connection:
        await _demand_room(connection, company)
        await connection.execute(_SQL["add_rule"], _row(company, rule_id, wish, now))
        added = await _add_targets(connection, company, rule_id, wish.targets)
        await _have_it_looked_at(connection, company, now)
        await note_within(connection, company.company_id, actor, _act("created", rule_id, wish), now)
    return WrittenRule(rule_id, added)


async def change_rule(
    door: Door, company: Company, rule_id: UUID, wish: RuleWish, actor: Actor, now: datetime
) -> WrittenRule:
    """Let a rule be what is wished; a webhook that it had already keeps its secret.

    Raises TurnoutError INVALID_ALERT_RULE, UNKNOWN_ALERT_RULE, BUSY.
    """
    check_wish(wish)
    async with door.write(company.company_id) as connection:
        changed = await connection.execute(_SQL["change_rule"], _row(company, rule_id, wish, now))
        if not await changed.fetchone():
            raise unknown_rule()
        kept = {"company": company.company_id, "rule": rule_id, **_columns(wish.targets)}
        await connection.execute(_SQL["remove_other_targets"], kept)
        added = await _add_targets(connection, company, rule_id, wish.targets)
        await _have_it_looked_at(connection, company, now)
        await note_within(connection, company.company_id, actor, _act("changed", rule_id, wish), now)
    return WrittenRule(rule_id, added)


async def delete_rule(door: Door, company: Company, rule_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a rule away, with what it still had to deliver; what it has said stays. Raises UNKNOWN_ALERT_RULE, BUSY."""
    async with door.write(company.company_id) as connection:
        asked = {"company": company.company_id, "rule": rule_id}
        if not await (await connection.execute(_SQL["delete_rule"], asked)).fetchone():
            raise unknown_rule()
        await note_within(connection, company.company_id, actor, Act("alert_rule.deleted", str(rule_id)), now)


async def send_test(door: Door, company: Company, rule_id: UUID, now: datetime) -> None:
    """Have a test delivered to every target of a rule, as an alert would be.

    Raises TurnoutError UNKNOWN_ALERT_RULE, ALERT_RULE_TESTED_LATELY, TOO_MANY_ALERT_DELIVERIES, BUSY.
    """
    async with door.write(company.company_id) as connection:
        asked = {"company": company.company_id, "rule": rule_id, "now": now, "before": now - TEST_PAUSE}
        found = await (await connection.execute(_SQL["begin_test"], asked)).fetchone()
        if found is None:
            raise unknown_rule()
        if not found[0]:
            raise TurnoutError(
                "ALERT_RULE_TESTED_LATELY",
                "The rule was tested less than a minute ago.",
                "Look at the latest delivery of its targets, and test it again later.",
            )
        await connection.execute(_SQL["forget_tests"], asked)
        await _demand_delivery(connection, asked)
        await connection.execute(_SQL["add_tests"], asked)


def unknown_rule() -> TurnoutError:
    """What is said of a rule that the company has not."""
    return TurnoutError("UNKNOWN_ALERT_RULE", "The company has no such rule.", "`alertRules` lists those it has.")


async def _demand_room(connection: AsyncConnection[Any], company: Company) -> None:
    """Raises TurnoutError TOO_MANY_ALERT_RULES; whoever makes one at the same time waits."""
    await connection.execute(_SQL["lock_rules"], {"company": company.company_id})
    row = await (await connection.execute(_SQL["count_rules"], {"company": company.company_id})).fetchone()
    if row is None or row[0] >= MOST_RULES:
        raise TurnoutError(
            "TOO_MANY_ALERT_RULES", f"The company has {MOST_RULES} rules already.", "Delete those that nobody needs."
        )


async def _demand_delivery(connection: AsyncConnection[Any], asked: dict[str, Any]) -> None:
    """Raises TurnoutError TOO_MANY_ALERT_DELIVERIES where a test would have to wait for another hour."""
    row = await (await connection.execute(_SQL["count_deliveries"], asked)).fetchone()
    if row is None or row[0] >= MOST_AN_HOUR:
        raise TurnoutError(
            "TOO_MANY_ALERT_DELIVERIES",
            f"{MOST_AN_HOUR} deliveries of the company have begun in this hour, or wait for it to end.",
            "Test the rule in the next hour.",
        )


async def _add_targets(
    connection: AsyncConnection[Any], company: Company, rule_id: UUID, targets: Sequence[Target]
) -> list[NewSecret]:
    """Add the targets that the rule has not yet; returns the secrets of those that are webhooks."""
    given = {target: new_secret() if target.channel is AlertChannel.WEBHOOK else None for target in targets}
    added = await connection.execute(
        _SQL["add_targets"],
        {
            "company": company.company_id,
            "rule": rule_id,
            **_columns(targets),
            "secrets": list(given.values()),
        },
    )
    made = {Target(AlertChannel(channel), address) for channel, address in await added.fetchall()}
    return [NewSecret(one.address, secret_text(secret)) for one, secret in given.items() if secret and one in made]


async def _have_it_looked_at(connection: AsyncConnection[Any], company: Company, now: datetime) -> None:
    """Have today computed again, which holds it against the rules."""
    today = now.astimezone(company.zone).date()
    await connection.execute(
        _SQL["mark_today"],
        {"company": company.company_id, "generation": company.generation, "today": today, "now": now},
    )


def _row(company: Company, rule_id: UUID, wish: RuleWish, now: datetime) -> dict[str, Any]:
    about = {"company": company.company_id, "rule": rule_id, "name": wish.name, "now": now}
    about |= {"language": wish.language.value}
    return about | wish.condition.parameters()


def _columns(targets: Sequence[Target]) -> dict[str, list[str]]:
    return {"channels": [one.channel.value for one in targets], "addresses": [one.address for one in targets]}


def _act(done: str, rule_id: UUID, wish: RuleWish) -> Act:
    channels = sorted({target.channel.value for target in wish.targets})
    return Act(f"alert_rule.{done}", str(rule_id), wish.condition.parameters() | {"channels": channels})


def _refuse(reason: str, hint: str) -> NoReturn:
    raise TurnoutError("INVALID_ALERT_RULE", f"There can be no such rule: {reason}.", hint)
