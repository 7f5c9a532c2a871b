"""What the people of a demo company send each other outside of events: messages and files."""

from datetime import date, timedelta
from typing import Final

from turnout.server.demo.dice import Dice
from turnout.server.demo.history import History
from turnout.server.demo.telling import Telling

MEGABYTE: Final = 1_000_000
NAMES: Final = ("minutes.pdf", "plan.xlsx", "slides.pptx", "photos.zip", "drawing.dwg")
UNOWNED: Final = 0.05
REPLACED: Final = 0.15
DELETED: Final = 0.3
MISMEASURED: Final = 0.02


def tell_messages(history: History, day: date, telling: Telling) -> None:
    """The messenger's messages of a day."""
    dice, staff = Dice(f"{history.company.slug} messages {day}"), history.staff(day)
    for number in range(dice.about(dice.between(*history.company.messages) * history.busy(day))):
        said = {"place": "MESSENGER", "sender": dice.pick(staff)}
        telling.say(history.at(day, dice.between(8, 20)), "message.posted", f"message-{day:%Y%m%d}-{number}", said)


def tell_files(history: History, day: date, telling: Telling) -> None:
    """The files first uploaded on a day, and what becomes of them later."""
    dice, staff = Dice(f"{history.company.slug} files {day}"), history.staff(day)
    for number in range(dice.about(dice.between(*history.company.uploads) * history.busy(day))):
        _tell_file(history, day, f"file-{day:%Y%m%d}-{number}", staff, dice, telling)


def _tell_file(history: History, day: date, file: str, staff: list[str], dice: Dice, telling: Telling) -> None:
    at, size = history.at(day, dice.between(8, 18)), round(MEGABYTE * dice.between(0.2, 30) ** 2)
    owner = {} if dice.chance(UNOWNED) else {"owner": dice.pick(staff)}
    said = {"file": file, "bytes": size, "name": dice.pick(NAMES), **owner}
    telling.say(at, "file.uploaded", file, said)
    if dice.chance(MISMEASURED):
        telling.correct(at, "file.uploaded", file, said | {"bytes": size + 4096})
    if dice.chance(REPLACED):
        again = {"file": file, "bytes": round(size * dice.between(0.8, 1.4))}
        telling.say(at + timedelta(days=dice.between(0.2, 4)), "file.uploaded", f"{file}-again", again)
    if dice.chance(DELETED):
        telling.say(at + timedelta(days=dice.between(5, 40)), "file.deleted", file, {"file": file})
