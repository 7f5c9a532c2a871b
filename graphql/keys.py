"""The API keys of the company that asks: seen, made, rotated and ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from sqlmodel import Session

from turnout.analytics.keys import page_of_keys
from turnout.analytics.paging import Page, Wanted
from turnout.analytics.sealing import seal_of
from turnout.graphql import people
from turnout.graphql.connections import After, Asked, Connection, First, Slice, sealed_slice, short_enough
from turnout.graphql.context import Context, Info
from turnout.graphql.enums import describe
from turnout.tenants import keys as tenants
from turnout.tenants.credential import Credential, Scope
from turnout.tenants.key_rows import IssuedKey, unknown_key
from turnout.tenants.keys import ListedKey
from turnout.tenants.own_keys import Wish, issue_own_key, revoke_own_key, rotate_own_key
from turnout.tenants.rotation import overlap_of

LONGEST_LIST = 100

describe(
    Scope,
    "What a key may be used for.",
    {
        "READ_STATS": "To ask for statistics. Names, titles and ids of people come as pseudonyms.",
        "READ_PEOPLE": "To see names, titles and ids as they are, and to search, filter and sort by them.",
        "WRITE_EVENTS": "To tell what has happened, by `POST /ingest`.",
        "ADMIN_KEYS": (
            "To see, make, rotate and end keys that go in nothing beyond itself, and to read the audit; "
            "labels and addresses come as pseudonyms without the scope read:people."
        ),
        "ADMIN_ALERTS": "To see, make, change, test and delete rules on limits, and to see what they have said.",
        "ADMIN_SEGMENTS": "To see and remove segments that the company has declared; with read:people to declare some.",
    },
)


def _scopes(root: strawberry.Parent[ListedKey]) -> list[Scope]:
    return [Scope(scope) for scope in root.scopes]


@strawberry.type(description="A key with which a program asks or tells in the name of the company.")
class ApiKey:
    """Rows are tenants' listed keys."""

    key_id: strawberry.ID = strawberry.field(
        name="id", metadata=people.HARMLESS, description="The id of the key, which is no secret."
    )
    prefix: str = strawberry.field(
        metadata=people.HARMLESS, description="What its text begins with, to know it by. The rest is kept nowhere."
    )
    label: str | None = strawberry.field(
        metadata=people.acting_name("key_id"), description="What whoever made it calls it; null without a label."
    )
    scopes: list[Scope] = strawberry.field(resolver=_scopes, description="What it may be used for.")
    addresses: list[str] = strawberry.field(
        metadata=people.address_ranges("key_id"),
        description="The ranges of addresses from which alone it may be used; none means from everywhere.",
    )
    user_key: strawberry.ID | None = strawberry.field(
        name="userId",
        metadata=people.user_id("user_key"),
        description="The platform's id of the one user whose own things it sees; null for the whole company.",
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime = strawberry.field(description="The instant from which it is refused.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to the minute; null when it never was."
    )
    replaced_by: strawberry.ID | None = strawberry.field(
        metadata=people.HARMLESS, description="The id of the key that took its place when it was rotated; else null."
    )
    revoked_at: datetime | None = strawberry.field(description="When it was ended before its time; else null.")


@strawberry.type(description="A key that has just been made.")
class NewApiKey:
    """Rows are pairs of a key and its text."""

    text: str = strawberry.field(
        metadata=people.HARMLESS,
        description="The key itself, shown this once. Send it as `Authorization: Bearer …`.",
    )
    key: ApiKey = strawberry.field(description="The key as it is listed.")


@dataclass(frozen=True)
class Made:
    """A key with the text that nobody else has."""

    text: str
    key: ListedKey


@strawberry.field(
    graphql_type=Connection[ApiKey],
    description=(
        "The keys that the company was ever given, in pages, the latest first. Needs a session or the scope admin:keys."
    ),
)
async def keys(
    info: Info,
    first: First = 100,
    after: After = None,
    active: Annotated[
        bool, strawberry.argument(description="Whether to list only keys that have neither ended nor been revoked.")
    ] = False,
) -> Slice[ListedKey]:
    """Keys of the company."""
    context = info.context
    company = context.managing_keys().company
    active_at = context.clock() if active else None
    asked = Asked("keys", first, after, "CREATED_AT", True, None, [active])

    async def ask(wanted: Wanted) -> Page[ListedKey]:
        return await context.at_desk(lambda session: page_of_keys(session, company, wanted, active_at))

    return await sealed_slice(lambda: seal_of(context.reading_of(company)), asked, ask)


@strawberry.field(
    graphql_type=NewApiKey,
    description=(
        "Make a key. Needs a session or the scope admin:keys; a key makes none that goes beyond itself in scopes, "
        "addresses, end or user."
    ),
)
async def issue_key(
    info: Info,
    scopes: Annotated[list[Scope], strawberry.argument(description="What it may be used for, at least one scope.")],
    label: Annotated[str | None, strawberry.argument(description="What to know it by.")] = None,
    expires_at: Annotated[
        datetime | None,
        strawberry.argument(description="When it ends; without it in a year, or with the key that makes it."),
    ] = None,
    addresses: Annotated[
        list[str] | None,
        strawberry.argument(
            description="Ranges from which alone it may be used, such as 203.0.113.0/24; null for everywhere."
        ),
    ] = None,
    user_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(
            description="The one user whose own things it sees, by the platform's id; a key needs read:people for it."
        ),
    ] = None,
) -> Made:
    """Make a key."""
    context = info.context
    maker, actor, now = context.managing_keys(), context.actor(), context.clock()
    people.demand_own_user(context, "userId", user_id)
    short_enough("scopes", scopes, LONGEST_LIST)
    short_enough("addresses", addresses, LONGEST_LIST)
    wish = Wish(scopes, label, expires_at, addresses or (), user_id)
    return await _made(context, lambda session: issue_own_key(session, maker, wish, now, actor))


@strawberry.field(
    graphql_type=NewApiKey,
    description=(
        "Make a key with the same scopes, addresses and user, lasting as long, that takes the place of another, which "
        "works for a while still. Needs a session or the scope admin:keys."
    ),
)
async def rotate_key(
    info: Info,
    key_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="The id of the key to be replaced.")],
    overlap_hours: Annotated[
        float, strawberry.argument(description="For how many hours the old key still works: 0 to 168.")
    ] = 24,
) -> Made:
    """Replace a key."""
    context = info.context
    maker, actor, now = context.managing_keys(), context.actor(), context.clock()
    replaced, overlap = _uuid(key_id, maker), overlap_of(overlap_hours)
    return await _made(
        context, lambda session: rotate_own_key(session, maker, replaced, now, overlap=overlap, actor=actor)
    )


@strawberry.field(graphql_type=ApiKey, description="End a key at once. Needs a session or the scope admin:keys.")
async def revoke_key(
    info: Info,
    key_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="The id of the key to end.")],
) -> ListedKey:
    """End a key."""
    context = info.context
    maker, actor, now = context.managing_keys(), context.actor(), context.clock()
    ended = _uuid(key_id, maker)

    def revoke(session: Session) -> ListedKey:
        revoke_own_key(session, maker, ended, now, actor)
        return tenants.get_key(session, maker.company.slug, ended)

    return await context.at_desk(revoke)


async def _made(context: Context, make: Callable[[Session], IssuedKey]) -> Made:
    slug = context.managing_keys().company.slug

    def work(session: Session) -> Made:
        issued = make(session)
        return Made(issued.text, tenants.get_key(session, slug, issued.key_id))

    return await context.at_desk(work)


def _uuid(key_id: str, maker: Credential) -> UUID:
    try:
        return UUID(key_id)
    except ValueError:
        raise unknown_key(maker.company.slug, key_id[:LONGEST_LIST]) from None
