"""Reading a company's people and titles, for a reason that it sees."""

from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from turnout.graphql.support.arguments import Slug
from turnout.graphql.support.context import Info, uuid_of
from turnout.tenants import accesses


@strawberry.type(description="When support may read a company's people and titles, and why. The company sees it too.")
class Access:
    """Rows are tenants' listed accesses."""

    access_id: strawberry.ID = strawberry.field(name="id", description="What closeAccess takes.")
    staff_name: str = strawberry.field(name="by", description="The member of support who has opened it.")
    reason: str = strawberry.field(description="Why.")
    opened_at: datetime = strawberry.field(description="Since when it is open.")
    expires_at: datetime = strawberry.field(description="From when its token is refused, closed or not.")
    closed_at: datetime | None = strawberry.field(description="When it was closed; null when it was not.")


@strawberry.type(description="An access that has just been opened.")
class OpenedAccess:
    """Rows are tenants' opened accesses."""

    access_id: strawberry.ID = strawberry.field(name="id", description="What closeAccess takes.")
    token: str = strawberry.field(
        description="Asks `/graphql` as that company, as `Authorization: Bearer …`; shown this once."
    )
    expires_at: datetime = strawberry.field(description="From when it is refused.")


@strawberry.field(
    graphql_type=OpenedAccess,
    description="Read a company's people and titles for a while. The company sees who does so, when and why.",
)
async def open_access(
    info: Info,
    company: Slug,
    reason: Annotated[str, strawberry.argument(description="Why, on one line: the company reads it.")],
    minutes: Annotated[int, strawberry.argument(description="How long: 1 to 60.")] = 60,
) -> accesses.OpenedAccess:
    """Open an access."""
    session_id = info.context.signed_in().session_id
    lasting = timedelta(minutes=minutes)
    return await info.context.act(
        lambda session, now, actor: accesses.open_access(
            session, company, reason, now, lasting=lasting, session_id=session_id, actor=actor
        )
    )


@strawberry.field(description="End an access at once, whoever has opened it. True when it was open.")
async def close_access(
    info: Info,
    company: Slug,
    access_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="The access's id.")],
) -> bool:
    """Close an access."""
    id_ = uuid_of(access_id)
    await info.context.act(lambda session, now, actor: accesses.close_access(session, company, id_, now, actor=actor))
    return True
