"""`turnout password …`: what companies sign in with."""

from typing import Annotated
from uuid import UUID

import typer

from turnout.server.commands.options import AsJson, Data, Label, Slug
from turnout.server.commands.printing import print_rows, say

app = typer.Typer(help="Passwords that companies sign in with.", no_args_is_help=True)


@app.command()
def issue(
    slug: Slug,
    label: Label = None,
    expires: Annotated[
        str | None, typer.Option(help="After which time it ends, such as 90d, 12h or 30m.", show_default=False)
    ] = None,
    must_change: Annotated[
        bool, typer.Option("--must-change", help="For choosing another one alone; ends after 72 hours.")
    ] = False,
    data: Data = None,
) -> None:
    """Make a password and print it, once: it is stored nowhere."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.durations import parse_duration
    from turnout.tenants.passwords import issue_password

    expires_at = now() + parse_duration(expires) if expires else None
    with staff(data) as session:
        issued = issue_password(session, slug, label, now(), expires_at=expires_at, must_change=must_change)
    say(f"Password {issued.password_id} of {slug}. It is shown this once:")
    typer.echo(issued.text)


@app.command()
def link(slug: Slug, label: Label = None, data: Data = None) -> None:
    """Make a link on which the company chooses its password itself, once, and print it."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.activation import issue_link

    with staff(data) as session:
        issued = issue_link(session, slug, label, now())
    say(f"Link {issued.link_id} of {slug}, until {issued.expires_at:%Y-%m-%d %H:%M}Z. It is shown this once:")
    typer.echo(issued.secret)


@app.command()
def rotate(
    slug: Slug,
    password_id: Annotated[UUID, typer.Option("--id", help="The password to replace.", show_default=False)],
    overlap: Annotated[
        str, typer.Option(help="How long the old one stays beside the new one; 0 ends it and its sessions at once.")
    ] = "24h",
    data: Data = None,
) -> None:
    """Make a password instead of one that then ends, and print it, once."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.durations import parse_duration
    from turnout.tenants.passwords import rotate_password

    with staff(data) as session:
        issued = rotate_password(session, slug, password_id, now(), overlap=parse_duration(overlap))
    say(f"Password {issued.password_id} of {slug} instead of {password_id}. It is shown this once:")
    typer.echo(issued.text)


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False, data: Data = None) -> None:
    """List the passwords that a company was ever given, without their text."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.passwords import list_passwords

    with staff(data) as session:
        rows = list_passwords(session, slug)
    columns = ("id", "label", "kind", "createdAt", "expiresAt", "lastUsedAt", "revokedAt")
    cells = ((r.password_id, r.label, r.kind, r.created_at, r.expires_at, r.last_used_at, r.revoked_at) for r in rows)
    print_rows(columns, cells, as_json=as_json)


@app.command()
def links(slug: Slug, as_json: AsJson = False, data: Data = None) -> None:
    """List the links that a company was ever given, without their text."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.activation import list_links

    with staff(data) as session:
        rows = list_links(session, slug)
    cells = ((r.link_id, r.label, r.created_at, r.expires_at, r.used_at, r.revoked_at) for r in rows)
    print_rows(("id", "label", "createdAt", "expiresAt", "usedAt", "revokedAt"), cells, as_json=as_json)


@app.command()
def unlink(
    slug: Slug,
    link_id: Annotated[UUID, typer.Argument(metavar="ID", help="The link's id.", show_default=False)],
    data: Data = None,
) -> None:
    """End a link that nobody has used yet, at once."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.activation import revoke_link

    with staff(data) as session:
        revoke_link(session, slug, link_id, now())
    say(f"Revoked the link {link_id} of {slug}.")


@app.command()
def revoke(
    slug: Slug,
    password_id: Annotated[
        UUID | None, typer.Option("--id", help="The password to revoke.", show_default=False)
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Revoke all that the company has, and its open links.")] = False,
    data: Data = None,
) -> None:
    """End a password and every session begun with it, at once."""
    if (password_id is None) is not all_:
        raise typer.BadParameter("give either --id or --all")
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.passwords import revoke_password, revoke_passwords

    with staff(data) as session:
        if password_id is None:
            revoked = revoke_passwords(session, slug, now())
        else:
            revoke_password(session, slug, password_id, now())
            revoked = 1
    ended = "all sessions and open links" if all_ else "the sessions begun with it"
    say(f"Revoked {revoked} of the passwords of {slug}; {ended} have ended.")
