"""The demo's companies: where they are, what they bought, who works there, and what they do on which days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from turnout.tenants.limits import Limit, LimitMetric, Section

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
WORKDAYS: Final = range(5)
EVERY_DAY: Final = range(7)
# The limit of one company grew this many days before the demo was first loaded.
GREW_BEFORE: Final = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Habit:
    """What a company does again and again: at fixed local hours, or so many times in the course of a day."""

    name: str
    title: str
    template: str
    weekdays: Sequence[int] = WORKDAYS
    hours: Sequence[float] = ()
    times_a_day: tuple[int, int] = (0, 0)
    minutes: tuple[int, int]
    people: tuple[int, int]
    guests: float = 0.0
    planned: bool = True
    recorded: bool = False
    breakouts: int = 0


@dataclass(frozen=True)
class DemoCompany:
    """An invented company."""

    slug: str
    name: str
    time_zone: str
    billing_anchor_day: int
    staff: int
    habits: Sequence[Habit]

    @cached_property
    def users(self) -> Sequence[str]:
        """The people with an account."""
        return [f"u-{number:03}" for number in range(1, self.staff + 1)]


COMPANIES: Final = (
    DemoCompany(
        "aldermoor",
        "Aldermoor Group",
        "Europe/Berlin",
        15,
        140,
        (
            Habit(
                name="standup",
                title="Stand-up",
                template="MEETING",
                hours=(9, 9.25, 9.5),
                minutes=(12, 25),
                people=(3, 6),
            ),
            Habit(
                name="regions",
                title="Call of the regions",
                template="SELECTOR",
                weekdays=(MONDAY,),
                hours=(8,),
                minutes=(50, 70),
                people=(16, 22),
                recorded=True,
            ),
            Habit(
                name="project",
                title="Project",
                template="MEETING",
                times_a_day=(4, 8),
                minutes=(20, 75),
                people=(3, 6),
            ),
            Habit(
                name="workshop",
                title="Workshop",
                template="MEETING",
                weekdays=(WEDNESDAY,),
                hours=(13.5,),
                minutes=(110, 150),
                people=(8, 12),
                breakouts=2,
            ),
            Habit(
                name="town-hall",
                title="Town hall",
                template="WEBINAR",
                weekdays=(THURSDAY,),
                hours=(16,),
                minutes=(55, 65),
                people=(92, 97),
                recorded=True,
            ),
            Habit(
                name="call",
                title="",
                template="PERSONAL_CALL",
                times_a_day=(5, 9),
                minutes=(2, 25),
                people=(2, 2),
                planned=False,
            ),
        ),
    ),
    DemoCompany(
        "nova-lyceum",
        "Nova Lyceum",
        "Asia/Kolkata",
        1,
        110,
        (
            Habit(
                name="lecture",
                title="Lecture",
                template="LECTURE",
                hours=(9, 9.5, 14),
                minutes=(75, 90),
                people=(10, 20),
                recorded=True,
            ),
            Habit(
                name="seminar",
                title="Seminar",
                template="MEETING",
                times_a_day=(2, 4),
                minutes=(40, 60),
                people=(4, 8),
            ),
            Habit(
                name="open-evening",
                title="Open evening",
                template="WEBINAR",
                weekdays=(TUESDAY, FRIDAY),
                hours=(18.5,),
                minutes=(60, 80),
                people=(36, 56),
                guests=0.6,
            ),
            Habit(
                name="study-group",
                title="",
                template="GROUP_CALL",
                weekdays=EVERY_DAY,
                times_a_day=(1, 3),
                minutes=(15, 80),
                people=(3, 5),
                planned=False,
            ),
        ),
    ),
    DemoCompany(
        "cobalt",
        "Cobalt Freight",
        "America/Chicago",
        31,
        40,
        (
            Habit(
                name="dispatch",
                title="Dispatch bridge",
                template="MEETING",
                weekdays=EVERY_DAY,
                hours=(0, 6, 12, 18),
                minutes=(365, 380),
                people=(2, 3),
            ),
            Habit(
                name="briefing",
                title="Drivers' briefing",
                template="MEETING",
                hours=(5.5,),
                minutes=(10, 20),
                people=(5, 9),
                guests=0.3,
            ),
            Habit(
                name="customer",
                title="Customer",
                template="MEETING",
                times_a_day=(1, 4),
                minutes=(15, 50),
                people=(2, 4),
                guests=0.4,
            ),
        ),
    ),
)


def limits(slug: str, today: date) -> list[Limit]:
    """What a company of the demo bought, when it is first loaded on this day."""
    grew = today - GREW_BEFORE
    connections = LimitMetric.CONNECTIONS
    return {
        "aldermoor": [  # the town hall comes near it
            Limit(connections, Section.WEBINAR, 100),
            Limit(LimitMetric.LISTENERS, Section.WEBINAR, 100),
            Limit(connections, Section.TOTAL, 150),
        ],
        "nova-lyceum": [  # open evenings go beyond it
            Limit(connections, Section.WEBINAR, 40),
            Limit(LimitMetric.PARTICIPATION_MINUTES, Section.TOTAL, 100_000),
        ],
        "cobalt": [
            Limit(connections, Section.TOTAL, 12, valid_to=grew - timedelta(days=1)),
            Limit(connections, Section.TOTAL, 20, valid_from=grew),
        ],
    }[slug]
