"""What was done to the company and in its name: who, what, when, from where, with which credential."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
import strawberry

from turnout.analytics import audit
from turnout.analytics.audit import AuditFilter
from turnout.graphql import people
from turnout.graphql.connections import After, Asked, Connection, First, Slice, short_enough, slice_of
from turnout.graphql.context import Info
from turnout.graphql.enums import describe
from turnout.tenants.audit import ActorKind

MOST_ACTIONS: Final = 50

describe(
    ActorKind,
    "Who has done something.",
    {
        "COMPANY": "Somebody who has signed in with a password of the company.",
        "KEY": "A program, with an API key of the company.",
        "SUPPORT": "A member of the operator's support staff.",
        "COMMAND": "Whoever the operator lets run commands beside the database.",
        "SYSTEM": "The server by itself.",
    },
)


# What of an act cannot name anybody: words of the product, numbers, instants, ids, and what is agreed with the company.
_HARMLESS: Final = (
    "before billingAnchorDay by channels deliveries expiresAt failures kind limit limits metric mustChange name of "
    "of_one_user oldExpiresAt oneUser overlapSeconds period replacedBy scopes section share staleAfterHours "
    "suspendedAt timeZone views withBodies"
)
HARMLESS_DETAILS: Final = frozenset(_HARMLESS.split())


@strawberry.type(description="One thing that is said of an act, such as the label of a password that was issued.")
class AuditDetail:
    """Rows are the members of an entry's details."""

    place: strawberry.Private[str]
    name: str = strawberry.field(metadata=people.HARMLESS, description="What it is.")
    value: str = strawberry.field(
        metadata=people.detail("place", unless="is_harmless"), description="A text as it is, anything else as JSON."
    )

    @property
    def is_harmless(self) -> bool:
        """Whether its value can name nobody."""
        return self.name in HARMLESS_DETAILS


def _details(root: strawberry.Parent[audit.AuditEntry]) -> list[AuditDetail]:
    return details_of(root.number, root.details)


def details_of(number: int, said: Mapping[str, Any]) -> list[AuditDetail]:
    """What is said of the act of this number, by name."""
    return [
        AuditDetail(place=f"{number}/{name}", name=name, value=_text(value)) for name, value in sorted(said.items())
    ]


def _text(value: Any) -> str:  # noqa: ANN401 -- whatever JSON can say
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


@strawberry.type(
    description=(
        "Something that was done to the company or in its name. Entries are never changed and never removed, but with "
        "the whole company."
    )
)
class AuditEntry:
    """Rows are analytics' audit entries."""

    number: int = strawberry.field(description="Counted from 1 without a gap, in the order in which they were written.")
    at: datetime = strawberry.field(description="When it was done.")
    actor: ActorKind = strawberry.field(description="Who has done it.")
    name: str | None = strawberry.field(
        metadata=people.acting_name("credential_id"),
        description="The name of the member of support, or the label of the password or key; null without one.",
    )
    credential_id: strawberry.ID | None = strawberry.field(
        metadata=people.HARMLESS,
        description="The id of the password, session, key or access with which it was done; null for commands.",
    )
    action: str = strawberry.field(metadata=people.HARMLESS, description="What was done, such as key.issued.")
    target: str | None = strawberry.field(
        metadata=people.HARMLESS, description="To what it was done, such as the id of a key."
    )
    details: list[AuditDetail] = strawberry.field(
        resolver=_details, description="What else is known of it, by name; never a secret, and nothing of a person."
    )
    address: str | None = strawberry.field(
        metadata=people.address("address"),
        description="The network address it was done from; null for what support has done.",
    )
    user_agent: str | None = strawberry.field(
        metadata=people.user_agent("credential_id"),
        description="What the program called itself, its User-Agent; null for what support has done.",
    )
    request_id: str | None = strawberry.field(
        metadata=people.HARMLESS, description="The id of the request, as its answer had it."
    )
    hash: str = strawberry.field(
        metadata=people.HARMLESS,
        description=(
            "SHA-256 over the entry and the hash before it, in hexadecimal digits. Kept elsewhere, it proves later "
            "that neither this entry nor one before it was changed or removed."
        ),
    )


@strawberry.field(
    graphql_type=Connection[AuditEntry],
    description=(
        "What was done to the company and in its name, by support too: the latest first. It needs a session, or a key "
        "with the scope admin:keys."
    ),
)
async def audit_entries(
    info: Info,
    first: First = 50,
    after: After = None,
    actions: Annotated[
        list[str] | None,
        strawberry.argument(metadata=people.HARMLESS, description="Only acts of these names, such as key.issued."),
    ] = None,
    start: Annotated[
        datetime | None, strawberry.argument(name="from", description="Only from this instant on.")
    ] = None,
    end: Annotated[datetime | None, strawberry.argument(name="to", description="Only before this instant.")] = None,
) -> Slice[audit.AuditEntry]:
    """The audit in pages."""
    reading = info.context.reading_of(info.context.managing_keys().company)
    short_enough("actions", actions, MOST_ACTIONS)
    asked = Asked("audit", first, after, "NUMBER", True, None, [actions, start, end])
    only = AuditFilter(actions, start, end)
    return await slice_of(reading, asked, lambda wanted: audit.audit_entries(reading, wanted, only))
