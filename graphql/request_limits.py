"""What one request may ask, and one delivery bring: the very bounds that are enforced."""

from datetime import timedelta
from typing import TypeVar

import strawberry

from turnout.analytics import segments
from turnout.analytics.periods import MOST_DAYS
from turnout.analytics.reading import PATIENCE
from turnout.analytics.witness import LONGEST_CURVE
from turnout.graphql import bounds, cost
from turnout.graphql.alerts import MOST_BACKTEST_DAYS
from turnout.graphql.clients import MOST_CLIENTS
from turnout.graphql.connections import LONGEST_SEARCH
from turnout.graphql.context import Info
from turnout.graphql.embedding import MOST_MINUTES as MOST_EMBED_MINUTES
from turnout.graphql.witness import MOST_MINUTES as MOST_AROUND_PEAK
from turnout.ingest import activities
from turnout.ingest.bounds import LARGEST_BODY, LARGEST_LINES, LINES_AT_ONCE
from turnout.tenants.connection import LONGEST_STATEMENT
from turnout.tenants.credential import POINTS_OF_A_SESSION
from turnout.tenants.segments import MOST_SEGMENTS

Number = TypeVar("Number", int, float)

MINUTE = timedelta(minutes=1)


def _bound(value: Number, description: str) -> Number:
    return strawberry.field(default=value, description=description)


@strawberry.type(
    description=(
        "The largest that is taken, the same for every company. What goes beyond is refused with the code that is "
        "named, and never cut off. What the company has contracted is in company.limits."
    )
)
class RequestLimits:
    """Every value is the constant that the code goes by, but for the points, which the server's settings say."""

    largest_request: int = _bound(bounds.LARGEST_BODY, "Bytes of a request in JSON; TOO_LARGE beyond.")
    tokens: int = _bound(bounds.MOST_TOKENS, "Words and signs of a document; GRAPHQL_PARSE_FAILED beyond.")
    levels: int = _bound(bounds.MOST_LEVELS, "Levels of fields in an operation; LIMIT_EXCEEDED beyond.")
    fields: int = _bound(bounds.MOST_FIELDS, "Fields of an operation, those of fragments as often as they are used.")
    root_fields: int = _bound(bounds.MOST_ROOT_FIELDS, "Fields at the top of an operation.")
    aliases: int = _bound(bounds.MOST_ALIASES, "Aliases in an operation.")
    directives: int = _bound(bounds.MOST_DIRECTIVES, "Directives in an operation.")
    period_days: int = _bound(MOST_DAYS, "Days of one period; PERIOD_TOO_LONG beyond.")
    rows: int = _bound(bounds.MOST_ROWS, "Rows of one page, in `first`; ARGUMENT_OUT_OF_RANGE beyond.")
    client_rows: int = _bound(MOST_CLIENTS, "Rows of `clients`, in `limit`, before the rest is merged.")
    search_characters: int = _bound(LONGEST_SEARCH, "Characters of `search`; ARGUMENT_TOO_LONG beyond.")
    curve_minutes: int = _bound(LONGEST_CURVE // MINUTE, "Minutes of one `curve`; CURVE_TOO_LONG beyond.")
    witness_minutes: int = _bound(MOST_AROUND_PEAK, "Minutes before and after a peak, in the curve of `peakWitness`.")
    backtest_days: int = _bound(MOST_BACKTEST_DAYS, "Days of `backtestAlertRule`.")
    segment_days: int = _bound(segments.MOST_DAYS, "Days of a period of a segment without rollups; SEGMENT_TOO_LARGE.")
    segment_stays: int = _bound(segments.MOST_STAYS, "Stays in that period, whatever segment they are of.")
    declared_segments: int = _bound(MOST_SEGMENTS, "Segments that a company may declare; TOO_MANY_SEGMENTS beyond.")
    embed_minutes: int = _bound(MOST_EMBED_MINUTES, "Minutes that an embed token lasts.")
    refresh_seconds: float = _bound(
        PATIENCE,
        "Seconds for which an answer waits for days to be brought up to date; then `extensions.pending` names them.",
    )
    statement_seconds: float = _bound(
        LONGEST_STATEMENT.total_seconds(), "Seconds that one question to the database may take; TOO_SLOW beyond."
    )
    largest_activity: int = _bound(activities.LARGEST, "Bytes of one activity sent to `POST /ingest`.")
    largest_batch: int = _bound(LARGEST_BODY, "Bytes of one activity or one batch as a request; TOO_LARGE beyond.")
    largest_lines: int = _bound(LARGEST_LINES, "Bytes of a request in lines; TOO_LARGE beyond.")
    lines_at_once: int = _bound(LINES_AT_ONCE, "Lines that are stored together, all or none of them.")
    minutes_ahead: int = _bound(
        activities.MOST_AHEAD // MINUTE, "Minutes by which the time of an activity may lie ahead of now."
    )

    most_nodes: int = _bound(
        cost.MOST_NODES, "Rows that the lists of an operation may bring in all; QUERY_TOO_COSTLY beyond."
    )
    points_a_minute: int = _bound(
        POINTS_OF_A_SESSION,
        "Points that a credential of your kind may spend in a minute, 0 without such a bound; RATE_LIMITED beyond. An "
        "operation takes one for each field at its top, and one for every hundred rows that its lists may bring.",
    )


@strawberry.field(
    graphql_type=RequestLimits, description="What one request may ask, and one delivery bring; the same for everybody."
)
def limits(info: Info) -> RequestLimits:
    """The bounds of requests."""
    info.context.reading()
    context = info.context
    most = context.meter.most(context.identified()) if context.meter else 0
    return RequestLimits(points_a_minute=most)
