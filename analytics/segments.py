"""Segments: a part of a company's stays, such as those of one of its own customers, asked about like the whole."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NoReturn

import msgspec

from turnout.analytics.periods import Bucket, Period
from turnout.analytics.reading import Question, Reading
from turnout.database.errors import TurnoutError
from turnout.database.statements import statements

# What a segment reads of the facts at most: the stays of so many days, and so many of them.
MOST_DAYS: Final = 400
MOST_STAYS: Final = 500_000

_SQL: Final = statements("turnout.analytics", "segments.sql")


@dataclass(frozen=True, slots=True)
class Segment:
    """Which stays: all that is given must hold. `metadata` is a key and the text that was said under it."""

    room_prefix: str | None = None
    external_id: str | None = None
    metadata: tuple[str, str] | None = None

    @property
    def definition(self) -> str:
        """As the database's functions take it; see repeatable/segments.sql."""
        key, value = self.metadata or ("", "")
        said = {
            "roomPrefix": self.room_prefix,
            "externalId": self.external_id,
            "metadata": {"key": key, "value": value} if self.metadata else None,
        }
        return msgspec.json.encode({name: what for name, what in said.items() if what is not None}).decode()


@dataclass(frozen=True)
class SegmentedPeriod(Period):
    """A period of which a question is about one segment alone.

    Rollups are of the whole company, so that every day counts as cut: it is measured from the segment's own stays.
    """

    of: Segment

    @property
    def segment(self) -> str:
        """The definition of the segment."""
        return self.of.definition

    @cached_property
    def cut(self) -> list[Bucket]:
        """Every day."""
        return self.buckets


async def segmented(reading: Reading, period: Period, of: Segment) -> SegmentedPeriod:
    """The period of a segment. Raises SEGMENT_TOO_LARGE for more than may be read of the facts, USER_LIMITED."""
    if reading.user_key is not None:
        raise TurnoutError(
            "USER_LIMITED",
            "This credential sees the things of one user, and no segments of the company.",
            "Leave `segment` out, or ask with a credential of the company.",
        )
    if (days := period.days_through(reading.today)) > MOST_DAYS:
        raise _too_large(f"{days} days", days, MOST_DAYS)
    about = {"from": period.start, "to": period.end, "most": MOST_STAYS + 1}
    [stays] = await reading.ask(Question(_SQL["count_stays"], int, about))
    if stays > MOST_STAYS:
        raise _too_large(f"more than {MOST_STAYS:,} stays", stays, MOST_STAYS)
    return SegmentedPeriod(period.start, period.end, period.time_zone, of)


def of_whole_company(what: str) -> property:
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


def _too_large(what: str, value: int, most: int) -> TurnoutError:
    return TurnoutError(
        "SEGMENT_TOO_LARGE",
        f"The period has {what}; a segment is found among {most:,} at most.",
        "Ask for a shorter period.",
        value=value,
        maximum=most,
    )
