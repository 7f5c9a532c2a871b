"""Rotation: a new credential takes the place of an old one, and for a while both work."""

from datetime import timedelta
from typing import Final

from turnout.database.errors import TurnoutError

OVERLAP: Final = timedelta(hours=24)
LONGEST_OVERLAP: Final = timedelta(days=7)


def overlap_of(hours: float) -> timedelta:
    """How long both work, for a number of hours. Raises TurnoutError INVALID_OVERLAP."""
    if not 0 <= hours <= LONGEST_OVERLAP / timedelta(hours=1):
        raise _invalid(f"{hours:g} hours")
    return timedelta(hours=hours)


def check_overlap(overlap: timedelta) -> None:
    """Raises TurnoutError INVALID_OVERLAP for less than none and more than a week."""
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise _invalid(str(overlap))


def _invalid(overlap: str) -> TurnoutError:
    return TurnoutError(
        "INVALID_OVERLAP",
        f"Two credentials cannot overlap by {overlap}.",
        f"Use none to {LONGEST_OVERLAP.days} days; {OVERLAP / timedelta(hours=1):g} hours are usual.",
    )
