"""docs/operations.md: every setting, command, option and log line that there is, and no other."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup, TyperOption

from turnout.analytics.reading import PATIENCE
from turnout.analytics.refresher import Refresher
from turnout.server.cli import app
from turnout.server.process import GRACE_SECONDS
from turnout.server.settings import Settings
from turnout.tenants import desk, keys, passwords, sessions
from turnout.tenants.connection import Door

from .conftest import Stage
from .pages import FOLDERS, ROOT, fences, read, rows, sections

PAGE = read("docs/operations.md")
PART = sections(PAGE, 2)
SOURCE = "\n".join(path.read_text() for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
NUMBERS = {3: "three"}


def settings() -> Iterator[str]:
    """The environment variables that the code reads."""
    for name, field in Settings.model_fields.items():
        yield str(field.validation_alias or f"TURNOUT_{name}".upper())
    yield from re.findall(r'environ(?:\.get\(|\[)"(\w+)"', SOURCE)
    yield from re.findall(r'^SETTING = "(\w+)"', SOURCE, re.MULTILINE)


def commands(command: Any, path: str) -> Iterator[tuple[str, set[str]]]:
    """Every command that does something, with its options."""
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")
    else:
        options = [parameter for parameter in command.params if isinstance(parameter, TyperOption)]
        yield path, {name for option in options for name in option.opts if name.startswith("--")}


def test_every_setting_is_explained_and_no_other() -> None:
    explained = [cells[0].strip("`") for cells in rows(PART["Settings"])]

    assert sorted(explained) == sorted(set(settings()))


def test_every_command_is_listed_with_its_options() -> None:
    listed = {cells[0].strip("`"): set(re.findall(r"--[a-z-]+", cells[1])) for cells in rows(PART["Commands"])}

    assert listed == dict(commands(typer.main.get_command(app), "turnout"))


def test_every_event_of_the_log_is_explained_with_its_level() -> None:
    logged = re.findall(r'\b_log\.(info|warning|error|exception)\(\s*"(\w+)"', SOURCE)

    explained = {(cells[0], cells[1]) for cells in rows(PART["Logs"])}

    assert explained == {(event, level.replace("exception", "error")) for level, event in logged}


def test_the_zone_is_changed_as_shown(stage: Stage, key: str) -> None:
    [script] = fences(PART["Time zones and calendars"], "sh")

    stage.turnout(script)

    assert stage.ask("{ company { timeZone billingAnchorDay } }", key)["data"] == {
        "company": {"timeZone": "America/New_York", "billingAnchorDay": 15}
    }


def test_the_numbers_are_those_of_the_code() -> None:
    pools = [*defaults(Door, "readers", "writers"), *defaults(Refresher, "connections")]

    watchdog, desks = 1, 2 * desk.AT_ONCE
    assert f"at most {sum(pools) + watchdog + desks} connections" in PAGE
    assert f"within {GRACE_SECONDS} seconds" in PAGE
    assert f"up to {PATIENCE:.0f} seconds" in PAGE
    assert f"A session lasts {sessions.LIFETIME.seconds // 3600} hours, a key {keys.LIFETIME.days} days" in PAGE
    assert f"a company may have {NUMBERS[passwords.MOST_ACTIVE]}" in PAGE


def defaults(made: type, *names: str) -> list[int]:
    parameters = inspect.signature(made).parameters
    return [parameters[name].default for name in names]
