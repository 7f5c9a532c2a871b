"""How commands speak: results on standard output, everything said beside them on standard error."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, cast

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

_NO_WRAP: Final = 100_000  # an id or a zone that is cut in two can be neither read nor copied


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[object]], *, as_json: bool) -> None:
    """A list: JSON with the columns as names, or a table of one line a row."""
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        _print_table(columns, rows)


def print_json(value: object) -> None:
    """Something of more than rows, as JSON."""

    def plain(other: object) -> str:
        """Instants as RFC 3339 in UTC, everything else as it calls itself."""
        if isinstance(other, datetime):
            return other.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return str(other)

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


def say(sentence: str) -> None:
    """Something for whoever sits there, not for a pipe."""
    typer.echo(sentence, err=True)


def progress_bar() -> "Progress":
    """A bar on standard error, for whoever sits there; nothing where nobody does."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not console.is_terminal)


def print_error(code: str, message: str, hint: str) -> None:
    """An error: what happened, and what to do."""
    typer.secho(f"{code}: ", err=True, nl=False, fg="red", bold=True)
    typer.echo(f"{message}\nHint: {hint}", err=True)


def _print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    headings = (re.sub(r"(?=[A-Z])", " ", column).upper() for column in columns)
    table = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    Console(width=_NO_WRAP).print(table)


def _cell(value: object) -> str:
    match value:
        case None | []:
            return "-"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}Z"
        case list():
            return ", ".join(str(item) for item in cast("list[object]", value))
        case _:
            return str(value)
