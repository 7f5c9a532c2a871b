"""The rows of a CSV file, one after the other; those that cannot be read come with the reason."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TextIO

# A row that takes more characters is none: a quote that is never closed would swallow the file.
LONGEST: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where it begins, from 1; `raw` is what stands there; `problem` says why `cells` could not be read."""

    line: int
    raw: str
    cells: list[str]
    problem: str | None = None


def read_rows(file: TextIO, delimiter: str) -> Iterator[Row]:
    """Every row, the header too; blank lines are left out. The file is open with `newline=""`."""
    lines = _Lines(file)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, "".join(lines.taken), [], str(error))
            continue
        if cells:
            yield Row(line, "".join(lines.taken), cells)


class _Lines:
    """The lines of a file as csv wants them; `taken` are those of the present row."""

    def __init__(self, file: TextIO) -> None:
        self.taken: list[str] = []
        self._size = 0
        self._number = 0
        self._file = file

    def begin_row(self) -> int:
        """Forget the lines taken so far; returns the number of the next one."""
        self.taken.clear()
        self._size = 0
        return self._number + 1

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = rest = self._file.readline(LONGEST + 1)
        if not line:
            raise StopIteration
        while not rest.endswith(("\n", "\r")) and (rest := self._file.readline(LONGEST)):
            pass
        self._number += 1
        self.taken.append(line)
        self._size += len(line)
        if self._size > LONGEST:
            raise csv.Error(f"a row has more than {LONGEST} characters")
        return line
