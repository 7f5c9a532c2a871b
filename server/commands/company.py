"""`turnout company …`: the companies that there are."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from turnout.server.commands.options import AdminUrl, AsJson, Data, Slug
from turnout.server.commands.printing import print_rows, progress_bar, say

if TYPE_CHECKING:
    from turnout.tenants.companies import ListedCompany
    from turnout.tenants.company import Company

COLUMNS = ("slug", "name", "timeZone", "billingAnchorDay", "staleAfterHours", "createdAt", "limits")

app = typer.Typer(help="Companies: the operator's customers.", no_args_is_help=True)


@app.command()
def add(
    slug: Slug,
    name: Annotated[str, typer.Option(help="The name that people read.", show_default=False)],
    zone: Annotated[str, typer.Option(help="IANA time zone: what a day is.", show_default=False)],
    anchor_day: Annotated[int, typer.Option(help="Day of the month on which billing periods begin.")] = 1,
    stale_after: Annotated[
        float, typer.Option(metavar="HOURS", help="How long a stay without a leave waits for activity of its event.")
    ] = 24,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="METRIC[@SECTION]=VALUE[:FROM[:TO]]", help="Contracted limit; repeatable."),
    ] = None,
    data: Data = None,
) -> None:
    """Add a company."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.companies import NewCompany, add_company, patience
    from turnout.tenants.limits import parse_limit

    limits = [parse_limit(text) for text in limit or []]
    new = NewCompany(slug, name, zone, anchor_day, patience(stale_after), limits)
    with staff(data) as session:
        add_company(session, new, now())
    say(f"Added {slug}. Next: turnout password issue {slug}")


@app.command()
def change(
    slug: Slug,
    zone: Annotated[str | None, typer.Option(help="IANA time zone: what a day is, for all of the past too.")] = None,
    anchor_day: Annotated[int | None, typer.Option(help="Day of the month on which billing periods begin.")] = None,
    data: Data = None,
) -> None:
    """Change what a company's days and billing periods are.

    In another zone every figure is computed anew; until that is done, answers go on in the old one and say so.
    Stopped half-way, the command may be given again, and a running server goes on by itself. With the zone that
    the company has, all its figures are computed again from what happened.
    """
    from turnout.database.errors import TurnoutError
    from turnout.server.commands.staff import now
    from turnout.server.deployment import deployment
    from turnout.tenants.companies import change_anchor_day, change_zone
    from turnout.tenants.support import support

    if zone is None and anchor_day is None:
        raise TurnoutError("NOTHING_TO_CHANGE", "Nothing was said to change.", "Give --zone, --anchor-day, or both.")
    with deployment(data) as found:
        with support(found.support) as session:
            if anchor_day is not None:
                change_anchor_day(session, slug, anchor_day)
            company = change_zone(session, slug, zone, now()) if zone else None
        if company:
            _build(found.refresher, company)
    say(f"Changed {slug}.")


def _build(refresher: str, company: "Company") -> None:
    import asyncio

    from turnout.server.commands.days import build_days
    from turnout.server.commands.staff import now

    with progress_bar() as progress:
        asyncio.run(build_days(refresher, company, now, progress))


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
    "peakEvents",
    "storageBytes",
    "storageShare",
    "registeredUsers",
    "usersShare",
    "lastActiveDay",
)


@app.command()
def overview(as_json: AsJson = False, data: Data = None) -> None:
    """Show what every company comes to: peaks of its last 30 days, what it stores, shares of its limits of today."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.overview import overview

    with staff(data) as session:
        rows = overview(session)
    print_rows(OVERVIEW, rows, as_json=as_json)


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
        limits,
    ]
