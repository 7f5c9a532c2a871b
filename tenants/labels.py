"""Labels that support staff give to credentials, to know them by."""

from typing import Final

from turnout.database.errors import TurnoutError

LONGEST: Final = 100


def check_label(label: str | None) -> None:
    """Raises TurnoutError INVALID_LABEL for what is too long or would disturb a terminal."""
    if label is not None and not (label.isprintable() and 0 < len(label) <= LONGEST):
        raise TurnoutError(
            "INVALID_LABEL", f"{label!r} cannot be a label.", f"Use 1 to {LONGEST} characters on one line."
        )
