"""What is asked: a dashboard, and a list of 5,000 rows; each in the words of Turnout and of PostGraphile."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

DAYS_OF_THE_DASHBOARD: Final = 30
DAYS_OF_THE_LIST: Final = 1250  # four sections each

_PEAK = "{ value at limit }"
_DAY = """
  day section connections connectionsAt connectionsLimit speakers speakersAt speakersLimit listeners listenersAt
  events eventsAt eventsLimit eventsHeld participationMinutes uniqueParticipants
"""
_USER = "userId name maxSpeakers maxListeners maxParallelEvents eventsCreated eventsHeld eventsPlanned diskBytes"

DASHBOARD: Final = f"""
query Dashboard($period: PeriodInput!) {{
  periodSummary(period: $period) {{
    sections {{
      section
      peakConnections {_PEAK} peakSpeakers {_PEAK} peakListeners {_PEAK} peakEvents {_PEAK}
      meanDailyPeakConnections meanDailyPeakSpeakers meanDailyPeakEvents
      eventsHeld participationMinutes uniqueParticipants
    }}
    eventsByTemplate {{ kind template eventsHeld }}
    personalCalls groupCalls eventsCreated eventsNotHeld messages uploadedBytes newUsers
  }}
  dailyPeaks(period: $period, sections: [TOTAL, MEETING, WEBINAR, CALL]) {{ {_DAY} }}
  userStats(period: $period, first: 20) {{ totalCount nodes {{ {_USER} }} }}
}}
"""
LIST: Final = f"""
query List($period: PeriodInput!) {{
  dailyPeaks(period: $period, sections: [TOTAL, MEETING, WEBINAR, CALL]) {{ {_DAY} }}
}}
"""

_DAY_THERE = _DAY.replace("participationMinutes", "participationUs")
DASHBOARD_THERE: Final = f"""
query Dashboard($firstDay: Date!, $lastDay: Date!) {{
  summarySectionsList(firstDay: $firstDay, lastDay: $lastDay) {{
    section
    connections connectionsAt connectionsLimit speakers speakersAt speakersLimit
    listeners listenersAt listenersLimit events eventsAt eventsLimit
    sumConnections sumSpeakers sumEvents eventsHeld participationUs uniqueParticipants
  }}
  summaryTemplatesList(firstDay: $firstDay, lastDay: $lastDay) {{ kind template eventsHeld personalCalls groupCalls }}
  summaryCountsList(firstDay: $firstDay, lastDay: $lastDay) {{
    eventsCreated eventsNotHeld messages uploadedBytes newUsers
  }}
  dailyPeaksList(firstDay: $firstDay, lastDay: $lastDay) {{ {_DAY_THERE} }}
  userStatsList(firstDay: $firstDay, lastDay: $lastDay) {{ total {_USER} }}
}}
"""
LIST_THERE: Final = f"""
query List($firstDay: Date!, $lastDay: Date!) {{
  dailyPeaksList(firstDay: $firstDay, lastDay: $lastDay) {{ {_DAY_THERE} }}
}}
"""


@dataclass(frozen=True)
class Question:
    """A question about the days up to one, as each server wants to be asked: so many times in a round.

    A crowded one is also asked by many at once.
    """

    name: str
    path: str
    days: int
    at_a_time: int
    crowded: bool
    here: str
    there: str

    def span(self, last: date) -> tuple[date, date]:
        """Its first and last day."""
        return last - timedelta(days=self.days - 1), last

    def turnout(self, last: date) -> dict[str, Any]:
        """As Turnout's schema has it."""
        first, last = self.span(last)
        return {"query": self.here, "variables": {"period": {"dates": {"from": f"{first}", "to": f"{last}"}}}}

    def postgraphile(self, last: date) -> dict[str, Any]:
        """As PostGraphile makes a schema of `functions.sql`."""
        first, last = self.span(last)
        return {"query": self.there, "variables": {"firstDay": f"{first}", "lastDay": f"{last}"}}

    def by_hand(self, last: date) -> dict[str, Any]:
        """As the endpoint of its own in `by_hand.py` takes it."""
        first, last = self.span(last)
        return {"from": f"{first}", "to": f"{last}"}


QUESTIONS: Final = (
    Question("dashboard", "/dashboard", DAYS_OF_THE_DASHBOARD, 10, True, DASHBOARD, DASHBOARD_THERE),
    Question("5,000 rows", "/peaks", DAYS_OF_THE_LIST, 3, False, LIST, LIST_THERE),
)
