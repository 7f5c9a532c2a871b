"""Templates such as `row-{row}`: texts in which the name of a column in braces stands for its value in a row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ROW: Final = "row"
OCCURRENCE: Final = "occurrence"
NUMBERS: Final = frozenset({ROW, OCCURRENCE})
_TOKEN: Final = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]|[^{}]+")


@dataclass(frozen=True, slots=True)
class Template:
    """Pieces to be put together: each a text, or the name of a column where the second is true."""

    pieces: tuple[tuple[str, bool], ...]

    @property
    def names(self) -> set[str]:
        """The columns and numbers that it needs."""
        return {piece for piece, is_name in self.pieces if is_name}

    def fill(self, row: Mapping[str, str]) -> str:
        """The text for a row."""
        return "".join([row[piece] if is_name else piece for piece, is_name in self.pieces])

    def fill_whole(self, row: Mapping[str, str]) -> str | None:
        """The text for a row; None when a column that it needs is empty, since half of an id is another's id."""
        values = [row[piece] if is_name else piece for piece, is_name in self.pieces]
        return "".join(values) if all(values) else None


def parse_template(text: str) -> Template:
    """Read a template; `{{` and `}}` stand for the braces themselves. Raises ValueError with what is expected."""
    pieces: list[tuple[str, bool]] = []
    for token in _TOKEN.finditer(text):
        if token[1]:
            pieces.append((token[1], True))
        elif token[0] in {"{", "}"}:
            raise ValueError("expected the name of a column between braces, or {{ and }} for braces themselves")
        else:
            pieces.append((token[0][:1] if token[0] in {"{{", "}}"} else token[0], False))
    return Template(tuple(pieces))
