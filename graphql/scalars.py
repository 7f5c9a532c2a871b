"""The scalars of the API: how days, instants and large whole numbers are written and read."""

import re
from datetime import UTC, date, datetime
from typing import Any, Final, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)

# Every client that reads JSON numbers as doubles still tells neighbouring whole numbers apart up to here.
LARGEST: Final = 2**53

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def write_instant(at: datetime) -> str:
    """RFC 3339 in UTC with Z; a fraction only when it is not zero."""
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def read_instant(value: Any) -> datetime:  # noqa: ANN401 -- whatever the client sent
    """The instant that a text of RFC 3339 names, in UTC. Raises ValueError, also for one without an offset."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("DateTime must be written like 2026-01-31T09:30:00Z, with an offset or Z.")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("DateTime must be an instant that exists, from the year 1 to 9999.") from None


def read_day(value: Any) -> date:  # noqa: ANN401 -- whatever the client sent
    """The day that a text such as 2026-01-31 names. Raises ValueError."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("Date must be written like 2026-01-31.")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("Date must be a day that exists in the calendar.") from None


def read_large(value: object) -> int:
    """The whole number itself. Raises ValueError for anything else and beyond ±2^53."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST:
        raise ValueError("BigInt must be a whole number between -2^53 and 2^53.")
    return value


def write_large(value: int) -> int:
    """The whole number itself, however large: a sum that a double would round is better than no answer."""
    return value


SCALARS: Final[dict[object, ScalarDefinition]] = {
    date: strawberry.scalar(
        name="Date",
        description=(
            "A day of the company's own calendar, written as 2026-01-31. It begins and ends at the company's local "
            "midnight."
        ),
        serialize=date.isoformat,
        parse_value=read_day,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description=(
            "An instant, written as RFC 3339 says: 2026-01-31T09:30:00Z. Answers are always in UTC with Z, and have a "
            "fraction of up to microseconds only when it is not zero. Arguments may have any offset, but must have one."
        ),
        serialize=write_instant,
        parse_value=read_instant,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description=(
            "A whole number that may be too large for Int, written as a JSON number. Sums of bytes may in theory leave "
            "-2^53 to 2^53: they are still written exactly, but who reads numbers as doubles rounds them."
        ),
        serialize=write_large,
        parse_value=read_large,
    ),
}
