"""Who is asking: the part of a company that every request needs."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Company:
    """A company as its credential found it; `generation` names the rollups that answer, in the days of its zone."""

    company_id: int
    slug: str
    name: str
    time_zone: str
    billing_anchor_day: int
    generation: int = 1

    @property
    def zone(self) -> ZoneInfo:
        """The zone that decides what a day of this company is."""
        return ZoneInfo(self.time_zone)
