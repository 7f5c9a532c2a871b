"""How happenings of the demo are written down: as the CloudEvents that the ordinary ingest takes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

# Ids are never used for anything else: whoever changes what happens must change this too.
SOURCE: Final = "demo-2.example"


class Happening(NamedTuple):
    """An activity: the instant, and the CloudEvent."""

    at: datetime
    activity: dict[str, Any]


@dataclass
class Telling:
    """Collects what happens, in any order."""

    told: list[Happening] = field(default_factory=list[Happening])

    def say(self, at: datetime, what: str, name: str, data: dict[str, Any]) -> None:
        """One activity; its id is made of the name, which must be unique, and of what it says."""
        self.told.append(Happening(at, _activity(at, what, f"{name}-{what.partition('.')[2]}", data)))

    def correct(self, at: datetime, what: str, name: str, data: dict[str, Any]) -> None:
        """The same said again with other data, in place of what `say` has said under the same name."""
        was = f"{name}-{what.partition('.')[2]}"
        self.told.append(Happening(at, _activity(at, what, f"{was}-corrected", data) | {"replaces": was}))

    def retract(self, at: datetime, what: str, name: str) -> None:
        """Takes back what `say` has said under the same name."""
        was = f"{name}-{what.partition('.')[2]}"
        self.told.append(Happening(at, _activity(at, "activity.retracted", f"{was}-retracted", {}) | {"replaces": was}))


def written(at: datetime) -> str:
    """An instant as the format wants it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _activity(at: datetime, what: str, name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": name,
        "source": SOURCE,
        "type": f"turnout.{what}",
        "time": written(at),
        "data": data,
    }
