"""What happens in a company of the demo on one local day: always the same for the same company and day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from turnout.server.demo.companies import DemoCompany, Habit
from turnout.server.demo.dice import Dice

# Ids are never used for anything else: whoever changes what happens must change this too.
SOURCE: Final = "demo-1.example"
CANCELLED: Final = 0.03
NOBODY_CAME: Final = 0.03
NEVER_CLOSED: Final = 0.02
CAME_BACK: Final = 0.06
ASKED: Final = 0.04
BUSY_HOURS: Final = (8.5, 9.5, 10, 10.5, 11, 13, 14, 14.5, 15, 16, 17)
EQUIPMENT: Final = (
    *[{"device": "DESKTOP", "client": "Web"}] * 5,
    *[{"device": "DESKTOP", "client": "Windows app"}] * 4,
    *[{"device": "MOBILE", "client": "Android app"}] * 2,
    {"device": "MOBILE", "client": "iOS app"},
    {"device": "TABLET", "client": "Web"},
    {"device": "PHONE"},
    {"device": "ROOM_SYSTEM", "client": "SIP"},
)


@dataclass(frozen=True, slots=True)
class Happening:
    """An activity: the instant, and the CloudEvent."""

    at: datetime
    activity: dict[str, Any]


def happenings(company: DemoCompany, day: date) -> list[Happening]:
    """All that belongs to the events that begin on a day; the planning of them lies days before."""
    told: list[Happening] = []
    for habit in company.habits:
        if day.weekday() in habit.weekdays:
            dice = Dice(f"{company.slug} {habit.name} {day}")
            for number, hour in enumerate(_hours(habit, dice)):
                start = datetime.combine(day, datetime.min.time(), ZoneInfo(company.time_zone)).astimezone(UTC)
                event = f"{habit.name}-{day}-{number}"
                told += _Gathering(company, habit, dice, event, start + timedelta(hours=hour)).tell()
    return told


def _hours(habit: Habit, dice: Dice) -> list[float]:
    """Hours after midnight at which a habit is followed."""
    drawn = range(dice.count(*habit.times_a_day))
    return [*habit.hours, *(dice.pick(BUSY_HOURS) + dice.pick((0, 0.25, 0.5)) for _ in drawn)]


@dataclass
class _Gathering:
    """One event, from its planning to its end."""

    company: DemoCompany
    habit: Habit
    dice: Dice
    event: str
    start: datetime
    told: list[Happening] = field(default_factory=list[Happening])

    def tell(self) -> list[Happening]:
        minutes = self.dice.count(*self.habit.minutes)
        end = self.start + timedelta(minutes=minutes)
        users = self.dice.some(self.company.users, self.dice.count(*self.habit.people))
        described = self._description(users[0])
        if self.habit.planned:
            self._plan(described, end)
            if self.dice.chance(CANCELLED):
                self._say(self.start - timedelta(hours=2), "event.cancelled", "cancelled", {})
                return self.told
            if self.dice.chance(NOBODY_CAME):
                return self.told
        self._hold(described, users, end)
        return self.told

    def _description(self, owner: str) -> dict[str, Any]:
        room = {"room": f"{self.habit.name}-{owner}", "title": self.habit.title} if self.habit.title else {}
        return {"template": self.habit.template, "owner": owner, **room}

    def _plan(self, described: dict[str, Any], end: datetime) -> None:
        planned = self.start - timedelta(days=self.dice.between(1, 14))
        self._say(
            planned, "event.planned", "planned", described | {"startsAt": _written(self.start), "endsAt": _written(end)}
        )

    def _hold(self, described: dict[str, Any], users: list[str], end: datetime) -> None:
        self._say(self.start, "event.started", "started", described)
        if self.habit.recorded:
            self._stay("recorder", self.start, end, {"service": "RECORDER", "name": "Recorder"})
        for number, user in enumerate(users):
            self._attend(number, user, end)
        for number in range(self.habit.breakouts):
            self._break_out(number, users, end)
        if not self.dice.chance(NEVER_CLOSED):
            self._say(end + timedelta(minutes=5), "event.ended", "ended", {})

    def _attend(self, number: int, user: str, end: datetime) -> None:
        """Somebody comes, perhaps drops out and comes back, perhaps asks a question, and goes."""
        connection = f"c-{number}"
        who = self._who(number, user)
        joined = self.start + timedelta(minutes=self.dice.between(0, 6))
        left = end + timedelta(minutes=self.dice.between(-4, 4))
        if self.dice.chance(CAME_BACK):
            dropped = joined + (left - joined) * self.dice.between(0.2, 0.7)
            self._stay(connection, joined, dropped, who)
            connection, joined = f"{connection}-again", dropped + timedelta(seconds=self.dice.between(20, 90))
        self._stay(connection, joined, left, who)
        if self.habit.template == "WEBINAR" and number > 1 and self.dice.chance(ASKED):
            asked = joined + (left - joined) * self.dice.between(0.6, 0.8)
            self._change_role(connection, asked, "SPEAKER")
            self._change_role(connection, asked + timedelta(minutes=3), "PARTICIPANT")

    def _who(self, number: int, user: str) -> dict[str, Any]:
        role = "MODERATOR" if number == 0 else "SPEAKER" if number == 1 else "PARTICIPANT"
        guest = number > 0 and self.dice.chance(self.habit.guests)
        person = {"externalId": f"guest-{user}", "name": f"Guest {user[2:]}"} if guest else {"user": user}
        return {"role": role, **person, **self.dice.pick(EQUIPMENT)}

    def _break_out(self, number: int, users: list[str], end: datetime) -> None:
        """A part of the people meets apart for a while, in an event of its own below this one."""
        room = _Gathering(self.company, self.habit, self.dice, f"{self.event}-room-{number}", self.start, self.told)
        opened, closed = self.start + timedelta(minutes=40), min(end, self.start + timedelta(minutes=75))
        room._say(opened, "event.started", "started", {"parent": self.event})
        for place, user in enumerate(users[number :: self.habit.breakouts]):
            room._stay(f"c-{place}", opened, closed, {"user": user, "device": "DESKTOP", "client": "Web"})
        room._say(closed, "event.ended", "ended", {})

    def _stay(self, connection: str, joined: datetime, left: datetime, who: dict[str, Any]) -> None:
        self._say(joined, "stay.joined", f"{connection}-joined", {"connection": connection, **who})
        if not self.dice.chance(NEVER_CLOSED):
            self._say(left, "stay.left", f"{connection}-left", {"connection": connection})

    def _change_role(self, connection: str, at: datetime, role: str) -> None:
        self._say(at, "stay.roleChanged", f"{connection}-{role.lower()}", {"connection": connection, "role": role})

    def _say(self, at: datetime, what: str, name: str, data: dict[str, Any]) -> None:
        activity = {
            "specversion": "1.0",
            "id": f"{self.event}-{name}",
            "source": SOURCE,
            "type": f"turnout.{what}",
            "time": _written(at),
            "data": {"event": self.event, **data},
        }
        self.told.append(Happening(at, activity))


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def world(company: DemoCompany, now: datetime, *, days_back: int, days_ahead: int) -> Iterator[Happening]:
    """All that has happened in a company by now, in the order of time, of the events that begin on these days."""
    today = now.astimezone(ZoneInfo(company.time_zone)).date()
    days = (today + timedelta(days=offset) for offset in range(-days_back, days_ahead + 1))
    told = (happening for day in days for happening in happenings(company, day))
    return iter(sorted((happening for happening in told if happening.at <= now), key=lambda happening: happening.at))
