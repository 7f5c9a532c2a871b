"""The loader of named SQL: files of statements, each introduced by a line `-- name: …`."""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import LiteralString, cast

_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def statements(package: str, file: str) -> dict[str, LiteralString]:
    """The statements of one SQL file, by name.

    Text before the first name is a comment on the file. The result is a LiteralString: it came with the program,
    never from a request, and values reach it as parameters alone.
    """
    text = files(package).joinpath(file).read_text(encoding="utf-8")
    parts = _NAME.split(text)
    names, bodies = parts[1::2], parts[2::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{package}/{file} names a statement twice")
    return {name: cast("LiteralString", body.strip()) for name, body in zip(names, bodies, strict=True)}


@lru_cache(1024)
def numbered(text: LiteralString) -> tuple[LiteralString, tuple[str, ...]]:
    """A statement with numbers in the place of its parameters' names, as Postgres wants it, and the names by number.

    The driver would find them out anew each time that a long statement is sent.
    """
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found[1]
        return f"${numbers.setdefault(name, len(numbers) + 1)}" if name else "%"

    return cast("LiteralString", _PLACEHOLDER.sub(number, text)), tuple(numbers)
