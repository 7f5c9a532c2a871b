"""`turnout company …`: the companies that there are."""

from typing import TYPE_CHECKING, Annotated

import typer

from turnout.server.commands.options import AsJson, Data, Slug
from turnout.server.commands.printing import print_rows, say

if TYPE_CHECKING:
    from turnout.tenants.companies import ListedCompany

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


@app.command("list")
def list_(as_json: AsJson = False, data: Data = None) -> None:
    """List all companies with what was agreed with them."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.companies import list_companies

    with staff(data) as session:
        rows = list_companies(session)
    print_rows(COLUMNS, map(_cells, rows), as_json=as_json)


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
