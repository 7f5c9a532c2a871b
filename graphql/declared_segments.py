"""Segments that the company declares: listed, declared and removed by whoever has that right."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import strawberry

from turnout.analytics import segments as analytics
from turnout.analytics.paging import Wanted
from turnout.analytics.segments import SegmentState
from turnout.graphql import people
from turnout.graphql.connections import After, Asked, Connection, First, Slice, slice_of
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.segments import SegmentDefinitionInput, defined, uuid_of
from turnout.tenants import segments as tenants
from turnout.tenants.segments import MOST_SEGMENTS

Declared = strawberry.Parent[analytics.DeclaredSegment]
_IN_ORDER: Final = "DECLARED_AT"

describe(
    SegmentState,
    "Whether the rollups of a declared segment answer.",
    {
        "BUILDING": "Its days are being computed; until they are, questions about it are answered from its stays.",
        "READY": "Questions about it are answered as those about the whole company are.",
    },
)


def _metadata(root: Declared, name: str) -> str | None:
    said: Mapping[str, Any] = root.definition.get("metadata", {})
    return said.get(name)


def _room_prefix(root: Declared) -> str | None:
    return root.definition.get("roomPrefix")


def _external_id(root: Declared) -> str | None:
    return root.definition.get("externalId")


def _metadata_key(root: Declared) -> str | None:
    return _metadata(root, "key")


def _metadata_value(root: Declared) -> str | None:
    return _metadata(root, "value")


@strawberry.type(
    description="A part of the company's stays that it has declared. It has figures of every day, as the company has."
)
class DeclaredSegment:
    """Rows are analytics' declared segments."""

    segment_id: strawberry.ID = strawberry.field(
        name="id", metadata=people.HARMLESS, description="Its id, which `segment` takes as `declared`."
    )
    name: str = strawberry.field(metadata=people.HARMLESS, description="What the company calls it.")
    room_prefix: str | None = strawberry.field(
        resolver=_room_prefix,
        metadata=people.segment("room", "segment_id"),
        description="How the names of its rooms begin, or their ids for want of one; null when any room will do.",
    )
    external_id: str | None = strawberry.field(
        resolver=_external_id,
        metadata=people.segment("external", "segment_id"),
        description="The external id that its stays are of; null when they may be of any.",
    )
    metadata_key: str | None = strawberry.field(
        resolver=_metadata_key,
        metadata=people.HARMLESS,
        description="The key under which something was said of its stays on joining; null when nothing need be said.",
    )
    metadata_value: str | None = strawberry.field(
        resolver=_metadata_value,
        metadata=people.segment("value", "segment_id"),
        description="The whole text that was said under it.",
    )
    declared_at: datetime = strawberry.field(description="When it was declared.")
    state: SegmentState = strawberry.field(description="Whether its rollups answer.")
    progress: float = strawberry.field(description="Which share of its days has been computed: 1 is all of them.")
    days_computed: int = strawberry.field(description="How many of its days have been computed.")
    ready_since: datetime | None = strawberry.field(
        description="Since when its rollups answer, in the company's time zone; null while they are being built."
    )


@strawberry.field(
    graphql_type=Connection[DeclaredSegment],
    description=(
        "The segments that the company has declared, in the order in which it did. Needs a session or the scope "
        "admin:segments."
    ),
)
async def declared_segments(info: Info, first: First = 50, after: After = None) -> Slice[analytics.DeclaredSegment]:
    """The segments in pages."""
    reading = info.context.reading_of(info.context.managing_segments().company)
    asked = Asked("segments", first, after, _IN_ORDER, False, None)
    return await slice_of(reading, asked, lambda wanted: analytics.declared_segments(reading, wanted))


@strawberry.field(
    graphql_type=DeclaredSegment,
    description=(
        f"Declare a segment; the company may have {MOST_SEGMENTS}. Its days are computed from the facts, and from then "
        "on together with the company's own. Needs a session, or the scopes admin:segments, read:stats and read:people."
    ),
)
async def declare_segment(
    info: Info,
    name: Annotated[
        str,
        strawberry.argument(
            metadata=people.HARMLESS, description="What to call it, in 1 to 100 characters; no two have one name."
        ),
    ],
    segment: Annotated[
        SegmentDefinitionInput,
        strawberry.argument(metadata=people.NAMES_PEOPLE, description="Which stays are in it."),
    ],
) -> analytics.DeclaredSegment:
    """Declare a segment."""
    context = info.context
    company, wanted = context.managing_segments().company, defined(segment)
    made = await tenants.declare_segment(context.door, company, name, wanted, context.actor(), context.clock())
    return await _segment(info, made)


@strawberry.field(
    description=(
        "Take a segment away. What it names can still be asked about, as far as it is found among the stays. True when "
        "it is gone. Needs a session or the scope admin:segments."
    )
)
async def remove_segment(
    info: Info,
    segment_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="The id of the segment.")],
) -> bool:
    """Remove a segment."""
    context = info.context
    company = context.managing_segments().company
    await tenants.remove_segment(context.door, company, uuid_of(segment_id), context.actor(), context.clock())
    return True


async def _segment(info: Info, segment_id: UUID) -> analytics.DeclaredSegment:
    """A segment of the company. Raises UNKNOWN_SEGMENT for one that somebody has removed meanwhile."""
    reading = info.context.reading_of(info.context.managing_segments().company)
    found = await analytics.declared_segments(reading, Wanted(1, _IN_ORDER), segment_id)
    if not found.rows:
        raise tenants.unknown_segment()
    return found.rows[0]
