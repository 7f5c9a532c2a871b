"""Tokens for pages that show a company's figures to others."""

from datetime import datetime, timedelta
from typing import Annotated, Final

import strawberry

from turnout.database.errors import TurnoutError
from turnout.graphql import people
from turnout.graphql.allowing import OF_ONE_USER, VIEWS
from turnout.graphql.connections import within
from turnout.graphql.context import Info
from turnout.tenants import embedding
from turnout.tenants.embedding import Bounds
from turnout.tenants.keys import check_user

USUAL_MINUTES: Final = 15
MOST_MINUTES: Final = embedding.LONGEST // timedelta(minutes=1)


@strawberry.type(description="A token that has just been made.")
class EmbedToken:
    """Rows are tenants' issued tokens."""

    token: str = strawberry.field(
        metadata=people.HARMLESS,
        description="The token, shown this once. A page sends it as `Authorization: Bearer …`.",
    )
    expires_at: datetime = strawberry.field(description="The instant from which it is refused, used or not.")


@strawberry.field(
    graphql_type=EmbedToken,
    description=(
        "Make a token for a page: of one user, of a set of root fields, or of both. An API key with the scope "
        "read:stats makes it, and it never sees more than its key; it ends with its key, or earlier by itself."
    ),
)
async def issue_embed_token(
    info: Info,
    user: Annotated[
        strawberry.ID | None,
        strawberry.argument(
            description=(
                "The platform's id of the one user whose own things it is to see; any but the key's own needs "
                "read:people."
            )
        ),
    ] = None,
    views: Annotated[
        list[str] | None,
        strawberry.argument(
            description="The root fields that it may ask, such as dailyPeaks; null for all that it could."
        ),
    ] = None,
    minutes: Annotated[
        int, strawberry.argument(description=f"How long it lasts: 1 to {MOST_MINUTES} minutes.")
    ] = USUAL_MINUTES,
) -> embedding.IssuedToken:
    """A token for a page."""
    context = info.context
    by = context.authenticated()
    context.reading()  # who may not read at all is told that first
    people.demand_own_user(context, "user", user)
    within("minutes", minutes, 1, MOST_MINUTES, "Let the page ask for another token before this one ends.")
    check_user(user)
    bounds = Bounds(user, _views(views, of_one_user=(user or by.user_key) is not None))
    lasting = timedelta(minutes=minutes)
    return await embedding.issue_embed_token(context.door, by, bounds, lasting, context.clock(), actor=context.actor())


def _views(views: list[str] | None, *, of_one_user: bool) -> frozenset[str] | None:
    """The views, each once. Raises UNKNOWN_VIEW for what is none, or none of one user."""
    if views is None:
        return None
    known = [view for view in VIEWS if not of_one_user or f"Query.{view}" in OF_ONE_USER]
    if not views or not set(views) <= set(known):
        raise TurnoutError(
            "UNKNOWN_VIEW", "A token cannot be for these views.", f"Name one or more of {', '.join(known)}."
        )
    return frozenset(views)
