"""The quality of single stays: what the samples of each say."""

from dataclasses import dataclass
from typing import Final

from turnout.analytics.reading import Question, Reading
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "stay_quality.sql")


@dataclass(frozen=True, slots=True)
class StayQuality:
    """The samples of one stay. Losses are shares of packets, bitrates bits a second; None where no sample says one."""

    samples: int
    worst_packet_loss: float | None
    mean_bitrate: float | None
    cpu_trouble: bool
    bandwidth_trouble: bool
    in_trouble: bool


async def qualities(reading: Reading, stays: list[str]) -> list[StayQuality | None]:
    """The quality of each of these stays, by their ids as participants have them; None for one without a sample."""
    named = [stay.split(".") for stay in stays]
    asked = {"connections": [int(connection) for connection, _ in named], "ordinals": [int(part) for _, part in named]}
    found = dict(await reading.ask(Question(_SQL["stay_qualities"], _quality, asked)))
    return [found.get(stay) for stay in stays]


def _quality(
    stay: str, samples: int, loss: float | None, bitrate: float | None, cpu: bool, bandwidth: bool, trouble: bool
) -> tuple[str, StayQuality]:
    return stay, StayQuality(samples, loss, bitrate, cpu, bandwidth, trouble)
