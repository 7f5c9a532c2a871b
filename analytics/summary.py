"""One period as a whole: its peaks against what was bought, means, minutes, people and events."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec

from turnout.analytics.months import month_parameters
from turnout.analytics.peaks import MICROSECONDS_A_MINUTE, Section
from turnout.analytics.periods import Period, PeriodPreset, by_preset
from turnout.analytics.reading import (
    Question,
    Reading,
    days_up_to,
    ending_parameters,
    limit_day,
    period_parameters,
    whole_days,
)
from turnout.analytics.segments import of_whole_company
from turnout.analytics.usage import Usage
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "summary.sql") | statements("turnout.analytics", "periods.sql")


class Peak(msgspec.Struct, frozen=True):
    """The largest value reached, the first instant at which it was, and the limit contracted for that instant."""

    value: int
    at: datetime | None
    limit: int | None

    @property
    def share(self) -> float | None:
        """Value ÷ limit, 1 = full; None without a limit or with limit 0."""
        return self.value / self.limit if self.limit else None

    @property
    def headroom(self) -> int | None:
        """What the limit leaves; negative beyond it, None without one."""
        return None if self.limit is None else self.limit - self.value


class SectionSummary(msgspec.Struct, frozen=True):
    """One section of a period."""

    section: Section
    peak_connections: Peak
    peak_speakers: Peak
    peak_listeners: Peak | None
    peak_events: Peak
    mean_daily_peak_connections: float
    mean_daily_peak_speakers: float
    mean_daily_peak_events: float
    events_held: int
    participation_minutes: float
    unique_participants: int
    period: Period
    """The one that was asked for: what else a section has is asked for all sections at once."""


class TemplateCount(msgspec.Struct, frozen=True):
    """Events held by kind and template; calls also by whether they were personal or group calls."""

    kind: str
    template: str | None
    events_held: int
    personal_calls: int
    group_calls: int


class Counts(msgspec.Struct, frozen=True):
    """What a period has once, not per section; what exists is as of its end or now."""

    events_created: int
    events_not_held: int
    messages: int
    uploaded_bytes: int
    new_users: int
    storage: Usage
    registered_users: Usage


class SegmentCounts(msgspec.Struct, frozen=True):
    """The same of a segment: what is of no event and no stay raises NOT_IN_SEGMENT."""

    events_created: int
    events_not_held: int

    messages = of_whole_company("Messages")
    uploaded_bytes = of_whole_company("Files")
    new_users = of_whole_company("Accounts")
    storage = of_whole_company("Files")
    registered_users = of_whole_company("Accounts")


class PeriodSummary(msgspec.Struct, frozen=True):
    """All of it, in the order of the sections."""

    period: Period
    as_of: datetime
    sections: list[SectionSummary]
    events_by_template: list[TemplateCount]
    counts: Counts | SegmentCounts

    @property
    def events_created(self) -> int:
        """Meetings and webinars created in the period."""
        return self.counts.events_created

    @property
    def events_not_held(self) -> int:
        """Events planned to start in the period, past, not cancelled, without a stay."""
        return self.counts.events_not_held

    @property
    def messages(self) -> int:
        """Messages of the messenger."""
        return self.counts.messages

    @property
    def uploaded_bytes(self) -> int:
        """Bytes of every file uploaded in the period."""
        return self.counts.uploaded_bytes

    @property
    def storage(self) -> Usage:
        """Bytes in use at the end of the period or now."""
        return self.counts.storage

    @property
    def new_users(self) -> int:
        """Registrations that began in the period."""
        return self.counts.new_users

    @property
    def registered_users(self) -> Usage:
        """Users registered at the end of the period or now."""
        return self.counts.registered_users

    @property
    def personal_calls(self) -> int:
        """Calls held that their template, or fewer than three at once, makes personal."""
        return sum(row.personal_calls for row in self.events_by_template)

    @property
    def group_calls(self) -> int:
        """Calls held that their template, or three at once, makes group calls."""
        return sum(row.group_calls for row in self.events_by_template)


async def period_summary(reading: Reading, period: Period) -> PeriodSummary:
    """The figures of one period, all of one snapshot; what has been asked of it in the request is not asked again."""
    sections, templates, counts = await asyncio.gather(
        reading.once(section_summaries, period),
        reading.once(template_counts, period),
        reading.once(period_counts, period),
    )
    return PeriodSummary(period, reading.as_of, sections, templates, counts)


async def section_summaries(reading: Reading, period: Period) -> list[SectionSummary]:
    """The sections of one period alone, in their order."""
    row = _SectionRow(period, reading.today)
    return await reading.ask(Question(_SQL["summary_sections"], row, _parameters(period, reading), whole_days(period)))


async def template_counts(reading: Reading, period: Period) -> list[TemplateCount]:
    """Events held of one period by kind, then template, those without one last."""
    parameters = _parameters(period, reading)
    return await reading.ask(Question(_SQL["summary_templates"], TemplateCount, parameters, whole_days(period)))


async def period_counts(reading: Reading, period: Period) -> Counts | SegmentCounts:
    """What one period has once."""
    parameters = _parameters(period, reading)
    if period.segment is not None:
        asked = Question(_SQL["segment_counts"], SegmentCounts, parameters, whole_days(period))
        return (await reading.ask(asked))[0]
    counted = parameters | ending_parameters(period)
    return (await reading.ask(Question(_SQL["summary_counts"], _counts, counted, days_up_to(period))))[0]


def _parameters(period: Period, reading: Reading) -> dict[str, Any]:
    parameters = period_parameters(period, reading.today) | limit_day(period, reading)
    return parameters | month_parameters(period, reading.today)


async def resolve_preset(reading: Reading, preset: PeriodPreset) -> Period:
    """A named period of the company that asks, as of the request; ALL_TIME looks up where it begins."""
    earliest: list[datetime | None] = []
    if preset is PeriodPreset.ALL_TIME:
        earliest = await reading.ask(Question(_SQL["earliest_activity"], _instant))
    first = earliest[0].astimezone(reading.company.zone).date() if earliest and earliest[0] else None
    return by_preset(reading.company, preset, reading.now, first)


def _counts(
    events_created: int,
    events_not_held: int,
    messages: int,
    uploaded_bytes: int,
    new_users: int,
    storage_bytes: int,
    storage_limit: float | None,
    registered_users: int,
    users_limit: float | None,
) -> Counts:
    return Counts(
        events_created,
        events_not_held,
        messages,
        uploaded_bytes,
        new_users,
        Usage(storage_bytes, storage_limit),
        Usage(registered_users, users_limit),
    )


def _instant(at: datetime | None) -> datetime | None:
    return at and at.astimezone(UTC)


class _SectionRow:
    """Makes a section of the columns of `summary_sections`; a mean is over the days of the period that have begun."""

    def __init__(self, period: Period, today: date) -> None:
        self._period = period
        self._days = period.days_through(today)

    def __call__(
        self,
        section: str,
        connections: int,
        connections_at: datetime | None,
        connections_limit: int | None,
        speakers: int,
        speakers_at: datetime | None,
        speakers_limit: int | None,
        listeners: int,
        listeners_at: datetime | None,
        listeners_limit: int | None,
        events: int,
        events_at: datetime | None,
        events_limit: int | None,
        sum_connections: int,
        sum_speakers: int,
        sum_events: int,
        events_held: int,
        participation_us: int,
        unique_participants: int,
    ) -> SectionSummary:
        of = Section(section)
        return SectionSummary(
            of,
            Peak(connections, connections_at, connections_limit),
            Peak(speakers, speakers_at, speakers_limit),
            Peak(listeners, listeners_at, listeners_limit) if of.has_listeners else None,
            Peak(events, events_at, events_limit),
            self._mean(sum_connections),
            self._mean(sum_speakers),
            self._mean(sum_events),
            events_held,
            participation_us / MICROSECONDS_A_MINUTE,
            unique_participants,
            self._period,
        )

    def _mean(self, total: int) -> float:
        return total / self._days if self._days else 0.0
