"""What a platform says of a stay in words of its own, on joining."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MetadataEntry:
    """One key of it; `place` is that key of that connection, of which is made what stands for the value."""

    place: str
    key: str
    value: str


def entries_of(connection: str, metadata: Mapping[str, str] | None) -> list[MetadataEntry]:
    """What was said of a stay on this connection, by key."""
    return [MetadataEntry(f"{connection}/{key}", key, value) for key, value in sorted((metadata or {}).items())]
