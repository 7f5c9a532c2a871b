"""`turnout password …`: what companies sign in with."""

from typing import Annotated
from uuid import UUID

import typer

from turnout.server.commands.options import AsJson, Data, Label, Slug
from turnout.server.commands.printing import print_rows, say

app = typer.Typer(help="Passwords that companies sign in with.", no_args_is_help=True)


@app.command()
def issue(slug: Slug, label: Label = None, data: Data = None) -> None:
    """Make a password and print it, once: it is stored nowhere."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.passwords import issue_password

    with staff(data) as session:
        issued = issue_password(session, slug, label, now())
    say(f"Password {issued.password_id} of {slug}. It is shown this once:")
    typer.echo(issued.text)


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False, data: Data = None) -> None:
    """List the passwords that a company was ever given, without their text."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.passwords import list_passwords

    with staff(data) as session:
        rows = list_passwords(session, slug)
    cells = ((row.password_id, row.label, row.created_at, row.revoked_at) for row in rows)
    print_rows(("id", "label", "createdAt", "revokedAt"), cells, as_json=as_json)


@app.command()
def revoke(
    slug: Slug,
    password_id: Annotated[
        UUID | None, typer.Option("--id", help="The password to revoke.", show_default=False)
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Revoke all that the company has.")] = False,
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
    say(f"Revoked {revoked} of the passwords of {slug}; the sessions begun with them have ended.")
