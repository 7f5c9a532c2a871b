"""The rooms of a demo company: created when its history begins, one handed over to somebody else since."""

from typing import Final

from turnout.server.demo.dice import Dice
from turnout.server.demo.history import History
from turnout.server.demo.telling import Telling

HANDED_OVER: Final = 0.2
WITHOUT_OWNER: Final = 0.1


def room_key(name: str) -> str:
    """The id of the room of this name."""
    return name.lower().replace(" / ", "-").replace(" ", "-")


def tell_rooms(history: History, telling: Telling) -> None:
    """Every room, before anything happens in it."""
    staff = history.staff(history.first_day)
    for name in dict.fromkeys(name for habit in history.company.habits for name in habit.rooms):
        dice, room = Dice(f"{history.company.slug} room {name}"), room_key(name)
        owner, next_owner = dice.some(staff, 2)
        owned = {} if dice.chance(WITHOUT_OWNER) else {"owner": owner}
        telling.say(history.at(history.first_day, 6), "room.created", room, {"room": room, "name": name, **owned})
        if dice.chance(HANDED_OVER):
            later = history.at(history.first_day, dice.between(0.3, 0.8) * history.days_back * 24)
            telling.say(later, "room.created", f"{room}-again", {"room": room, "owner": next_owner})
