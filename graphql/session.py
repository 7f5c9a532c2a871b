"""Signing in and out."""

from datetime import datetime
from typing import Annotated

import strawberry

from turnout.database.errors import TurnoutError
from turnout.graphql import people
from turnout.graphql.company import Company
from turnout.graphql.context import Info
from turnout.tenants import sessions
from turnout.tenants.sessions import SignedIn


def _must_change_password() -> bool:
    return False


@strawberry.type(description="A session that has just begun.")
class Session:
    """Rows are tenants' new sessions."""

    token: str = strawberry.field(
        metadata=people.HARMLESS,
        description=(
            "The secret of the session, shown this once. Send it with every request as `Authorization: Bearer …`."
        ),
    )
    expires_at: datetime = strawberry.field(description="The instant from which the token is refused, used or not.")
    must_change_password: bool = strawberry.field(
        resolver=_must_change_password,
        description=(
            "Whether the session allows nothing but changing the password. Passwords that support issues may stay."
        ),
    )
    company: Company = strawberry.field(description="The company that has signed in.")


@strawberry.field(
    graphql_type=Session,
    description="Begin a session. A wrong password and an unknown company get the same answer.",
)
async def sign_in(
    info: Info,
    company: Annotated[str, strawberry.argument(description="The short name of the company, its slug.")],
    password: Annotated[
        str, strawberry.argument(description="The password that support has issued; capitals and dashes do not matter.")
    ],
) -> SignedIn:
    """Begin a session."""
    return await sessions.sign_in(info.context.door, company, password, info.context.clock)


@strawberry.field(
    description=(
        "End the session whose token the request was sent with, at once. True when it is this request that has ended "
        "it."
    )
)
async def sign_out(info: Info) -> bool:
    """End the session of the request."""
    context = info.context
    if context.authenticated().kind != "session" or context.token is None:
        raise TurnoutError("FORBIDDEN", "An API key has no session to end.", "Ask support to revoke the key.")
    return await sessions.sign_out(context.door, context.token)
