"""`turnout key …`: what the programs of companies show instead of a password."""

from typing import Annotated
from uuid import UUID

import typer

from turnout.server.commands.options import AsJson, Data, Label, Slug
from turnout.server.commands.printing import print_rows, say

app = typer.Typer(help="API keys for the programs of companies.", no_args_is_help=True)
KeyId = Annotated[UUID, typer.Argument(metavar="ID", help="The key's id.", show_default=False)]


@app.command()
def issue(
    slug: Slug,
    scope: Annotated[
        list[str],
        typer.Option(
            help="read:stats, read:people, write:events, admin:keys, admin:alerts, admin:segments; repeatable.",
            show_default=False,
        ),
    ],
    label: Label = None,
    expires_days: Annotated[int, typer.Option(help="After how many days it ends.")] = 365,
    from_: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="CIDR",
            help="From where alone it may be used, such as 203.0.113.0/24; repeatable.",
            show_default=False,
        ),
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="The id of the one user whose own things it sees.", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """Make a key and print it, once: it is stored nowhere."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.keys import issue_key, lifetime

    lasting = lifetime(expires_days)
    with staff(data) as session:
        issued = issue_key(
            session, slug, scope, now(), label=label, lasting=lasting, addresses=from_ or (), user_key=user
        )
    say(f"Key {issued.key_id} of {slug}, until {issued.expires_at:%Y-%m-%d}. It is shown this once:")
    typer.echo(issued.text)


@app.command()
def rotate(
    slug: Slug,
    key_id: KeyId,
    overlap: Annotated[str, typer.Option(help="How long the old key still works; 0 ends it at once.")] = "24h",
    data: Data = None,
) -> None:
    """Make a key that takes the place of another, and print it, once; the old one ends after a while."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.durations import parse_duration
    from turnout.tenants.keys import rotate_key

    with staff(data) as session:
        issued = rotate_key(session, slug, key_id, now(), overlap=parse_duration(overlap))
    say(f"Key {issued.key_id} of {slug} takes the place of {key_id}, which works for {overlap} more at most.")
    say(f"It lasts until {issued.expires_at:%Y-%m-%d}, and is shown this once:")
    typer.echo(issued.text)


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False, data: Data = None) -> None:
    """List the keys that a company was ever given, by what they begin with."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.keys import list_keys

    with staff(data) as session:
        rows = list_keys(session, slug)
    columns = {
        "id": "key_id",
        "prefix": "prefix",
        "scopes": "scopes",
        "label": "label",
        "addresses": "addresses",
        "user": "user_key",
        "createdAt": "created_at",
        "expiresAt": "expires_at",
        "lastUsedAt": "last_used_at",
        "replacedBy": "replaced_by",
        "revokedAt": "revoked_at",
    }
    cells = ([getattr(row, name) for name in columns.values()] for row in rows)
    print_rows(tuple(columns), cells, as_json=as_json)


@app.command()
def revoke(slug: Slug, key_id: KeyId, data: Data = None) -> None:
    """End a key at once."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.keys import revoke_key

    with staff(data) as session:
        revoke_key(session, slug, key_id, now())
    say(f"Revoked the key {key_id} of {slug}.")
