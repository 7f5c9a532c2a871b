"""`turnout serve`: the server."""

import gc
from typing import TYPE_CHECKING, Annotated, Any

import typer

from turnout.server.commands.options import Data

if TYPE_CHECKING:
    from turnout.server.deployment import Deployment


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. Otherwise TURNOUT_HOST, or 127.0.0.1.", show_default=False)
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Port to listen on; 0 takes a free one. Otherwise TURNOUT_PORT, or 8000.",
            show_default=False,
        ),
    ] = None,
    data: Data = None,
    sql_port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65535,
            help="Open the embedded database on 127.0.0.1 to the logins of `turnout sql-login issue`.",
            show_default=False,
        ),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Load the demo companies unless they are there.")] = False,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(help="A name that requests may be addressed to. Otherwise any.", show_default=False),
    ] = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM. Requests under way are finished first, within 20 seconds."""
    gc.disable()  # until the server listens: what is imported and built for it is no garbage, and there is much of it
    from turnout.server.serving import serve_until_stopped
    from turnout.server.settings import read_settings

    given: dict[str, Any] = {"host": host, "port": port}
    settings = read_settings().model_copy(update={key: value for key, value in given.items() if value is not None})
    serve_until_stopped(
        settings,
        data,
        allowed_hosts=allowed_host or (),
        sql_port=sql_port,
        before=_load_demo if demo else None,
        on_listening=_say,
    )


def _say(address: str) -> None:
    gc.enable()
    typer.echo(f"Turnout serves at {address}")


def _load_demo(found: "Deployment") -> None:
    gc.enable()
    from turnout.server.demo import load_demo

    load_demo(found, found.folder)
