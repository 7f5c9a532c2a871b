"""The events of a demo company: planned, moved, cancelled, held, and who came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from turnout.server.demo.company import Habit
from turnout.server.demo.dice import Dice
from turnout.server.demo.equipment import equipment
from turnout.server.demo.features import tell_features
from turnout.server.demo.history import History
from turnout.server.demo.recordings import tell_recording
from turnout.server.demo.rooms import room_key
from turnout.server.demo.telling import Telling, written

CANCELLED: Final = 0.04
MOVED: Final = 0.04
NOBODY_CAME: Final = 0.03
NEVER_CLOSED: Final = 0.02
OWNED_BY_ROOM: Final = 0.1
CAME_BACK: Final = 0.05
ASKED: Final = 0.04
POSTED: Final = 0.06
BUSY_HOURS: Final = (8.5, 9.5, 10, 10.5, 11, 13, 14, 14.5, 15, 16, 17)


def tell_events(history: History, day: date, telling: Telling) -> None:
    """All that belongs to the events that begin on a day; the planning of them lies days before."""
    for habit in history.company.habits:
        if habit.falls_on(day):
            dice = Dice(f"{history.company.slug} {habit.name} {day}")
            for number, hour in enumerate(_hours(history, habit, day, dice)):
                event = f"{habit.name}-{day:%Y%m%d}-{number}"
                _Gathering(history, habit, dice, telling, event, day, history.at(day, hour)).tell()


def _hours(history: History, habit: Habit, day: date, dice: Dice) -> Iterator[float]:
    """Local hours at which a habit is followed on a day; the quieter the day, the fewer."""
    busy = 1.0 if habit.always else history.busy(day)
    yield from (hour for hour in habit.hours if dice.chance(busy))
    for _ in range(dice.about(dice.between(*habit.times_a_day) * busy)):
        yield dice.pick(BUSY_HOURS) + dice.pick((0, 0.25, 0.5))


@dataclass
class _Gathering:
    """One event, from its planning to its end."""

    history: History
    habit: Habit
    dice: Dice
    telling: Telling
    event: str
    day: date
    start: datetime

    def tell(self) -> None:
        end = self.start + timedelta(minutes=self.dice.count(*self.habit.minutes))
        users = self.dice.some(self.history.staff(self.day), self.dice.count(*self.habit.people))
        described = self._description(users[0])
        if self.habit.planned:
            self._plan(described, end)
            if self.dice.chance(CANCELLED):
                return self._say(self.start - timedelta(hours=self.dice.between(1, 23)), "event.cancelled")
            if self.dice.chance(NOBODY_CAME):
                return None
        return self._hold(described, users, end)

    def _description(self, owner: str) -> dict[str, Any]:
        kind = {"kind": self.habit.kind} if self.habit.kind else {}
        if not self.habit.rooms:
            return {"template": self.habit.template, **kind, "owner": owner}
        room = self.dice.pick(self.habit.rooms)
        owned = {} if self.dice.chance(OWNED_BY_ROOM) else {"owner": owner}
        return {"template": self.habit.template, **kind, **owned, "room": room_key(room), "title": self.habit.title}

    def _plan(self, described: dict[str, Any], end: datetime) -> None:
        """Days before; some are moved to the right time later on."""
        planned = self.start - timedelta(days=self.dice.between(1.5, 20))
        times = {"startsAt": written(self.start), "endsAt": written(end)}
        if self.dice.chance(MOVED):
            first = {"startsAt": written(self.start - timedelta(hours=2)), "endsAt": written(end)}
            self._say(planned, "event.planned", described | first, "first")
            planned += timedelta(hours=self.dice.between(1, 30))
        self._say(planned, "event.planned", described | times)

    def _hold(self, described: dict[str, Any], users: list[str], end: datetime) -> None:
        captions = {"captionsEnabled": True} if self.habit.template == "LECTURE" else {}
        self._say(self.start, "event.started", described | captions)
        if self.habit.recorded:
            self._stay("recorder", self.start, end, {"service": "RECORDER", "name": "Recorder"})
            tell_recording(self.telling, self.dice, self.event, self.start, end)
        for number, user in enumerate(users):
            self._attend(number, user, end)
        tell_features(self.telling, self.habit, self.event, self.start, end)
        for number in range(self.habit.breakouts):
            self._break_out(number, users, end)
        if not self.dice.chance(NEVER_CLOSED):
            self._say(end + timedelta(minutes=5), "event.ended")

    def _attend(self, number: int, user: str, end: datetime) -> None:
        """Somebody comes, perhaps drops out and comes back, perhaps says or writes something, and goes."""
        connection = f"c-{number}"
        who = self._who(number, user)
        joined = self.start + timedelta(minutes=self.dice.between(0, 6))
        left = end + timedelta(minutes=self.dice.between(-4, 4))
        if self.dice.chance(CAME_BACK):
            dropped = joined + (left - joined) * self.dice.between(0.2, 0.7)
            self._stay(connection, joined, dropped, who, "connection lost")
            connection, joined = f"{connection}-again", dropped + timedelta(seconds=self.dice.between(20, 90))
        self._stay(connection, joined, left, who)
        if self.habit.rooms and self.dice.chance(POSTED):
            self._post(connection, user, joined + (left - joined) * self.dice.between(0.1, 0.5))
        if self.habit.template == "WEBINAR" and number > 1 and self.dice.chance(ASKED):
            self._ask(connection, joined + (left - joined) * self.dice.between(0.6, 0.8))

    def _who(self, number: int, user: str) -> dict[str, Any]:
        role = "MODERATOR" if number == 0 else "SPEAKER" if number == 1 else "PARTICIPANT"
        guest = number > 0 and self.dice.chance(self.habit.guests)
        invited = {"externalId": f"guest-{user}", "name": f"Guest {user[2:]}", "metadata": {"invitedBy": "link"}}
        return {"role": role, **(invited if guest else {"user": user}), **equipment(self.dice)}

    def _post(self, connection: str, user: str, at: datetime) -> None:
        webinar = self.habit.template in {"WEBINAR", "LECTURE"}
        place = self.dice.pick(("QUESTION", "ANSWER") if webinar else ("PUBLIC_CHAT", "PUBLIC_CHAT", "PRIVATE_CHAT"))
        self._say(at, "message.posted", {"place": place, "sender": user}, connection)

    def _ask(self, connection: str, at: datetime) -> None:
        """A listener becomes a speaker for three minutes."""
        for role, asked in (("SPEAKER", at), ("PARTICIPANT", at + timedelta(minutes=3))):
            self._say(asked, "stay.roleChanged", {"connection": connection, "role": role}, f"{connection}-{role}")

    def _break_out(self, number: int, users: list[str], end: datetime) -> None:
        """A part of the people meets apart for a while, in an event of its own below this one."""
        event = f"{self.event}-room-{number}"
        room = _Gathering(self.history, self.habit, self.dice, self.telling, event, self.day, self.start)
        opened, closed = self.start + timedelta(minutes=40), min(end, self.start + timedelta(minutes=75))
        room._say(opened, "event.started", {"parent": self.event})
        for place, user in enumerate(users[number :: self.habit.breakouts]):
            room._stay(f"c-{place}", opened, closed, {"user": user, "device": "DESKTOP", "client": "Web"})
        room._say(closed, "event.ended")

    def _stay(self, connection: str, joined: datetime, left: datetime, who: dict[str, Any], reason: str = "") -> None:
        self._say(joined, "stay.joined", {"connection": connection, **who}, connection)
        if not self.dice.chance(NEVER_CLOSED):
            why = {"reason": reason} if reason else {}
            self._say(left, "stay.left", {"connection": connection, **why}, connection)

    def _say(self, at: datetime, what: str, data: dict[str, Any] | None = None, name: str = "") -> None:
        named = f"{self.event}-{name}" if name else self.event
        self.telling.say(at, what, named, {"event": self.event, **(data or {})})
