"""`turnout audit …`: who did what, and whether that still is what was written down."""

from typing import Annotated, Final

import typer

from turnout.server.commands.options import AsJson, Data
from turnout.server.commands.printing import print_rows

app = typer.Typer(help="Who did what, when, from where, with which credential.", no_args_is_help=True)

COLUMNS: Final = (
    "number",
    "at",
    "actor",
    "name",
    "credentialId",
    "action",
    "target",
    "details",
    "address",
    "userAgent",
    "requestId",
    "hash",
)
MaybeSlug = Annotated[str | None, typer.Argument(metavar="[SLUG]", help="The company's slug.", show_default=False)]


@app.command("list")
def list_(
    slug: MaybeSlug = None,
    action: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only acts of this name, such as key.issued.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show, the newest first.")] = 50,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """List what was done to a company and in its name; without a SLUG, what support did that concerns none."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.auditing import list_audit

    with staff(data) as session:
        rows = list_audit(session, slug, limit, action)
    cells = (
        (
            row.number,
            row.at,
            row.actor,
            row.name,
            row.credential_id,
            row.action,
            row.target,
            row.details if as_json else [f"{name}={value}" for name, value in sorted(row.details.items())],
            row.address,
            row.user_agent,
            row.request_id,
            row.hash if as_json else row.hash[:8],
        )
        for row in rows
    )
    print_rows(COLUMNS, cells, as_json=as_json)


@app.command()
def verify(slug: MaybeSlug = None, as_json: AsJson = False, data: Data = None) -> None:
    """Find out whether an entry was changed or removed, of one company or of all; exit code 1 if so.

    The hash of the last entry stands for all before it: keep it elsewhere, and a later run shows that they are still
    the same. Without such a note, last entries that were cut off leave no trace.
    """
    from turnout.server.commands.staff import staff
    from turnout.tenants.auditing import demand_whole, verify_audit

    with staff(data) as session:
        chains = verify_audit(session, slug)
    cells = ((chain.slug, chain.entries, chain.hash, chain.broken_at) for chain in chains)
    print_rows(("company", "entries", "hash", "brokenAt"), cells, as_json=as_json)
    demand_whole(chains)
