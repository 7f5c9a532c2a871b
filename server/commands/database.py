"""`turnout database …`: a real server instead of the embedded one."""

from typing import Annotated

import typer

from turnout.server.commands.printing import say

app = typer.Typer(help="A database server of your own.", no_args_is_help=True)


@app.command()
def prepare(
    admin_url: Annotated[
        str | None,
        typer.Option(
            help="Login that may create roles and databases. Otherwise TURNOUT_ADMIN_URL, which no process list shows.",
            show_default=False,
        ),
    ] = None,
    database: Annotated[str, typer.Option(help="The database to create or to bring up to date.")] = "turnout",
    rotate_passwords: Annotated[
        bool, typer.Option("--rotate-passwords", help="Give new passwords also to roles that have one.")
    ] = False,
) -> None:
    """Create roles and database and bring the schema up to date; safe to run again.

    Prints the settings for the roles that have got a new password, once: it is stored nowhere.
    """
    from turnout.server.deployment import SETTINGS, administrator
    from turnout.server.logins import prepare_server

    with administrator(admin_url) as login:
        urls = prepare_server(login, database, rotate=rotate_passwords)
    say(f"The database {database} is ready.")
    for role, setting in SETTINGS.items():
        if role in urls:
            typer.echo(f"{setting}={urls[role]}")
        else:
            say(f"{role} keeps its password, so {setting} stays as it is (--rotate-passwords gives a new one).")
