"""The schema: which questions there are."""

from typing import Final, cast

import strawberry
from graphql import GraphQLInputObjectType, GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from turnout.graphql import (
    alert_rules,
    alerts,
    arrivals,
    audit,
    billing,
    clients,
    company,
    contract,
    days,
    declared_segments,
    definitions,
    disk,
    embedding,
    events,
    expectation,
    hours,
    keys,
    limit_use,
    live,
    participants,
    peaks,
    planned,
    request_limits,
    rooms,
    session,
    sessions,
    summary,
    trends,
    users,
    witness,
)
from turnout.graphql.people import hide_people
from turnout.graphql.scalars import SCALARS, BigInt


@strawberry.type(description="The questions. Each needs a session's token or an API key with the scope read:stats.")
class Query:
    """Everything that can be asked."""

    company = company.company
    period_summary = summary.period_summary
    daily_peaks = peaks.daily_peaks
    days = days.day_totals
    user_stats = users.user_stats
    event_stats = events.event_stats
    planned_events = planned.planned_events
    arrivals = arrivals.arrivals
    disk_usage = disk.disk_usage
    clients = clients.clients
    user = users.user
    me = users.me
    event = events.event
    participant_stays = participants.participant_stays
    participants = participants.event_participants
    peak_witness = witness.peak_witness
    curve = witness.curve
    room_stats = rooms.room_stats
    week_hours = hours.week_hours
    hours = hours.hours
    contract_usage = contract.contract_usage
    billing_periods = billing.billing_periods
    closed_period = billing.closed_period
    period_differences = billing.period_differences
    limit_use = limit_use.limit_use
    trend = trends.trend
    expected_peaks = expectation.expected_peaks
    what_if = expectation.what_if
    audit = audit.audit_entries
    sessions = sessions.open_sessions
    keys = keys.keys
    live = live.live
    alert_rules = alerts.alert_rules
    backtest_alert_rule = alerts.backtest_alert_rule
    segments = declared_segments.declared_segments
    alerts = alerts.fired_alerts
    definitions = definitions.definitions
    limits = request_limits.limits


@strawberry.type(
    description=(
        "What changes something: signing in and out, passwords and sessions, keys, tokens, rules on limits, and "
        "segments."
    )
)
class Mutation:
    """Everything that can be changed."""

    issue_key = keys.issue_key
    rotate_key = keys.rotate_key
    revoke_key = keys.revoke_key
    sign_in = session.sign_in
    sign_out = session.sign_out
    issue_embed_token = embedding.issue_embed_token
    activate = session.activate
    change_password = session.change_password
    end_session = sessions.end_session
    end_other_sessions = sessions.end_other_sessions
    create_alert_rule = alert_rules.create_alert_rule
    change_alert_rule = alert_rules.change_alert_rule
    delete_alert_rule = alert_rules.delete_alert_rule
    test_alert_rule = alert_rules.test_alert_rule
    declare_segment = declared_segments.declare_segment
    remove_segment = declared_segments.remove_segment


@strawberry.type(
    description=(
        "What can be watched, by WebSocket with the protocol graphql-transport-ws or by server-sent events. Each needs "
        "what a question needs."
    )
)
class Subscription:
    """Everything that goes on until somebody has seen enough."""

    stays = live.watch_stays
    live = live.watch_live


class Schema(strawberry.Schema):
    """Strawberry's schema, with graphql-core's underneath open to the executor."""

    @property
    def core(self) -> GraphQLSchema:
        """The schema that documents are validated and executed against."""
        return self._schema


def build_schema(query: type, mutation: type, subscription: type | None = None) -> Schema:
    """A schema of these roots."""
    built = Schema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        types=cast("list[type]", [BigInt]),
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    # Strawberry's own rule for @oneOf fails on unknown variables and in fragments; graphql-core's does not.
    for kind in built.core.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            kind.is_one_of = kind.extensions["strawberry-definition"].is_one_of
    return built


schema: Final = build_schema(Query, Mutation, Subscription)
hide_people(schema.core)
