"""The command line: `turnout …`. Each command imports what it needs when it runs, so that help comes at once."""

import sys
from importlib.metadata import version as version_of
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from turnout.database.embedded_error import EmbeddedPostgresError
from turnout.database.errors import TurnoutError
from turnout.server.commands import (
    access,
    audit,
    backup,
    company,
    database,
    key,
    load,
    password,
    quarantine,
    schema,
    serve,
    sql_login,
    support,
)
from turnout.server.commands.printing import print_error


class CodedErrors(TyperGroup):
    """Prints errors that a person can act upon, instead of where in the program they arose."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 -- typer's class is private
        """Run the command; exit code 1 after an error."""
        try:
            return super().invoke(ctx)
        except (TurnoutError, EmbeddedPostgresError) as error:
            print_error(error.code, error.message, error.hint)
            raise typer.Exit(1) from error


app = typer.Typer(
    cls=CodedErrors,
    help="Analytics for operators of video-conference platforms.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(serve.serve)
app.command()(load.load)
app.command()(quarantine.quarantine)
app.command()(quarantine.replay)
app.command()(backup.backup)
app.command()(backup.restore)
app.add_typer(company.app, name="company")
app.add_typer(password.app, name="password")
app.add_typer(key.app, name="key")
app.add_typer(audit.app, name="audit")
app.add_typer(sql_login.app, name="sql-login")
app.add_typer(support.app, name="support")
app.add_typer(access.app, name="access")
app.add_typer(database.app, name="database")
app.command()(schema.schema)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(version_of("turnout"))
        raise typer.Exit


@app.callback()
def turnout(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Analytics for operators of video-conference platforms."""


def main() -> None:
    """What the program `turnout` runs."""
    for stream in (sys.stdout, sys.stderr):  # a name that the terminal cannot show is no reason to fail
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="turnout")
