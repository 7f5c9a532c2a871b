"""Files of activities, one a line, of any size: read in bunches that are stored one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from turnout.ingest.activities import LARGEST, Quarantined

LINES_AT_ONCE: Final = 10_000
BYTES_AT_ONCE: Final = 16 << 20


@dataclass(slots=True)
class Bunch:
    """Lines stored in one transaction; `numbers` are their places in the file from 1, `end` is the byte behind them.

    What was no activity from the start stands among them as Quarantined.
    """

    lines: list[bytes | Quarantined] = field(default_factory=list[bytes | Quarantined])
    numbers: list[int] = field(default_factory=list[int])
    end: int = 0


def bunches(file: BinaryIO) -> Iterator[Bunch]:
    """The lines of a file, blank ones left out; memory is bounded whatever the file holds.

    A line longer than an activity may be comes cut just beyond that length, so that it is quarantined as TOO_LARGE.
    """
    bunch, size, end = Bunch(), 0, 0
    for number, (line, length) in enumerate(_lines(file), start=1):
        end += length
        if stripped := line.strip():
            bunch.lines.append(stripped)
            bunch.numbers.append(number)
            size += len(stripped)
        if len(bunch.lines) == LINES_AT_ONCE or size >= BYTES_AT_ONCE:
            bunch.end = end
            yield bunch
            bunch, size = Bunch(), 0
    if bunch.lines:
        bunch.end = end
        yield bunch


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Each line, cut where it grows too long, with its whole length."""
    while line := file.readline(LARGEST + 1):
        length = len(line)
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(LARGEST)):
            length += len(rest)
        yield line, length
