"""Segments: which stays and events belong to a part of the company."""

from collections.abc import Sequence
from dataclasses import dataclass

from .events import Event
from .stays import Stay


@dataclass(frozen=True, slots=True)
class Part:
    """All that is given must hold; `metadata` is a key and its text."""

    room_prefix: str | None = None
    external_id: str | None = None
    metadata: tuple[str, str] | None = None

    def has_stay(self, stay: Stay, top: Event) -> bool:
        if self.external_id is not None and stay.external != self.external_id:
            return False
        if self.metadata is not None and self.metadata not in stay.metadata.items():
            return False
        return self.has_room(top)

    def has_room(self, top: Event) -> bool:
        return self.room_prefix is None or (top.room_label or "").startswith(self.room_prefix)

    def has_event(self, top: Event, stays: Sequence[object]) -> bool:
        """By its room; where people are meant, by whether one of its own stays is theirs."""
        names_people = self.external_id is not None or self.metadata is not None
        return self.has_room(top) and (bool(stays) or not names_people)
