"""What is to be expected of the coming days, and what if something were otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from turnout.analytics import expectation
from turnout.analytics.expectation import Addition, Changes, MoreSpeakers, Move
from turnout.analytics.periods import FIRST_DAY, LAST_DAY
from turnout.database.errors import TurnoutError
from turnout.graphql import people
from turnout.graphql.connections import short_enough, within
from turnout.graphql.context import Info
from turnout.graphql.sections import EventKind, Section
from turnout.graphql.witness import PeakMetric

MOST_DAYS = 92
MOST_CHANGES = 100
MOST_PEOPLE = 1_000_000
_HOW = (
    "Planned events count from their start to their end with the median attendance of their owner's planned events of "
    "the same kind in the last 26 weeks, those nobody came to included; of an owner with fewer than 3 that of the "
    "company's. The largest sum of those at once is `planned`. `other` is the median, over the same weekday of the "
    "last 8 weeks, of how much higher the peak was than what had been planned as long before. `low` and `high` hold "
    "8 of 10 days, by the deviations of attendance and of these 8 weeks, taken for independent; events that nobody has "
    "planned yet are expected only as far as there were such before."
)


@strawberry.type(description="What is to be expected of one coming day.")
class ExpectedPeak:
    """Rows are analytics' expected peaks."""

    day: date = strawberry.field(description="The company's local day.")
    expected: float = strawberry.field(description="The peak to be expected: what is planned, and what else there is.")
    low: float = strawberry.field(description="Nine of ten such days should have a higher peak.")
    high: float = strawberry.field(description="Nine of ten such days should have a lower peak.")
    at: datetime | None = strawberry.field(
        description="The instant at which planned events make the most; null without any."
    )
    planned: float = strawberry.field(description="What planned events make at that instant.")
    other: float = strawberry.field(
        description="What comes on top of it on this weekday; below 0 where fewer come at once than is planned."
    )
    events: int = strawberry.field(description="The planned events that are on at that instant.")
    basis: int = strawberry.field(description="The past events that their attendance was taken from, all together.")
    weeks: int = strawberry.field(description="The past weeks that `other` was taken from: 8 unless there are fewer.")
    limit: int | None = strawberry.field(description="The limit of the day; null without one.")
    headroom: float | None = strawberry.field(
        description="What the limit leaves of what is expected; negative beyond it, null without a limit."
    )


@dataclass(frozen=True)
class _Days:
    metric: PeakMetric
    section: Section
    days: Sequence[Any]


def _how(root: strawberry.Parent[_Days]) -> str:
    return _HOW


@strawberry.type(description="What is to be expected of the coming days.")
class ExpectedPeaks:
    """Rows are days of analytics' expected peaks."""

    metric: PeakMetric = strawberry.field(description="What the peaks are of.")
    section: Section = strawberry.field(description="The kind of events that they are about.")
    days: list[ExpectedPeak] = strawberry.field(description="Tomorrow and the days after it.")
    how: str = strawberry.field(
        resolver=_how, metadata=people.HARMLESS, description="How this was computed, and how sure it is."
    )


@strawberry.type(description="One coming day as it is planned, and as it would be.")
class WhatIfDay:
    """Rows are analytics' days of what if."""

    day: date = strawberry.field(description="The company's local day.")
    before: ExpectedPeak = strawberry.field(description="What is to be expected as it is planned.")
    after: ExpectedPeak = strawberry.field(description="What would be to be expected.")


@strawberry.type(description="What would be to be expected of the coming days.")
class WhatIf:
    """Rows are days of analytics' what if."""

    metric: PeakMetric = strawberry.field(description="What the peaks are of.")
    section: Section = strawberry.field(description="The kind of events that they are about.")
    days: list[WhatIfDay] = strawberry.field(description="Tomorrow and the days after it.")
    how: str = strawberry.field(
        resolver=_how, metadata=people.HARMLESS, description="How this was computed, and how sure it is."
    )


@strawberry.input(description="A planned event that is to start at another time, and to last as long.")
class MoveEventInput:
    """Both are needed."""

    event_id: strawberry.ID = strawberry.field(description="The platform's id of an event that is going to start.")
    starts_at: datetime = strawberry.field(description="When it is to start.")


@strawberry.input(description="An event more.")
class AddEventInput:
    """Speakers alone may be left out."""

    kind: EventKind = strawberry.field(description="The kind of the event.")
    starts_at: datetime = strawberry.field(description="When it is to start.")
    ends_at: datetime = strawberry.field(description="When it is to end; after it has started.")
    connections: int = strawberry.field(description="How many are to come.")
    speakers: int = strawberry.field(
        default=1, description="How many of them speak in a webinar; in meetings and calls everybody does."
    )


@strawberry.input(
    description="Speakers more at every instant, who are connections too, and neither listeners nor events."
)
class AddSpeakersInput:
    """Without days it is about every day."""

    number: int = strawberry.field(description=f"How many: 1 to {MOST_PEOPLE}.")
    first: date | None = strawberry.field(name="from", default=None, description="The first day, included.")
    last: date | None = strawberry.field(name="to", default=None, description="The last day, included.")


Metric = Annotated[PeakMetric, strawberry.argument(description="What the peaks are of.")]
Kind = Annotated[Section, strawberry.argument(description="The kind of events.")]
Days = Annotated[int, strawberry.argument(description=f"How many days, from tomorrow on: 1 to {MOST_DAYS}.")]


@strawberry.field(
    graphql_type=ExpectedPeaks,
    description=(
        "The peaks to be expected of the coming days, from what is planned and how its owners' events were attended. "
        "NO_LISTENERS for listeners of a section that has none."
    ),
)
async def expected_peaks(
    info: Info, days: Days = 14, metric: Metric = PeakMetric.CONNECTIONS, section: Kind = Section.TOTAL
) -> _Days:
    """Expected peaks."""
    _check_days(days)
    found = await expectation.expected_peaks(info.context.reading(), metric, section, days)
    return _Days(metric, section, found)


@strawberry.field(
    graphql_type=WhatIf,
    description=(
        "The same as `expectedPeaks` beside what it would be if planned events were moved, and events or speakers were "
        "added. Nothing is changed. EVENT_NOT_PLANNED for an event that is not going to start."
    ),
)
async def what_if(
    info: Info,
    days: Days = 14,
    metric: Metric = PeakMetric.CONNECTIONS,
    section: Kind = Section.TOTAL,
    move_events: Annotated[
        list[MoveEventInput] | None,
        strawberry.argument(metadata=people.NAMES_PEOPLE, description="Planned events at other times."),
    ] = None,
    add_events: Annotated[list[AddEventInput] | None, strawberry.argument(description="Events more.")] = None,
    add_speakers: Annotated[AddSpeakersInput | None, strawberry.argument(description="Speakers more.")] = None,
) -> _Days:
    """What if."""
    _check_days(days)
    changes = Changes(_moves(move_events or []), _additions(add_events or []), _speakers(add_speakers))
    found = await expectation.what_if(info.context.reading(), metric, section, days, changes)
    return _Days(metric, section, found)


def _check_days(days: int) -> None:
    within("days", days, 1, MOST_DAYS, "Ask for the days that plans are made for.")


def _moves(asked: list[MoveEventInput]) -> list[Move]:
    short_enough("moveEvents", asked, MOST_CHANGES)
    moves = {move.event_id: Move(move.event_id, move.starts_at) for move in asked}
    return list(moves.values())


def _additions(asked: list[AddEventInput]) -> list[Addition]:
    short_enough("addEvents", asked, MOST_CHANGES)
    return [_addition(one) for one in asked]


def _addition(asked: AddEventInput) -> Addition:
    within("connections", asked.connections, 0, MOST_PEOPLE, "Add as many as could come.")
    within("speakers", asked.speakers, 0, MOST_PEOPLE, "Add as many as could come.")
    if asked.ends_at <= asked.starts_at:
        raise TurnoutError(
            "PERIOD_REVERSED", "An added event ends before it starts.", "`startsAt` lies before `endsAt`."
        )
    return Addition(asked.kind.value, asked.starts_at, asked.ends_at, asked.connections, asked.speakers)


def _speakers(asked: AddSpeakersInput | None) -> MoreSpeakers:
    if asked is None:
        return MoreSpeakers(0)
    within("number", asked.number, 1, MOST_PEOPLE, "Add as many as could come.")
    if (asked.first or FIRST_DAY) > (asked.last or LAST_DAY):
        raise TurnoutError("PERIOD_REVERSED", "The days of added speakers are reversed.", "`from` lies before `to`.")
    return MoreSpeakers(asked.number, asked.first, asked.last)
