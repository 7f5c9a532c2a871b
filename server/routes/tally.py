"""What became of the events of one request, over all its transactions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from turnout.ingest.intake import Receipt

# What is quarantined is kept; an answer that listed all of millions of broken lines would help nobody.
MOST_LISTED: Final = 10_000


@dataclass
class Tally:
    """`committed_lines` is counted for lines alone: where to go on after an answer that is not 200."""

    committed_lines: int | None = None
    accepted: int = 0
    known: int = 0
    quarantined: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    not_listed: int = 0

    def add(self, receipt: Receipt, positions: Sequence[int]) -> None:
        """Count one transaction; `positions` are the places of its events in the body."""
        self.accepted += receipt.accepted
        self.known += receipt.known
        room = MOST_LISTED - len(self.quarantined)
        self.not_listed += max(0, len(receipt.quarantined) - room)
        self.quarantined += [
            {"position": positions[item.position], "id": item.id, "code": item.code, "reason": item.reason}
            for item in receipt.quarantined[:room]
        ]

    @property
    def conflict(self) -> str | None:
        """Why the only event contradicts one that is known; None when it does not."""
        return next((item["reason"] for item in self.quarantined if item["code"] == "CONFLICT"), None)

    @property
    def content(self) -> dict[str, Any]:
        """The answer."""
        content: dict[str, Any] = {"accepted": self.accepted, "known": self.known, "quarantined": self.quarantined}
        if self.not_listed:
            content["quarantinedNotListed"] = self.not_listed
        if self.committed_lines is not None:
            content["committedLines"] = self.committed_lines
        return content
