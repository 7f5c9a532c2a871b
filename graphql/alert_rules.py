"""Rules on limits: made, changed, deleted and tested by the company that has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import strawberry

from turnout.analytics import alerts as analytics
from turnout.graphql import people
from turnout.graphql.alerts import AlertConditionInput, AlertRule, uuid_of
from turnout.graphql.connections import short_enough
from turnout.graphql.context import Context, Info
from turnout.graphql.languages import Language
from turnout.tenants import alert_rules as tenants
from turnout.tenants.alert_rules import NewSecret, RuleWish, WrittenRule
from turnout.tenants.alert_targets import AlertChannel, Target

LONGEST_LIST = 100

RuleId = Annotated[strawberry.ID, strawberry.argument(name="id", description="The id of the rule.")]


@strawberry.input(one_of=True, description="Where alerts are to go: exactly one of a webhook and an e-mail address.")
class AlertTargetInput:
    """Exactly one member is set."""

    webhook: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The https URL that alerts are posted to. Private networks cannot be reached.",
    )
    email: str | None = strawberry.field(default=strawberry.UNSET, description="The address that alerts are sent to.")

    def target(self) -> Target:
        """The target."""
        if isinstance(self.webhook, str):
            return Target(AlertChannel.WEBHOOK, self.webhook)
        return Target(AlertChannel.EMAIL, str(self.email))


@strawberry.input(description="What a rule is to be.")
class AlertRuleInput:
    """The whole of a rule: a change says all of it again."""

    name: str = strawberry.field(description="What to call it, in 1 to 100 characters; it is in every message.")
    condition: AlertConditionInput = strawberry.field(description="What it is to wait for.")
    targets: list[AlertTargetInput] = strawberry.field(description="Where its alerts go: 1 to 5 different targets.")
    language: Language = strawberry.field(
        default=Language.EN,
        description="The language of its e-mails. What is posted to webhooks says everything by names and numbers.",
    )

    def wish(self, context: Context) -> RuleWish:
        """The rule that is wished. Raises as `Outlets.check` and `check_condition` do, and ARGUMENT_TOO_LONG."""
        short_enough("rule.targets", self.targets, LONGEST_LIST)
        targets = [one.target() for one in self.targets]
        for target in targets:
            context.outlets.check(target)
        return RuleWish(self.name, self.condition.checked(), targets, self.language)


@strawberry.type(description="What a webhook is signed with, after Standard Webhooks.")
class WebhookSecret:
    """Rows are tenants' new secrets."""

    url: str = strawberry.field(metadata=people.HARMLESS, description="The webhook.")
    text: str = strawberry.field(
        metadata=people.HARMLESS, description="The secret, shown this once. Whoever receives verifies signatures by it."
    )


@strawberry.type(description="A rule that has just been made or changed.")
class WrittenAlertRule:
    """Rows are pairs of a rule and its new secrets."""

    rule: AlertRule = strawberry.field(description="The rule as it is listed.")
    secrets: list[WebhookSecret] = strawberry.field(description="One for each webhook that is new in the rule.")


@dataclass(frozen=True)
class Written:
    """A rule with what nobody else has."""

    rule: analytics.AlertRule
    secrets: Sequence[NewSecret]


@strawberry.field(
    graphql_type=WrittenAlertRule,
    description=(
        "Make a rule. It is held against today's figures within seconds, and from then on whenever they change. Needs "
        "a session or the scope admin:alerts."
    ),
)
async def create_alert_rule(
    info: Info, rule: Annotated[AlertRuleInput, strawberry.argument(description="What it is to be.")]
) -> Written:
    """Make a rule."""
    context = info.context
    company, wish = context.managing_alerts().company, rule.wish(context)
    made = await tenants.create_rule(context.door, company, wish, context.actor(), context.clock())
    return await _written(context, made)


@strawberry.field(
    graphql_type=WrittenAlertRule,
    description=(
        "Let a rule be another. A webhook that it had already keeps its secret; another metric, section, share or "
        "period may fire in a period that had its alert. Needs a session or the scope admin:alerts."
    ),
)
async def change_alert_rule(
    info: Info, rule_id: RuleId, rule: Annotated[AlertRuleInput, strawberry.argument(description="What it is to be.")]
) -> Written:
    """Change a rule."""
    context = info.context
    company, changed = context.managing_alerts().company, uuid_of(rule_id)
    wish = rule.wish(context)
    made = await tenants.change_rule(context.door, company, changed, wish, context.actor(), context.clock())
    return await _written(context, made)


@strawberry.field(
    description=(
        "Take a rule away, with what it still had to deliver. What it has said stays. True when it is gone. Needs a "
        "session or the scope admin:alerts."
    )
)
async def delete_alert_rule(info: Info, rule_id: RuleId) -> bool:
    """Delete a rule."""
    context = info.context
    company = context.managing_alerts().company
    await tenants.delete_rule(context.door, company, uuid_of(rule_id), context.actor(), context.clock())
    return True


@strawberry.field(
    graphql_type=AlertRule,
    description=(
        "Have a test delivered to every target of a rule, as an alert would be, at most once a minute. Its targets "
        "say by `latestDelivery` what came of it. Needs a session or the scope admin:alerts."
    ),
)
async def test_alert_rule(info: Info, rule_id: RuleId) -> analytics.AlertRule:
    """Test a rule."""
    context = info.context
    company, tested = context.managing_alerts().company, uuid_of(rule_id)
    await tenants.send_test(context.door, company, tested, context.clock())
    return await _rule(context, tested)


async def _written(context: Context, written: WrittenRule) -> Written:
    return Written(await _rule(context, written.rule_id), written.secrets)


async def _rule(context: Context, rule_id: UUID) -> analytics.AlertRule:
    """A rule of the company. Raises UNKNOWN_ALERT_RULE for one that somebody has deleted meanwhile."""
    found = await analytics.alert_rules(context.reading_of(context.managing_alerts().company), rule_id)
    if not found:
        raise tenants.unknown_rule()
    return found[0]
