"""Times as people write them in commands: 90d, 12h, 30m, 45s, or 0."""

import re
from datetime import timedelta
from typing import Final

from turnout.database.errors import TurnoutError

_SHAPE: Final = re.compile(r"(\d{1,6})([dhms])")
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def parse_duration(text: str) -> timedelta:
    """The time that a text says. Raises TurnoutError INVALID_DURATION."""
    if text == "0":
        return timedelta(0)
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise TurnoutError("INVALID_DURATION", f"{text!r} is no time.", "Write it like 90d, 12h, 30m, 45s or 0.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
