"""`turnout company limit …`: what companies have contracted."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from turnout.server.commands.options import AsJson, Data, Slug
from turnout.server.commands.printing import print_rows, say

if TYPE_CHECKING:
    from turnout.tenants.contracts import ListedLimit

SHAPE: Final = "METRIC[@SECTION]=VALUE[:FROM[:TO]]"
COLUMNS: Final = ("id", "metric", "section", "value", "from", "to")

app = typer.Typer(help="Contracted limits: in force at once, on the days that they name.", no_args_is_help=True)


@app.command("set")
def set_(
    slug: Slug,
    limit: Annotated[str, typer.Argument(metavar=SHAPE, help="Such as USERS=500:2026-01-01.", show_default=False)],
    data: Data = None,
) -> None:
    """Agree on a limit; it takes the place of one of the same metric and section that begins on the same day."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.contracts import set_limit
    from turnout.tenants.limits import parse_limit

    agreed = parse_limit(limit)
    with staff(data) as session:
        number = set_limit(session, slug, agreed, now())
    say(f"Limit {number} of {slug}: {agreed}")


@app.command()
def remove(
    slug: Slug,
    limit_id: Annotated[int, typer.Argument(metavar="ID", help="The limit's number.", show_default=False)],
    data: Data = None,
) -> None:
    """Take a limit away, for all of the past too. To end one, set it again with its last day."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.contracts import remove_limit

    with staff(data) as session:
        remove_limit(session, slug, limit_id, now())
    say(f"Removed the limit {limit_id} of {slug}.")


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False, data: Data = None) -> None:
    """List what a company has contracted, past and future limits included."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.contracts import list_limits

    with staff(data) as session:
        rows = list_limits(session, slug)
    print_rows(COLUMNS, map(_cells, rows), as_json=as_json)


def _cells(row: "ListedLimit") -> tuple[object, ...]:
    return row.limit_id, row.metric, row.section, row.value, row.valid_from, row.valid_to
