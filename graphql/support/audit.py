"""What was done to a company and in its name, with from where support has done it."""

from datetime import datetime

import strawberry

from turnout.graphql.audit import AuditDetail, details_of
from turnout.graphql.connections import within
from turnout.graphql.support.arguments import MOST_FEW
from turnout.graphql.support.context import Info
from turnout.tenants.audit import ActorKind
from turnout.tenants.auditing import AuditedAct, list_audit


def _actor(root: strawberry.Parent[AuditedAct]) -> ActorKind:
    return ActorKind(root.actor)


def _details(root: strawberry.Parent[AuditedAct]) -> list[AuditDetail]:
    return details_of(root.number, root.details)


@strawberry.type(description="Something that was done to a company or in its name.")
class AuditEntry:
    """Rows are tenants' audited acts."""

    number: int = strawberry.field(description="Counted from 1 without a gap, in the order in which they were written.")
    at: datetime = strawberry.field(description="When it was done.")
    actor: ActorKind = strawberry.field(resolver=_actor, description="Who has done it.")
    name: str | None = strawberry.field(
        description="The name of the member of support, or the label of the password or key; null without one."
    )
    credential_id: strawberry.ID | None = strawberry.field(
        description="The id of the session, key or access with which it was done; null for commands."
    )
    action: str = strawberry.field(description="What was done, such as `key.issued`.")
    target: str | None = strawberry.field(description="To what it was done, such as the id of a key.")
    details: list[AuditDetail] = strawberry.field(
        resolver=_details, description="What else is known of it, by name; never a secret, and nothing of a person."
    )
    address: str | None = strawberry.field(description="The network address it was done from.")
    user_agent: str | None = strawberry.field(description="What the program called itself, its User-Agent.")
    request_id: str | None = strawberry.field(description="The id of the request, as its answer had it.")


async def read_audit(info: Info, slug: str, first: int) -> list[AuditedAct]:
    """The latest acts about a company. Raises ARGUMENT_OUT_OF_RANGE."""
    within("first", first, 1, MOST_FEW, "Ask for fewer.")
    return await info.context.read(lambda session: list_audit(session, slug, first))
