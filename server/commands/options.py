"""Options and arguments that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder of the embedded database. Otherwise DATABASE_URL, TURNOUT_DATA, or .data in this folder.",
        show_default=False,
    ),
]
AdminUrl = Annotated[
    str | None,
    typer.Option(
        help="On a server of your own: a superuser's login. Otherwise TURNOUT_ADMIN_URL, which no process list shows.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The company's slug.", show_default=False)]
Label = Annotated[
    str | None, typer.Option(help="What support staff know it by, such as 'front desk'.", show_default=False)
]
