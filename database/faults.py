"""What a log may say of an error: which it is and where it happened, and no value, which may be somebody's name."""

import traceback
from collections.abc import Iterator
from typing import Final, cast

import psycopg

from turnout.database.errors import TurnoutError

# Classes of SQLSTATE whose messages are about connections, statements and the server. Those of the others may quote
# what is stored or was sent, as details do of all.
_SPOKEN: Final = frozenset({"08", "0A", "21", "23", "25", "28", "40", "42", "53", "54", "55", "57", "58", "XX"})
# Errors of the program's own text: they name what is in it.
_OF_THE_PROGRAM: Final = (AttributeError, ImportError, NameError, TypeError)


def describe(error: BaseException) -> str:
    """The kind of an error, and its message if that can have no value in it."""
    kind = type(error)
    said = _said(error)
    return f"{kind.__module__}.{kind.__qualname__}" + (f": {said}" if said else "")


def trace(error: BaseException) -> str:
    """The same with the frames it came through, after those of whatever led to it."""
    return "\n".join(_lines(error, set()))


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    if id(error) in seen:
        return
    seen.add(id(error))
    traced, kind = error.__traceback__, describe(error)
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before:
        yield from _lines(before, seen)
    if isinstance(error, BaseExceptionGroup):
        for one in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from _lines(one, seen)
    yield from (line.rstrip() for line in traceback.format_tb(traced))
    yield kind


def _said(error: BaseException) -> str:
    match error:
        case TurnoutError():
            return error.code
        case psycopg.Error():
            return _said_by_database(error)
        case OSError():
            return error.strerror or ""
        case _:
            return str(error) if isinstance(error, _OF_THE_PROGRAM) else ""


def _said_by_database(error: psycopg.Error) -> str:
    if error.sqlstate is None:  # there was no answer, but for what the driver itself refuses to send
        return str(error).strip() if isinstance(error, psycopg.OperationalError) else ""
    diagnosis = error.diag
    message = diagnosis.message_primary if error.sqlstate[:2] in _SPOKEN else None
    places = (diagnosis.table_name, diagnosis.column_name, diagnosis.constraint_name)
    return " ".join(filter(None, (error.sqlstate, message, *places)))
