"""Segments: a part of a company's stays, such as those of one of its own customers, asked about like the whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, NoReturn
from uuid import UUID

from turnout.analytics.paging import Page, Wanted, line_of, page_of, paged
from turnout.analytics.periods import Bucket, Period
from turnout.analytics.reading import Question, Reading
from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.segments import Segment, unknown_segment

# What a segment without rollups reads of the facts at most: the stays of so many days, and so many of them.
MOST_DAYS: Final = 400
MOST_STAYS: Final = 500_000

_SQL: Final = statements("turnout.analytics", "segments.sql")


@dataclass(frozen=True)
class SegmentedPeriod(Period):
    """A period of which a question is about one segment alone.

    Where the segment has no rollups every day counts as cut: it is measured from the segment's own stays.
    """

    definition: str
    rollups: int | None

    @property
    def segment(self) -> str:
        """The definition of the segment."""
        return self.definition

    @property
    def generation(self) -> int | None:
        """The segment's rollups."""
        return self.rollups

    @cached_property
    def cut(self) -> list[Bucket]:
        """What is to be measured."""
        return self.buckets if self.rollups is None else super().cut


class SegmentState(StrEnum):
    """Whether the rollups of a declared segment answer."""

    BUILDING = "BUILDING"
    READY = "READY"


@dataclass(frozen=True, slots=True)
class DeclaredSegment:
    """A segment that the company has declared. Until it is ready, its questions are answered from its stays."""

    segment_id: UUID
    name: str
    definition: Mapping[str, Any]
    declared_at: datetime
    ready_since: datetime | None
    days_computed: int
    days_missing: int

    @property
    def state(self) -> SegmentState:
        """Whether its rollups answer."""
        return SegmentState.BUILDING if self.ready_since is None else SegmentState.READY

    @property
    def progress(self) -> float:
        """The share of its days that has been computed, 1 = all."""
        if self.ready_since is not None:
            return 1.0
        days = self.days_computed + self.days_missing
        return self.days_computed / days if days else 0.0


@dataclass(frozen=True, slots=True)
class _Found:
    definition: str
    rollups: int | None
    stays: int | None


async def segmented(reading: Reading, period: Period, of: Segment | UUID) -> SegmentedPeriod:
    """The period of a segment, or of one that has been declared under an id.

    Raises SEGMENT_TOO_LARGE for more than may be read of the facts, UNKNOWN_SEGMENT, USER_LIMITED.
    """
    _demand_company(reading)
    days = period.days_through(reading.today)
    counted = {"counted": days <= MOST_DAYS, "from": period.start, "to": period.end, "most": MOST_STAYS + 1}
    found = await _find(reading, of, counted)
    if found.rollups is None:
        if days > MOST_DAYS:
            raise _too_large(f"{days} days", days, MOST_DAYS)
        if found.stays is not None and found.stays > MOST_STAYS:
            raise _too_large(f"more than {MOST_STAYS:,} stays", found.stays, MOST_STAYS)
    return SegmentedPeriod(period.start, period.end, period.time_zone, found.definition, found.rollups)


async def definition_of(reading: Reading, of: Segment | UUID) -> str:
    """What a segment is, for a question that reads no rollups. Raises UNKNOWN_SEGMENT, USER_LIMITED."""
    _demand_company(reading)
    if isinstance(of, Segment):
        return of.definition
    return (await _find(reading, of, {"counted": False, "from": None, "to": None, "most": 0})).definition


async def declared_segments(reading: Reading, wanted: Wanted, only: UUID | None = None) -> Page[DeclaredSegment]:
    """Those that the company has declared, by when it did; or the one of an id."""
    about = wanted.parameters() | {"only": only, "today": reading.today}
    return page_of(await reading.ask(Question(paged(_SQL["declared"], wanted), line_of(_declared), about)), wanted)


def of_whole_company(what: str) -> Any:  # noqa: ANN401 -- stands for a value of any type
    """What a row of a segment has in the place of a figure that no segment has: reading it raises NOT_IN_SEGMENT."""

    def refuse(_: object) -> NoReturn:
        raise not_in_segment(what)

    return property(refuse)


def not_in_segment(what: str) -> TurnoutError:
    """Never is the company's figure given for a part of it."""
    return TurnoutError(
        "NOT_IN_SEGMENT",
        f"{what} belong to the whole company: no stay tells of which segment they are.",
        "Leave the field out, or ask for it without `segment`.",
    )


def _demand_company(reading: Reading) -> None:
    """Raises USER_LIMITED."""
    if reading.user_key is not None:
        raise TurnoutError(
            "USER_LIMITED",
            "This credential sees the things of one user, and no segments of the company.",
            "Leave `segment` out, or ask with a credential of the company.",
        )


async def _find(reading: Reading, of: Segment | UUID, counted: Mapping[str, Any]) -> _Found:
    definition, declared = (of.definition, None) if isinstance(of, Segment) else (None, of)
    about = {"definition": definition, "declared": declared, **counted}
    rows = await reading.ask(Question(_SQL["find"], _Found, about))
    if not rows:
        raise unknown_segment()
    return rows[0]


def _declared(
    segment_id: str, name: str, *about: *tuple[Mapping[str, Any], datetime, datetime | None, int, int]
) -> DeclaredSegment:
    return DeclaredSegment(UUID(segment_id), name, *about)


def _too_large(what: str, value: int, most: int) -> TurnoutError:
    return TurnoutError(
        "SEGMENT_TOO_LARGE",
        f"The period has {what}; a segment without rollups is found among {most:,} at most.",
        "Ask for a shorter period, or have a session or a key with the scope admin:segments declare the segment.",
        value=value,
        maximum=most,
    )
