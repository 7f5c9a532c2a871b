"""`turnout company …`: the companies that there are."""

import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from turnout.server.commands import limit
from turnout.server.commands.options import AdminUrl, AsJson, Data, Slug
from turnout.server.commands.printing import print_rows, progress_bar, say

if TYPE_CHECKING:
    from turnout.analytics.overview import CompanyOverview
    from turnout.tenants.companies import ListedCompany
    from turnout.tenants.company import Company
    from turnout.tenants.rounding import MinuteRounding

COLUMNS = ("slug", "name", "timeZone", "billingAnchorDay", "staleAfterHours", "createdAt", "suspendedAt", "limits")

app = typer.Typer(help="Companies: the operator's customers.", no_args_is_help=True)
app.add_typer(limit.app, name="limit")


@app.command()
def add(
    slug: Slug,
    name: Annotated[str, typer.Option(help="The name that people read.", show_default=False)],
    zone: Annotated[str, typer.Option(help="IANA time zone: what a day is.", show_default=False)],
    anchor_day: Annotated[int, typer.Option(help="Day of the month on which billing periods begin.")] = 1,
    stale_after: Annotated[
        float, typer.Option(metavar="HOURS", help="How long a stay without a leave waits for activity of its event.")
    ] = 24,
    limits: Annotated[
        list[str] | None,
        typer.Option("--limit", metavar=limit.SHAPE, help="Contracted limit; repeatable."),
    ] = None,
    data: Data = None,
) -> None:
    """Add a company."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.companies import NewCompany, add_company, patience
    from turnout.tenants.limits import parse_limit

    contracted = [parse_limit(text) for text in limits or []]
    new = NewCompany(slug, name, zone, anchor_day, patience(stale_after), contracted)
    with staff(data) as session:
        add_company(session, new, now())
    say(f"Added {slug}. Next: turnout password issue {slug}")


@app.command()
def change(
    slug: Slug,
    zone: Annotated[str | None, typer.Option(help="IANA time zone: what a day is, for all of the past too.")] = None,
    anchor_day: Annotated[int | None, typer.Option(help="Day of the month on which billing periods begin.")] = None,
    stale_after: Annotated[
        float | None,
        typer.Option(metavar="HOURS", help="How long a stay without a leave waits for activity of its event."),
    ] = None,
    billed_minutes: Annotated[
        str | None, typer.Option(metavar="exact|per-stay", help="How minutes are billed: per-stay rounds each stay up.")
    ] = None,
    billed_from: Annotated[
        datetime | None,
        typer.Option(
            metavar="DAY",
            formats=["%Y-%m-%d"],
            help="For billing periods that begin on this day or later, by default today.",
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Change what a company's days and billing periods are, and when its silent stays end.

    In another zone every figure is computed anew; until that is done, answers go on in the old one and say so.
    Stopped half-way, the command may be given again, and a running server goes on by itself. With the zone that
    the company has, all its figures are computed again from what happened.
    """
    from turnout.server.commands.staff import now
    from turnout.server.deployment import deployment
    from turnout.tenants.agreements import Change, change_company
    from turnout.tenants.companies import patience
    from turnout.tenants.support import support

    stale = None if stale_after is None else patience(stale_after)
    wanted = Change(zone, anchor_day, stale, _rounding(billed_minutes), billed_from and billed_from.date())
    with deployment(data) as found:
        with support(found.support) as session:
            company = change_company(session, slug, wanted, now())
        _compute(found.refresher, company, zone, stale_after)
    say(f"Changed {slug}.")


def _rounding(text: str | None) -> "MinuteRounding | None":
    from turnout.tenants.rounding import MinuteRounding

    words = {"exact": MinuteRounding.EXACT, "per-stay": MinuteRounding.PER_STAY}
    if text is not None and text not in words:
        raise typer.BadParameter(f"choose one of {', '.join(words)}", param_hint="--billed-minutes")
    return words[text] if text else None


@app.command()
def close(slug: Slug, data: Data = None) -> None:
    """Close the billing periods that have ended, and revise closed ones whose figures have changed.

    A running server does so by itself, some days after a period has ended; this waits for nothing.
    """
    import asyncio

    from turnout.server.commands.days import close_periods
    from turnout.server.commands.staff import now
    from turnout.server.deployment import deployment
    from turnout.tenants.audit import COMMAND
    from turnout.tenants.closing import note_closing
    from turnout.tenants.companies import find_company
    from turnout.tenants.support import support

    with deployment(data) as found:
        with support(found.support) as session:
            company = find_company(session, slug)
        closed = asyncio.run(close_periods(found.refresher, company, now))
        with support(found.support) as session:
            note_closing(session, slug, closed, now(), actor=COMMAND)
    say(f"{len(closed)} billing periods of {slug} have a new revision.")


def _compute(refresher: str, company: "Company", zone: str | None, stale_after: float | None) -> None:
    """What the change has moved, so that the first who asks need not wait."""
    import asyncio

    from turnout.server.commands.days import build_days, compute_days
    from turnout.server.commands.staff import now

    with progress_bar() as progress:
        if stale_after is not None:
            asyncio.run(compute_days(refresher, company, now, progress))
        if zone is not None:
            asyncio.run(build_days(refresher, company, now, progress))


@app.command()
def rename(
    slug: Slug,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name that people read.", show_default=False)],
    data: Data = None,
) -> None:
    """Give a company another name. Its slug, with which it signs in, stays."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.agreements import rename_company

    with staff(data) as session:
        rename_company(session, slug, name, now())
    say(f"Renamed {slug}.")


@app.command()
def suspend(slug: Slug, data: Data = None) -> None:
    """Shut a company out at once: sign-ins, sessions, keys, SQL logins and ingest. Nothing that it has is lost."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.suspending import suspend_company

    with staff(data) as session:
        suspend_company(session, slug, now())
    say(f"Suspended {slug}. `turnout company restore {slug}` lets it in again.")


@app.command()
def restore(slug: Slug, data: Data = None) -> None:
    """Let a suspended company in again, with all that it had but its sessions."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.suspending import restore_company

    with staff(data) as session:
        restore_company(session, slug, now())
    say(f"Restored {slug}.")


@app.command("list")
def list_(as_json: AsJson = False, data: Data = None) -> None:
    """List all companies with what was agreed with them."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.companies import list_companies

    with staff(data) as session:
        rows = list_companies(session)
    print_rows(COLUMNS, map(_cells, rows), as_json=as_json)


OVERVIEW = (
    "slug",
    "peakConnections",
    "peakConnectionsAt",
    "connectionsShare",
    "peakSpeakers",
    "speakersShare",
    "peakEvents",
    "eventsShare",
    "storageBytes",
    "storageShare",
    "registeredUsers",
    "usersShare",
    "lastActiveDay",
    "suspendedAt",
)


@app.command()
def overview(
    by: Annotated[str, typer.Option(metavar="COLUMN", help="The column to order by, largest first.")] = "slug",
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Show what every company comes to: peaks of its last 30 days, what it stores, shares of its limits of today."""
    from turnout.analytics.overview import whole_overview
    from turnout.server.commands.staff import staff

    if by not in OVERVIEW or by == "peakConnectionsAt":
        raise typer.BadParameter(f"choose one of {', '.join(OVERVIEW)}", param_hint="--by")
    column = re.sub(r"(?=[A-Z])", "_", by).upper()
    with staff(data) as session:
        page = whole_overview(session, column, descending=by != "slug")
    print_rows(OVERVIEW, map(_figures, page.rows), as_json=as_json)


def _figures(row: "CompanyOverview") -> list[object]:
    connections, speakers, events = row.peak_connections, row.peak_speakers.usage, row.peak_events.usage
    return [
        row.slug,
        *(connections.usage.used, connections.at, connections.usage.share),
        *(speakers.used, speakers.share, events.used, events.share),
        *(row.storage.used, row.storage.share, row.registered_users.used, row.registered_users.share),
        row.last_active_day,
        row.suspended_at,
    ]


@app.command()
def remove(
    slug: Slug,
    yes: Annotated[
        str | None,
        typer.Option(
            "--yes", metavar="SLUG", help="The slug again, instead of being asked for it.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
    admin_url: AdminUrl = None,
) -> None:
    """Remove a company with all that it has, for good. Its keys must have been revoked; its sessions end at once."""
    from turnout.server.commands.staff import now
    from turnout.server.deployment import administration
    from turnout.tenants.removing import remove_company

    _confirm(slug, yes)
    with administration(data, admin_url) as found:
        removed = remove_company(found.conninfo, slug, now())
    print_rows(("table", "rows"), removed.items(), as_json=as_json)
    say(f"Removed {slug}. Backups made before still have it.")


def _confirm(slug: str, yes: str | None) -> None:
    from turnout.database.errors import TurnoutError

    if yes is None and sys.stdin.isatty():
        yes = typer.prompt(f"This removes all data of {slug} for good. Type its slug to confirm", err=True)
    if yes != slug:
        raise TurnoutError(
            "NOT_CONFIRMED", "Nothing was removed: the slug was not confirmed.", f"Add `--yes {slug}` if you are sure."
        )


def _cells(row: "ListedCompany") -> list[object]:
    company, hours = row.company, row.stale_after.total_seconds() / 3600
    limits = [str(limit) for limit in row.limits]
    return [
        company.slug,
        company.name,
        company.time_zone,
        company.billing_anchor_day,
        hours,
        row.created_at,
        row.suspended_at,
        limits,
    ]
