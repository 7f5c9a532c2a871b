"""Disk use, by whose it is."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

import strawberry

from turnout.analytics import disk, usage
from turnout.analytics.paging import Page, Wanted
from turnout.graphql import people, periods
from turnout.graphql.connections import After, Asked, Connection, First, Slice, SortDirection, ordered, slice_of
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.graphql.periods import PeriodArgument
from turnout.graphql.scalars import BigInt
from turnout.graphql.usage import Usage


@strawberry.type(description="What one user has on disk: files, and recordings of which the bytes are known.")
class DiskUsage:
    """Rows are analytics' disk usages."""

    user_id: strawberry.ID | None = strawberry.field(
        metadata=people.user_id("user_id"),
        description=(
            "The platform's id of the owner: of the file, of the recording, or else of the event recorded. Null for "
            "what belongs to nobody."
        ),
    )
    name: str | None = strawberry.field(
        metadata=people.user_name("user_id"), description="The owner's name, as registered last."
    )
    used_bytes: BigInt = strawberry.field(description="Bytes in use at the end of the period, or now.")
    uploaded_bytes: BigInt = strawberry.field(
        description="Bytes of the files uploaded in the period, though replaced or deleted since."
    )
    files: int = strawberry.field(description="Files and recordings in use at the end of the period, or now.")


@strawberry.type(description="A page of disk use by owner, and the company's total.")
class DiskUsageConnection(Connection[DiskUsage]):
    """Rows are slices with a total."""

    total: Usage = strawberry.field(
        description="All bytes in use at the end of the period or now, against the limit STORAGE_BYTES."
    )


class DiskUsageOrderField(Enum):
    """The columns of DiskUsage."""

    USER_ID = "USER_ID"
    NAME = "NAME"
    USED_BYTES = "USED_BYTES"
    UPLOADED_BYTES = "UPLOADED_BYTES"
    FILES = "FILES"


describe(
    DiskUsageOrderField,
    "A column of DiskUsage to order by.",
    {
        "USER_ID": "By the owner's id, capitals aside.",
        "NAME": "By the first 300 characters of the owner's name, capitals aside.",
        "USED_BYTES": "By usedBytes.",
        "UPLOADED_BYTES": "By uploadedBytes.",
        "FILES": "By the number of files and recordings.",
    },
)


@strawberry.input(description="An order of disk use.")
class DiskUsageOrder:
    """Ties are broken by the owner's id."""

    field: DiskUsageOrderField = strawberry.field(description="The column to order by.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.DESC,
        description="Which end comes first; equals are ordered by the owner's id, ascending.",
    )


@dataclass(frozen=True)
class DiskSlice(Slice[disk.DiskUsage]):
    """A page and the total of all pages."""

    total: usage.Usage


_BY_USED_BYTES = DiskUsageOrder(field=DiskUsageOrderField.USED_BYTES)


@strawberry.field(
    graphql_type=DiskUsageConnection,
    description=(
        "Everybody with something in use at the end of the period or now, or uploaded in the period. Without an "
        "order, by bytes in use, most first."
    ),
)
async def disk_usage(
    info: Info,
    period: PeriodArgument,
    first: First = 50,
    after: After = None,
    order_by: Annotated[DiskUsageOrder | None, strawberry.argument(description="The order of the list.")] = None,
    search: Annotated[
        str | None,
        strawberry.argument(
            metadata=people.NAMES_PEOPLE,
            description="Only owners whose name, or id for want of one, contains this, capitals aside.",
        ),
    ] = None,
) -> DiskSlice:
    """Disk use in pages."""
    reading = info.context.reading()
    resolved = await periods.resolve(reading, period)
    asked = Asked("diskUsage", first, after, *ordered(order_by or _BY_USED_BYTES), search, periods.said(period))
    totals: list[usage.Usage] = []

    async def ask(wanted: Wanted) -> Page[disk.DiskUsage]:
        page, total = await disk.disk_usage(reading, resolved, wanted)
        totals.append(total)
        return page

    found = await slice_of(reading, asked, ask)
    return DiskSlice(found.page, found.seal, totals[0])
