"""What a company sent that could not be counted: why, where and how often, and nothing of what was sent."""

from datetime import datetime
from functools import partial

import strawberry

from turnout.graphql.connections import within
from turnout.graphql.support.arguments import MOST_FEW
from turnout.graphql.support.context import Info
from turnout.ingest import quarantine
from turnout.tenants.audit import note, quarantine_read


@strawberry.type(description="How much of what a company sent one code holds.")
class QuarantineTotal:
    """Rows are ingest's totals."""

    code: str = strawberry.field(description="Why it cannot be counted.")
    deliveries: int = strawberry.field(description="How many different deliveries it holds.")
    times: int = strawberry.field(description="How often they came.")


def _reason(root: strawberry.Parent[quarantine.Held]) -> str:
    return root.reason_without_values


@strawberry.type(description="One delivery that could not be counted, without its content, which may be about people.")
class Quarantined:
    """Rows are ingest's held deliveries."""

    code: str = strawberry.field(description="Why it cannot be counted.")
    reason: str = strawberry.field(
        resolver=_reason, description="The same in words; whatever was sent is left out of it."
    )
    position: int | None = strawberry.field(
        description="Its place, from 0, among those that came with it; null for a leave whose join never came."
    )
    first_at: datetime = strawberry.field(description="When it first came, or when the leave was.")
    last_at: datetime = strawberry.field(description="When it last came.")
    times: int = strawberry.field(description="How often it came.")


@strawberry.type(description="What a company sent that could not be counted.")
class Quarantine:
    """Totals and rows."""

    totals: list[QuarantineTotal] = strawberry.field(description="All of it, by code.")
    newest: list[Quarantined] = strawberry.field(description="The newest of it.")


async def read_quarantine(info: Info, slug: str, company_id: int, first: int) -> Quarantine:
    """What a company's quarantine has; that it was looked at is noted. Raises ARGUMENT_OUT_OF_RANGE."""
    within("first", first, 1, MOST_FEW, "Ask for fewer.")
    context = info.context
    context.signed_in()
    read = partial(quarantine.list_quarantine, with_bodies=False)
    totals, newest = await read(context.door, company_id, None, first, context.clock())
    looked = quarantine_read(slug, len(newest), with_bodies=False)
    await context.act(lambda session, now, actor: note(session, company_id, actor, looked, now))
    return Quarantine(totals=totals, newest=newest)  # type: ignore[arg-type]
