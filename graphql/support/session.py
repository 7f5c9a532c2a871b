"""Signing in and out as a member of support."""

from datetime import datetime
from typing import Annotated

import strawberry

from turnout.graphql.support.context import Info
from turnout.graphql.support.staff import Member
from turnout.tenants import staff_sessions
from turnout.tenants.staff_sessions import StaffSignedIn


@strawberry.type(description="A session that has just begun.")
class StaffSession:
    """Rows are tenants' new sessions of staff."""

    token: str = strawberry.field(
        description=(
            "The secret of the session, shown this once. Send it with every request as `Authorization: Bearer …`."
        )
    )
    expires_at: datetime = strawberry.field(
        description="The instant from which the token is refused; after 30 minutes without a request it is so before."
    )
    member: Member = strawberry.field(description="Who has signed in.")


@strawberry.field(
    graphql_type=StaffSession,
    description="Begin a session. A wrong password, an unknown name and a suspended account get the same answer.",
)
async def sign_in(
    info: Info,
    name: Annotated[str, strawberry.argument(description="The name of the account.")],
    password: Annotated[
        str, strawberry.argument(description="Its password; capitals and dashes do not matter in a generated one.")
    ],
) -> StaffSignedIn:
    """Begin a session."""
    context = info.context
    return await staff_sessions.sign_in(context.desk, context.door, name, password, context.clock, context.caller)


@strawberry.field(description="End the session whose token the request was sent with, at once.")
async def sign_out(info: Info) -> bool:
    """End the session of the request."""
    token = info.context.token or ""
    return await info.context.read(lambda session: staff_sessions.sign_out(session, token))
