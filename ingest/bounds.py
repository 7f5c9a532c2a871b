"""How much `POST /ingest` takes at once."""

from typing import Final

# Of one activity or one batch, and of one line.
LARGEST_BODY: Final = 1 << 20
LARGEST_LINES: Final = 64 << 20
# So many lines are stored in one transaction.
LINES_AT_ONCE: Final = 10_000
