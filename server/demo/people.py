"""The users of a demo company: registered, moved to another department, removed, and signing in."""

from datetime import date, timedelta
from typing import Final

from turnout.server.demo.dice import Dice
from turnout.server.demo.equipment import signed_in_with
from turnout.server.demo.history import Employee, History
from turnout.server.demo.telling import Telling

FIRST: Final = (
    "Ada",
    "Bram",
    "Chiara",
    "Dev",
    "Elif",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kavya",
    "Lena",
    "Mateo",
)
LAST: Final = ("Adler", "Bose", "Castell", "Dunne", "Ekholm", "Ferrer", "Gupta", "Hartmann", "Iyer", "Jansen", "Keller")
MOVED: Final = 0.1
SHY: Final = 0.15
MISTAKEN: Final = 0.01


def tell_users(history: History, telling: Telling) -> None:
    """Everybody's registration, and what becomes of it."""
    for number, employee in enumerate(history.employees):
        _tell_user(history, employee, number, telling)


def _tell_user(history: History, employee: Employee, number: int, telling: Telling) -> None:
    dice, user = Dice(f"{history.company.slug} user {employee.user}"), employee.user
    name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
    email = {} if dice.chance(SHY) else {"email": f"{name.lower().replace(' ', '.')}@{history.company.slug}.example"}
    about = {"user": user, "name": name, "department": dice.pick(history.company.departments), **email}
    telling.say(history.at(employee.hired, dice.between(1, 5)), "user.registered", user, about)
    if dice.chance(MOVED):
        moved = employee.hired + timedelta(days=dice.count(10, 200))
        if employee.left is None or moved < employee.left:
            other = {"user": user, "department": dice.pick(history.company.departments)}
            telling.say(history.at(moved, 9), "user.registered", f"{user}-moved", other)
    if employee.left:
        telling.say(history.at(employee.left, 0.5), "user.removed", user, {"user": user})


def tell_sign_ins(history: History, day: date, telling: Telling) -> None:
    """Who signed in on a day, and with what; the odd one is taken back by the platform."""
    dice, staff = Dice(f"{history.company.slug} sign-ins {day}"), history.staff(day)
    for number in range(dice.about(dice.between(*history.company.sign_ins) * history.busy(day))):
        at, name = history.at(day, dice.between(7, 19)), f"sign-in-{day:%Y%m%d}-{number}"
        telling.say(at, "user.signedIn", name, {"user": dice.pick(staff), **signed_in_with(dice)})
        if dice.chance(MISTAKEN):
            telling.retract(at + timedelta(minutes=1), "user.signedIn", name)
