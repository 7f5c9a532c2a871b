"""The sessions of the company that asks, and ending them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from turnout.graphql import people
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.tenants import own_sessions
from turnout.tenants.credential import SessionKind

describe(
    SessionKind,
    "How a session is carried.",
    {"BEARER": "By a program, in the header Authorization.", "COOKIE": "By a browser, in a cookie."},
)


def _is_current(root: strawberry.Parent[own_sessions.OpenSession], info: Info) -> bool:
    return root.session_id == info.context.signed_in().credential_id


@strawberry.type(description="A session of the company that has not ended.")
class OpenSession:
    """Rows are tenants' open sessions."""

    session_id: strawberry.ID = strawberry.field(
        name="id", metadata=people.HARMLESS, description="What endSession ends it by."
    )
    session_kind: SessionKind = strawberry.field(name="kind", description="How it is carried.")
    label: str | None = strawberry.field(
        metadata=people.HARMLESS, description="What the password that it began with is known by."
    )
    began_at: datetime = strawberry.field(description="The instant at which somebody signed in.")
    seen_at: datetime = strawberry.field(
        name="lastSeenAt", description="The instant of its latest request, to the minute."
    )
    expires_at: datetime = strawberry.field(description="The instant from which it is refused, used or not.")
    address: str | None = strawberry.field(
        metadata=people.HARMLESS, description="The address from which somebody signed in."
    )
    user_agent: str | None = strawberry.field(
        metadata=people.HARMLESS, description="The program with which somebody signed in, as it says."
    )
    current: bool = strawberry.field(resolver=_is_current, description="Whether this request was sent with it.")


@strawberry.field(
    graphql_type=list[OpenSession],
    name="sessions",
    description="The open sessions of the company, the 200 that were seen latest. For whoever has signed in.",
)
async def open_sessions(info: Info) -> list[own_sessions.OpenSession]:
    """The open sessions."""
    context = info.context
    context.authenticated()
    return await own_sessions.list_sessions(context.door, context.signed_in().company, context.clock())


@strawberry.field(description="End a session of the company at once. True when it is this request that has ended it.")
async def end_session(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The session, as `sessions` has it.")],  # noqa: A002 -- its name for clients
) -> bool:
    """End one session."""
    context = info.context
    context.authenticated()
    company, session_id = context.signed_in().company, _session_id(id)
    if session_id is None:
        return False
    return await own_sessions.end_session(context.door, company, session_id, context.actor(), context.clock())


@strawberry.field(description="End all sessions of the company but this one, at once, and say how many there were.")
async def end_other_sessions(info: Info) -> int:
    """End all sessions but the one that asks."""
    context = info.context
    context.authenticated()
    credential = context.signed_in()
    return await own_sessions.end_other_sessions(
        context.door, credential.company, credential.credential_id, context.actor(), context.clock()
    )


def _session_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
