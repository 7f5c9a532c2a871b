"""`turnout key …`: what the programs of companies show instead of a password."""

from typing import Annotated
from uuid import UUID

import typer

from turnout.server.commands.options import AsJson, Data, Label, Slug
from turnout.server.commands.printing import print_rows, say

app = typer.Typer(help="API keys for the programs of companies.", no_args_is_help=True)


@app.command()
def issue(
    slug: Slug,
    scope: Annotated[list[str], typer.Option(help="read:stats or write:events; repeatable.", show_default=False)],
    label: Label = None,
    expires_days: Annotated[int, typer.Option(help="After how many days it ends.")] = 365,
    data: Data = None,
) -> None:
    """Make a key and print it, once: it is stored nowhere."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.keys import issue_key, lifetime

    lasting = lifetime(expires_days)
    with staff(data) as session:
        issued = issue_key(session, slug, scope, now(), label=label, lasting=lasting)
    say(f"Key {issued.key_id} of {slug}, until {issued.expires_at:%Y-%m-%d}. It is shown this once:")
    typer.echo(issued.text)


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False, data: Data = None) -> None:
    """List the keys that a company was ever given, by what they begin with."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.keys import list_keys

    with staff(data) as session:
        rows = list_keys(session, slug)
    cells = ((r.key_id, r.prefix, r.scopes, r.label, r.created_at, r.expires_at, r.revoked_at) for r in rows)
    print_rows(("id", "prefix", "scopes", "label", "createdAt", "expiresAt", "revokedAt"), cells, as_json=as_json)


@app.command()
def revoke(
    slug: Slug,
    key_id: Annotated[UUID, typer.Argument(metavar="ID", help="The key's id.", show_default=False)],
    data: Data = None,
) -> None:
    """End a key at once."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.keys import revoke_key

    with staff(data) as session:
        revoke_key(session, slug, key_id, now())
    say(f"Revoked the key {key_id} of {slug}.")
