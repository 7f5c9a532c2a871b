"""`turnout backup` and `turnout restore`: the whole database as one file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turnout.server.commands.options import AdminUrl, Data
from turnout.server.commands.printing import say

if TYPE_CHECKING:
    from turnout.database.archive import Manifest


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    data: Data = None,
    admin_url: AdminUrl = None,
) -> None:
    """Back up every company into one file, as of one instant, while everything goes on."""
    from turnout.database.backing_up import back_up
    from turnout.server.deployment import administration

    with administration(data, admin_url) as found:
        say(f"Backed up {_content(back_up(found.conninfo, file))} into {file}, which holds secrets: keep it safe.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `turnout backup` has written.")],
    data: Data = None,
    admin_url: AdminUrl = None,
) -> None:
    """Restore a backup into a database without companies, to which nobody is connected."""
    from turnout.database import restoring
    from turnout.server.deployment import administration

    with administration(data, admin_url) as found:
        say(f"Restored {_content(restoring.restore(found.login, found.database, file))}.")


def _content(manifest: "Manifest") -> str:
    companies, rows = manifest.rows["company"], sum(manifest.rows.values())
    return f"{companies} {'company' if companies == 1 else 'companies'}, {rows} rows as of {manifest.as_of}"
