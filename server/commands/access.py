"""`turnout access …`: when support may read people and titles of a company, which the company sees."""

from typing import Annotated
from uuid import UUID

import typer

from turnout.server.commands.options import AsJson, Data, Slug
from turnout.server.commands.printing import print_rows, say

COLUMNS = ("id", "by", "reason", "openedAt", "expiresAt", "closedAt")

app = typer.Typer(help="Reading a company's people and titles, for a reason that it sees.", no_args_is_help=True)


@app.command("open")
def open_(
    slug: Slug,
    reason: Annotated[str, typer.Option(help="Why: the company reads it.", show_default=False)],
    minutes: Annotated[int, typer.Option(help="How long, at most 60.")] = 60,
    data: Data = None,
) -> None:
    """Open an access, and print its token, once: it asks /graphql as that company."""
    from datetime import timedelta

    from turnout.server.commands.staff import now, staff
    from turnout.tenants.accesses import open_access

    with staff(data) as session:
        opened = open_access(session, slug, reason, now(), lasting=timedelta(minutes=minutes))
    say(f"Access {opened.access_id} to {slug} until {opened.expires_at:%Y-%m-%d %H:%M}Z. Its token is shown this once:")
    typer.echo(opened.token)


@app.command()
def close(
    slug: Slug,
    access_id: Annotated[UUID, typer.Argument(metavar="ID", help="The access's id.", show_default=False)],
    data: Data = None,
) -> None:
    """End an access at once, whoever opened it."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.accesses import close_access

    with staff(data) as session:
        close_access(session, slug, access_id, now())
    say(f"Closed the access {access_id} to {slug}.")


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False, data: Data = None) -> None:
    """List every access that there ever was to a company."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.accesses import list_accesses

    with staff(data) as session:
        rows = list_accesses(session, slug)
    cells = ((r.access_id, r.staff_name, r.reason, r.opened_at, r.expires_at, r.closed_at) for r in rows)
    print_rows(COLUMNS, cells, as_json=as_json)
