"""What support does with companies."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Final

import strawberry
from sqlmodel import Session

from turnout.graphql.billing import MinuteRounding
from turnout.graphql.support.arguments import Slug
from turnout.graphql.support.company import Company
from turnout.graphql.support.context import Info
from turnout.graphql.support.limits import LimitArgument, LimitInput
from turnout.tenants import agreements, closing, contracts, suspending
from turnout.tenants.audit import Actor
from turnout.tenants.companies import (
    ListedCompany,
    NewCompany,
    add_company,
    find_company,
    patience,
    show_company,
)

# How long a change waits for the refresher to take it up before it is answered: it will be, a moment later.
PATIENCE: Final = 2.0
HOURS: Final = "How many hours a stay without a leave waits for another activity of its event before it ends."

Work = Callable[[Session, datetime, Actor], object]


async def _then_show(info: Info, slug: str, work: Work) -> ListedCompany:
    """Do something with a company, and show it as it then is."""

    def done(session: Session, now: datetime, actor: Actor) -> ListedCompany:
        work(session, now, actor)
        return show_company(session, slug)

    return await info.context.act(done)


@strawberry.field(graphql_type=Company, description="Add a company.")
async def add(
    info: Info,
    slug: Annotated[
        str,
        strawberry.argument(description="Its short name for good: 1 to 63 lower-case letters, digits and hyphens."),
    ],
    name: Annotated[str, strawberry.argument(description="The name that people read.")],
    time_zone: Annotated[str, strawberry.argument(description="The IANA time zone that decides what a day is.")],
    billing_anchor_day: Annotated[
        int, strawberry.argument(description="The day of the month on which its billing periods begin.")
    ] = 1,
    stale_after_hours: Annotated[float, strawberry.argument(description=HOURS)] = 24,
    limits: Annotated[list[LimitInput] | None, strawberry.argument(description="What it has contracted.")] = None,
) -> ListedCompany:
    """Add a company."""
    agreed = [limit.as_agreed() for limit in limits or []]
    new = NewCompany(slug, name, time_zone, billing_anchor_day, patience(stale_after_hours), agreed)
    return await _then_show(info, slug, lambda session, now, actor: add_company(session, new, now, actor=actor))


@strawberry.field(graphql_type=Company, description="Give a company another name; its slug stays.")
async def rename(
    info: Info,
    company: Slug,
    name: Annotated[str, strawberry.argument(description="The name that people read.")],
) -> ListedCompany:
    """Rename a company."""
    return await _then_show(
        info, company, lambda session, now, actor: agreements.rename_company(session, company, name, now, actor=actor)
    )


@strawberry.field(
    graphql_type=Company,
    description=(
        "Change what a company's days and billing periods are, and when its silent stays end; what is not given stays. "
        "In another zone every figure is computed anew: until that is done its answers are in the old one."
    ),
)
async def change(
    info: Info,
    company: Slug,
    time_zone: Annotated[str | None, strawberry.argument(description="Another IANA time zone.")] = None,
    billing_anchor_day: Annotated[
        int | None, strawberry.argument(description="Another day of the month on which its billing periods begin.")
    ] = None,
    stale_after_hours: Annotated[float | None, strawberry.argument(description=HOURS)] = None,
    billed_minutes: Annotated[
        MinuteRounding | None, strawberry.argument(description="Another way in which minutes are billed.")
    ] = None,
    billed_from: Annotated[
        date | None,
        strawberry.argument(
            description="For billing periods that begin on this day or later minutes are billed so; by default today."
        ),
    ] = None,
) -> ListedCompany:
    """Change what was agreed with a company."""
    stale_after = None if stale_after_hours is None else patience(stale_after_hours)
    wanted = agreements.Change(time_zone, billing_anchor_day, stale_after, billed_minutes, billed_from)
    shown = await _then_show(
        info, company, lambda session, now, actor: agreements.change_company(session, company, wanted, now, actor=actor)
    )
    if stale_after is not None:
        today = info.context.clock().astimezone(shown.company.zone).date()
        await info.context.refresher.refresh(shown.company, today - timedelta(days=1), today, PATIENCE)
    return shown


@strawberry.field(
    graphql_type=Company,
    description=(
        "Close a company's billing periods that have ended, and revise closed ones whose figures or contract have "
        "changed, without waiting any longer. By itself a period is closed some days after its end."
    ),
)
async def close_billing_periods(info: Info, company: Slug) -> ListedCompany:
    """Close what has ended."""
    found = await info.context.read(lambda session: find_company(session, company))
    closed = await info.context.refresher.close_periods(found.company_id, found.generation)
    return await _then_show(
        info, company, lambda session, now, actor: closing.note_closing(session, company, closed, now, actor=actor)
    )


@strawberry.field(
    graphql_type=Company,
    description="Shut a company out at once: sign-ins, sessions, keys, SQL logins and ingest. Nothing of it is lost.",
)
async def suspend(info: Info, company: Slug) -> ListedCompany:
    """Suspend a company."""
    return await _then_show(
        info, company, lambda session, now, actor: suspending.suspend_company(session, company, now, actor=actor)
    )


@strawberry.field(
    graphql_type=Company, description="Let a suspended company in again, with all that it had but its sessions."
)
async def restore(info: Info, company: Slug) -> ListedCompany:
    """Restore a company."""
    return await _then_show(
        info, company, lambda session, now, actor: suspending.restore_company(session, company, now, actor=actor)
    )


@strawberry.field(
    graphql_type=Company,
    description=(
        "Agree on a limit, in force at once. It takes the place of one of the same metric and section that begins on "
        "the same day."
    ),
)
async def set_limit(info: Info, company: Slug, limit: LimitArgument) -> ListedCompany:
    """Set a limit."""
    agreed = limit.as_agreed()
    return await _then_show(
        info, company, lambda session, now, actor: contracts.set_limit(session, company, agreed, now, actor=actor)
    )


@strawberry.field(graphql_type=Company, description="Take a limit away, for all of the past too.")
async def remove_limit(
    info: Info,
    company: Slug,
    limit_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="The limit's id.")],
) -> ListedCompany:
    """Remove a limit."""
    number = int(limit_id) if limit_id.isascii() and limit_id.isdigit() else -1
    return await _then_show(
        info, company, lambda session, now, actor: contracts.remove_limit(session, company, number, now, actor=actor)
    )
