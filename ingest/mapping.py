"""A mapping says in TOML what the rows of a CSV file are; docs/files.md describes it key by key."""

import re
from collections.abc import Iterator
from typing import Annotated, Final, NoReturn

import msgspec
from msgspec import Meta, Struct

from turnout.database.calendar import find_zone
from turnout.database.errors import TurnoutError
from turnout.ingest.templates import NUMBERS, Template, parse_template
from turnout.ingest.vocabulary import TYPES, Retracted

# What says nothing itself cannot be the meaning of a row.
MAPPED_TYPES: Final = {name: said for name, said in TYPES.items() if said is not Retracted}
Text = Annotated[str, Meta(min_length=1)]


class DateAndTime(Struct, forbid_unknown_fields=True):
    """The columns of a local date and of a local time."""

    date: Text
    time: Text


class TypeColumn(Struct, forbid_unknown_fields=True):
    """The column that tells the type, and the type for each of its values."""

    column: Text
    values: Annotated[dict[str, str], Meta(min_length=1)]


class MappedActivity(Struct, forbid_unknown_fields=True):
    """One activity of a row. `at` names a column with an instant, or two; an optional one may lack it."""

    type: str | TypeColumn
    id: Text
    at: Text | DateAndTime
    data: dict[str, Text | dict[str, Text]]
    optional: bool = False

    @property
    def types(self) -> list[str]:
        """Every type that it may have."""
        return list(self.type.values.values()) if isinstance(self.type, TypeColumn) else [self.type]

    @property
    def time_columns(self) -> list[str]:
        """The columns that say when."""
        return [self.at.date, self.at.time] if isinstance(self.at, DateAndTime) else [self.at]


class MappedEnd(Struct, forbid_unknown_fields=True):
    """The end of an event, told at the last row of each date."""

    id: Text
    event: Text


class Mapping(Struct, forbid_unknown_fields=True):
    """What the rows of a file say. Times without an offset are local to `zone`."""

    source: Text
    zone: str
    activities: Annotated[list[MappedActivity], Meta(min_length=1)]
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"
    end: MappedEnd | None = None


def read_mapping(text: bytes) -> Mapping:
    """Read a mapping and check what can be checked without the file. Raises TurnoutError INVALID_MAPPING."""
    try:
        mapping = msgspec.toml.decode(text, type=Mapping)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        refuse(path.lstrip(".").rstrip("`"), reason)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        refuse("", f"not TOML in UTF-8: {error}")
    _check_reading(mapping)
    for key, activity in _activities(mapping):
        _check_types(key, activity)
        _check_members(key, activity)
    for key, template in templates(mapping):
        if key.startswith("end.") and (numbers := sorted(template.names & NUMBERS)):
            refuse(key, f"{{{numbers[0]}}} is different in every row, and an end is told once")
    return mapping


def check_columns(mapping: Mapping, header: list[str]) -> None:
    """Compare a mapping with the columns of a file. Raises TurnoutError INVALID_MAPPING."""
    for key, name in _named_columns(mapping):
        if name in NUMBERS and name in header:
            refuse(key, f"{{{name}}} is a number given here and also a column of the file; rename the column")
        if name not in NUMBERS and header.count(name) != 1:
            count = "two columns" if name in header else "no column"
            refuse(key, f"the file has {count} {name!r}; it has {', '.join(header)}")


def templates(mapping: Mapping) -> Iterator[tuple[str, Template]]:
    """Every template with its key."""
    yield "source", template("source", mapping.source)
    for key, activity in _activities(mapping):
        yield f"{key}.id", template(f"{key}.id", activity.id)
        for member, value in activity.data.items():
            inner = {f".{name}": text for name, text in value.items()} if isinstance(value, dict) else {"": value}
            for name, text in inner.items():
                yield (at := f"{key}.data.{member}{name}"), template(at, text)
    if mapping.end:
        yield "end.id", template("end.id", mapping.end.id)
        yield "end.event", template("end.event", mapping.end.event)


def template(key: str, text: str) -> Template:
    """Read the template of a key."""
    try:
        return parse_template(text)
    except ValueError as error:
        refuse(key, str(error))


def refuse(key: str, reason: str) -> NoReturn:
    """Say what is wrong with a key; an empty one means the whole mapping."""
    raise TurnoutError(
        "INVALID_MAPPING",
        f"The mapping cannot be used: {key or 'in the file'}: {reason}.",
        "docs/files.md says what each key is, with examples.",
    )


def _activities(mapping: Mapping) -> Iterator[tuple[str, MappedActivity]]:
    return ((f"activities[{number}]", activity) for number, activity in enumerate(mapping.activities))


def _named_columns(mapping: Mapping) -> Iterator[tuple[str, str]]:
    for key, activity in _activities(mapping):
        if isinstance(activity.type, TypeColumn):
            yield f"{key}.type.column", activity.type.column
        yield from ((f"{key}.at", column) for column in activity.time_columns)
    for key, found in templates(mapping):
        yield from ((key, name) for name in sorted(found.names))


def _check_reading(mapping: Mapping) -> None:
    if re.match(r'["\r\n]', mapping.delimiter):
        refuse("delimiter", "expected one character that is no quote and no end of a line")
    try:
        " ".encode(mapping.encoding)
    except LookupError:
        refuse("encoding", f"there is no encoding {mapping.encoding!r}; expected one such as utf-8 or windows-1252")
    try:
        find_zone(mapping.zone)
    except TurnoutError as error:
        refuse("zone", f"{error.message} {error.hint}".rstrip("."))


def _check_types(key: str, activity: MappedActivity) -> None:
    for name in activity.types:
        if name not in MAPPED_TYPES:
            refuse(f"{key}.type", f"{name!r} is no type; expected one of {', '.join(sorted(MAPPED_TYPES))}")


def _check_members(key: str, activity: MappedActivity) -> None:
    members = {member for name in activity.types for member in MAPPED_TYPES[name].__struct_fields__}
    for member in activity.data:
        if member not in members:
            reason = f"no member of {' or '.join(activity.types)}; expected one of {', '.join(sorted(members))}"
            refuse(f"{key}.data.{member}", reason)
