"""Segments: how a question says that it is about a part of the company's stays."""

from typing import Annotated, Final

import strawberry

from turnout.analytics import segments
from turnout.analytics.periods import Period
from turnout.analytics.reading import Reading
from turnout.database.errors import TurnoutError
from turnout.graphql import people, periods
from turnout.graphql.connections import short_enough
from turnout.graphql.periods import PeriodInput

LONGEST_ID: Final = 200
LONGEST_VALUE: Final = 1000


@strawberry.input(description="What was said on joining, as metadata.")
class MetadataInput:
    """One key with its text."""

    key: str = strawberry.field(description="The key; what was said as a bare text is under the key `value`.")
    value: str = strawberry.field(description="The whole text under it, capitals and all.")


@strawberry.input(
    description=(
        "A part of the company's stays, such as those of one of its own customers. Of several members all must hold; "
        "at least one is given."
    )
)
class SegmentInput:
    """At least one member is set."""

    room_prefix: str | None = strawberry.field(
        default=None,
        description="Stays in events in rooms whose name, or id for want of one, begins so, capitals and all.",
    )
    external_id: strawberry.ID | None = strawberry.field(
        default=None, description="Stays that were said to be of this external id, whether they have a user or not."
    )
    metadata: MetadataInput | None = strawberry.field(
        default=None, description="Stays that were said on joining to have this text under this key."
    )


SegmentArgument = Annotated[
    SegmentInput | None,
    strawberry.argument(
        metadata=people.NAMES_PEOPLE,
        description=(
            "Only these stays, and the events that they are in; null for all. What is neither of a stay nor of an "
            "event is refused with NOT_IN_SEGMENT."
        ),
    ),
]


async def resolve(reading: Reading, asked: PeriodInput, segment: SegmentInput | None) -> Period:
    """What a period means for the company that asks, and for a segment of it.

    Raises the PERIOD_… errors, SEGMENT_EMPTY, SEGMENT_TOO_LARGE, ARGUMENT_TOO_LONG, USER_LIMITED.
    """
    return await narrowed(reading, await periods.resolve(reading, asked), segment)


async def narrowed(reading: Reading, period: Period, segment: SegmentInput | None) -> Period:
    """A period of a segment. Raises as `resolve` does."""
    return period if segment is None else await segments.segmented(reading, period, _segment(segment))


def said(segment: SegmentInput | None) -> str | None:
    """A segment as it was asked for."""
    return None if segment is None else _segment(segment).definition


def _segment(asked: SegmentInput) -> segments.Segment:
    given = {"roomPrefix": asked.room_prefix, "externalId": asked.external_id}
    metadata = asked.metadata and (asked.metadata.key, asked.metadata.value)
    if metadata:
        given |= {"key": metadata[0], "value": metadata[1]}
    texts = {name: text for name, text in given.items() if text is not None}
    if not texts or not all(texts.values()):
        raise TurnoutError(
            "SEGMENT_EMPTY",
            "`segment` names nothing, or nothing but an empty text.",
            "Give it a room prefix, an external id or metadata; leave `segment` out for the whole company.",
            argument="segment",
        )
    for name, text in texts.items():
        short_enough(name, text, LONGEST_VALUE if name == "value" else LONGEST_ID)
    return segments.Segment(asked.room_prefix, asked.external_id, metadata)
