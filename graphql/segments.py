"""Segments: how a question says that it is about a part of the company's stays."""

from typing import Annotated, Final
from uuid import UUID

import strawberry

from turnout.analytics import segments
from turnout.analytics.periods import Period
from turnout.analytics.reading import Reading
from turnout.database.errors import TurnoutError
from turnout.graphql import people, periods
from turnout.graphql.connections import short_enough
from turnout.graphql.periods import PeriodInput
from turnout.tenants.segments import Segment, unknown_segment

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
class SegmentDefinitionInput:
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


@strawberry.input(
    description=(
        "A part of the company's stays: one that it has declared, or any other by what its stays have in common. Where "
        "the company has declared the same, it is the same."
    )
)
class SegmentInput(SegmentDefinitionInput):
    """At least one member is set, and beside `declared` none."""

    declared: strawberry.ID | None = strawberry.field(
        default=None, description="The id of a segment that the company has declared; no other member is given then."
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

    Raises the PERIOD_… errors, SEGMENT_EMPTY, SEGMENT_AMBIGUOUS, UNKNOWN_SEGMENT, SEGMENT_TOO_LARGE, ARGUMENT_TOO_LONG,
    USER_LIMITED.
    """
    return await narrowed(reading, await periods.resolve(reading, asked), segment)


async def narrowed(reading: Reading, period: Period, segment: SegmentInput | None) -> Period:
    """A period of a segment. Raises as `resolve` does."""
    return period if segment is None else await segments.segmented(reading, period, _named(segment))


async def definition(reading: Reading, segment: SegmentInput | None) -> str | None:
    """What a segment is, for a question that has no period. Raises as `resolve` does."""
    return None if segment is None else await segments.definition_of(reading, _named(segment))


def said(segment: SegmentInput | None) -> str | None:
    """A segment as it was asked for."""
    if segment is None:
        return None
    named = _named(segment)
    return f"{named}" if isinstance(named, UUID) else named.definition


def defined(asked: SegmentDefinitionInput) -> Segment:
    """What is defined. Raises SEGMENT_EMPTY, ARGUMENT_TOO_LONG."""
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
    return Segment(asked.room_prefix, asked.external_id, metadata)


def uuid_of(segment_id: str) -> UUID:
    """The id of a segment. Raises UNKNOWN_SEGMENT for what is none."""
    try:
        return UUID(segment_id)
    except ValueError:
        raise unknown_segment() from None


def _named(asked: SegmentInput) -> Segment | UUID:
    if asked.declared is None:
        return defined(asked)
    if (asked.room_prefix, asked.external_id, asked.metadata) != (None, None, None):
        raise TurnoutError(
            "SEGMENT_AMBIGUOUS",
            "`segment` names one that has been declared, and something else beside it.",
            "Give it `declared` alone, or everything else.",
            argument="segment",
        )
    return uuid_of(asked.declared)
