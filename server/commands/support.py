"""`turnout support …`: the accounts of support staff."""

from typing import Annotated

import typer

from turnout.server.commands.options import AsJson, Data
from turnout.server.commands.printing import print_rows, say

Name = Annotated[str, typer.Argument(metavar="NAME", help="The person's name or address.", show_default=False)]

app = typer.Typer(help="Accounts of support staff, who sign in at /support/graphql.", no_args_is_help=True)


@app.command()
def add(name: Name, data: Data = None) -> None:
    """Give somebody an account, and print its password, once: it is stored nowhere."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.staff import add_staff

    with staff(data) as session:
        issued = add_staff(session, name, now())
    say(f"Added {name}. The password is shown this once:")
    typer.echo(issued.text)


@app.command("list")
def list_(as_json: AsJson = False, data: Data = None) -> None:
    """List the accounts that there are."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.staff import list_staff

    with staff(data) as session:
        rows = list_staff(session)
    cells = ((row.name, row.created_at, row.last_used_at, row.suspended_at) for row in rows)
    print_rows(("name", "createdAt", "lastUsedAt", "suspendedAt"), cells, as_json=as_json)


@app.command()
def password(name: Name, data: Data = None) -> None:
    """Give an account another password, and print it, once. The old one and all sessions end."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.staff import renew_password

    with staff(data) as session:
        issued = renew_password(session, name, now())
    say(f"The new password of {name} is shown this once:")
    typer.echo(issued.text)


@app.command()
def suspend(name: Name, data: Data = None) -> None:
    """Shut somebody out at once: their sessions end, and what they have opened of companies is closed."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.staff import suspend_staff

    with staff(data) as session:
        suspend_staff(session, name, now())
    say(f"Suspended {name}. `turnout support restore` lets them in again.")


@app.command()
def restore(name: Name, data: Data = None) -> None:
    """Let somebody sign in again, with the password they have."""
    from turnout.server.commands.staff import now, staff
    from turnout.tenants.staff import restore_staff

    with staff(data) as session:
        restore_staff(session, name, now())
    say(f"Restored {name}.")
