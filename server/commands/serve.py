"""`turnout serve`: the server."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from turnout.server.commands.options import Data


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; TURNOUT_HOST, or 127.0.0.1.")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port to listen on, 0 for any that is free; TURNOUT_PORT, or 8000."),
    ] = None,
    data: Data = None,
    demo: Annotated[bool, typer.Option("--demo", help="Load demo companies, unless they are there.")] = False,
    allowed_host: Annotated[
        list[str] | None, typer.Option(help="A name to answer to, as in the header Host; without it, any.")
    ] = None,
) -> None:
    """Serve until stopped by Ctrl-C or SIGTERM; requests under way are finished first, for 20 seconds at most."""
    from turnout.server.app import create_app
    from turnout.server.deployment import deployment
    from turnout.server.logging import configure_logging
    from turnout.server.process import Server, address_of, bind, ending_cleanly
    from turnout.server.settings import read_settings

    configure_logging()
    settings = read_settings()
    with (
        ending_cleanly(),
        closing(bind(host or settings.host, settings.port if port is None else port)) as listener,
        deployment(data) as found,
    ):
        if demo:
            from turnout.server.demo import load_demo

            load_demo(found)
        services = _services(found, data)
        address = address_of(listener)
        app = create_app(services, allowed_hosts=allowed_host or ())
        Server(app, services.readiness, lambda: typer.echo(f"Turnout serves at {address}")).run([listener])
