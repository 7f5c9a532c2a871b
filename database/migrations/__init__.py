"""The schema's history, written by hand: a migration is a Python file that names its SQL files."""

from importlib.resources import files

from alembic import op


def run_files(*names: str) -> None:
    """Execute the SQL files of a migration, in the order given.

    They go to the driver as they are: neither a colon nor a per cent sign means anything but itself.
    """
    folder = files("turnout.database.migrations").joinpath("versions")
    cursor = op.get_bind().connection.cursor()
    for name in names:
        cursor.execute(folder.joinpath(name).read_text(encoding="utf-8"))
