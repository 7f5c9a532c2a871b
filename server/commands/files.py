"""The files that commands read: lines that are activities, or rows of CSV and the mapping that says what they mean."""

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from turnout.database.errors import TurnoutError

if TYPE_CHECKING:
    from datetime import datetime

    from turnout.ingest.files import Bunch
    from turnout.ingest.mapping import Mapping

PIPE: Final = "-"


def open_file(stack: ExitStack, file: Path) -> BinaryIO:
    """The file, or standard input. Raises TurnoutError FILE_UNREADABLE."""
    if str(file) == PIPE:
        return sys.stdin.buffer
    try:
        return stack.enter_context(file.open("rb"))
    except OSError as error:
        raise TurnoutError(
            "FILE_UNREADABLE",
            f"{file} cannot be read: {error.strerror}.",
            "Name a file of activities, or - for a pipe.",
        ) from error


def size_of(file: Path) -> int | None:
    """Its bytes; None for a pipe."""
    return None if str(file) == PIPE else file.stat().st_size


def find_mapping(file: Path, path: Path | None) -> "Mapping | None":
    """What the rows of a CSV file mean; None where lines are activities already. A pipe is CSV when it has a mapping.

    Raises TurnoutError MISSING_MAPPING, NEEDLESS_MAPPING, INVALID_MAPPING, FILE_UNREADABLE.
    """
    is_csv = file.suffix.lower() == ".csv"
    if is_csv and path is None:
        raise TurnoutError(
            "MISSING_MAPPING",
            f"{file} is a CSV file, and nothing says what its rows mean.",
            "Give --mapping MAP.toml; docs/files.md says how to write one.",
        )
    if path and not is_csv and str(file) != PIPE:
        raise TurnoutError(
            "NEEDLESS_MAPPING",
            f"{file} is no CSV file: its lines are activities already.",
            "Leave --mapping out, or name a file that ends in .csv.",
        )
    return _read_mapping(path) if path else None


def bunches_of(file: BinaryIO, mapping: "Mapping | None", now: "Callable[[], datetime]") -> "Iterable[Bunch]":
    """The activities of a file, those of one transaction at a time."""
    from turnout.ingest.files import bunches
    from turnout.ingest.mapped import mapped_bunches

    return mapped_bunches(file, mapping, now()) if mapping else bunches(file)


def _read_mapping(path: Path) -> "Mapping":
    from turnout.ingest.mapping import read_mapping

    try:
        return read_mapping(path.read_bytes())
    except OSError as error:
        raise TurnoutError(
            "FILE_UNREADABLE", f"{path} cannot be read: {error.strerror}.", "Name the mapping of the file, in TOML."
        ) from error
