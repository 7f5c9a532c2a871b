"""Signing in and out, and choosing a password."""

from datetime import datetime
from typing import Annotated

import strawberry

from turnout.database.errors import TurnoutError
from turnout.graphql import people
from turnout.graphql.company import Company
from turnout.graphql.context import Context, Info
from turnout.graphql.figures import figure
from turnout.tenants import choosing, own_sessions, sessions
from turnout.tenants import company as tenants
from turnout.tenants.credential import SessionKind
from turnout.tenants.sessions import SignedIn

AsCookie = Annotated[
    bool,
    strawberry.argument(
        description=(
            "For pages: the answer sets a cookie that no script can read, and has no token. Such a session ends 30 "
            "minutes after its latest request, and is refused where the page is not of this very server."
        )
    ),
]


def _token(root: strawberry.Parent[SignedIn]) -> str | None:
    return root.token if root.kind is SessionKind.BEARER else None


def _must_change_password(root: strawberry.Parent[SignedIn]) -> bool:
    return root.credential.must_change


def _company(root: strawberry.Parent[SignedIn]) -> tenants.Company:
    return root.company


@strawberry.type(description="A session that has just begun.")
class Session:
    """Rows are tenants' new sessions."""

    token: str | None = strawberry.field(
        resolver=_token,
        metadata=people.HARMLESS,
        description=(
            "The secret of the session, shown this once. Send it with every request as `Authorization: Bearer …`. "
            "Null for a session in a cookie."
        ),
    )
    expires_at: datetime = strawberry.field(description="The instant from which the session is refused, used or not.")
    must_change_password: bool = strawberry.field(
        resolver=_must_change_password,
        description=(
            "Whether the session allows nothing but changing the password. Passwords that support issues may stay."
        ),
    )
    company: Company = figure(Company, _company, "The company that has signed in.")


@strawberry.field(
    graphql_type=Session,
    description=(
        "Begin a session. A wrong password and an unknown company get the same answer. Who fails too often has to "
        "wait, each alias counting by itself; an address that has succeeded before is never refused with the right "
        "password."
    ),
)
async def sign_in(
    info: Info,
    company: Annotated[str, strawberry.argument(description="The short name of the company, its slug.")],
    password: Annotated[
        str,
        strawberry.argument(
            description=(
                "A password of the company. In one that support has issued capitals and dashes do not matter; one that "
                "the company has chosen is taken exactly."
            )
        ),
    ],
    cookie: AsCookie = False,
) -> SignedIn:
    """Begin a session."""
    context, kind = info.context, _kind(info.context, cookie)
    begun = await sessions.sign_in(context.door, company, password, context.clock, caller=context.caller, kind=kind)
    return _kept(context, begun)


@strawberry.field(
    graphql_type=Session,
    description=(
        "Choose a password on a link that support has given, and begin a session with it. A link works once, for 24 "
        "hours; one that is unknown, used or expired gets the same answer."
    ),
)
async def activate(
    info: Info,
    link: Annotated[str, strawberry.argument(description="What support has given, such as turnout_link_….")],
    password: Annotated[
        str, strawberry.argument(description="The password to sign in with from now on, of 15 to 128 characters.")
    ],
    cookie: AsCookie = False,
) -> SignedIn:
    """Choose a password and begin a session."""
    context, kind = info.context, _kind(info.context, cookie)
    begun = await choosing.activate(context.door, link, password, context.clock, caller=context.caller, kind=kind)
    return _kept(context, begun)


@strawberry.field(
    description=(
        "Choose a password instead of the one that this session began with, which ends at once, with all its other "
        "sessions. This session goes on. An end that support has given to the old one holds for the new one, unless "
        "the old one was for activation alone. True when it is done."
    )
)
async def change_password(
    info: Info,
    current: Annotated[str, strawberry.argument(description="The password that this session began with.")],
    new: Annotated[str, strawberry.argument(description="The password to use from now on, of 15 to 128 characters.")],
) -> bool:
    """Change the password of the session."""
    context = info.context
    await choosing.change_password(context.door, context.signed_in(), current, new, context.clock, context.actor())
    return True


@strawberry.field(
    description=(
        "End the session that the request was sent with, at once. True when it is this request that has ended it."
    )
)
async def sign_out(info: Info) -> bool:
    """End the session of the request."""
    context = info.context
    credential = context.signed_in()
    context.browser.keep = ""
    return await own_sessions.end_session(
        context.door, credential.company, credential.credential_id, context.actor(), context.clock()
    )


def _kind(context: Context, cookie: bool) -> SessionKind:
    """How the session will be carried. Raises FORBIDDEN_ORIGIN where a page of somebody else asks for a cookie."""
    if cookie and context.browser.foreign:
        raise TurnoutError(
            "FORBIDDEN_ORIGIN", "A page of another server cannot begin a session in a cookie.", "Ask for a token."
        )
    return SessionKind.COOKIE if cookie else SessionKind.BEARER


def _kept(context: Context, begun: SignedIn) -> SignedIn:
    if begun.kind is SessionKind.COOKIE:
        context.browser.keep = begun.token
    return begun
