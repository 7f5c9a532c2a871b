"""What one row says: the activities that a mapping makes of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

import msgspec

from turnout.ingest.mapping import MAPPED_TYPES, DateAndTime, MappedActivity, TypeColumn
from turnout.ingest.templates import Template, parse_template

Values = dict[str, str]
_JOINED: Final = "turnout.stay.joined"
_NUMBERS: Final[frozenset[object]] = frozenset((int, float, bool))
_LEFT: Final = "turnout.stay.left"


class RowError(Exception):
    """A row that cannot be counted: why, in a code and a sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Said:
    """One activity of a row."""

    type: str
    id: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of `data`: a template, or several under names. `number` is its type where that is no text."""

    name: str
    value: Template | dict[str, Template]
    number: Any = None

    def fill(self, values: Values) -> object:
        """What it is in a row; None says nothing."""
        if isinstance(self.value, dict):
            filled = {name: text for name, inner in self.value.items() if (text := inner.fill_whole(values))}
            return filled or None
        text = self.value.fill_whole(values)
        if not text or self.number is None:
            return text or None
        try:
            return msgspec.convert(text, self.number, strict=False)
        except msgspec.ValidationError:
            return text  # ingest refuses it, and says of what type it should be


class Meaning:
    """One activity of every row."""

    def __init__(self, mapped: MappedActivity, zone: ZoneInfo) -> None:
        self._mapped = mapped
        self._zone = zone
        self._id = parse_template(mapped.id)
        self._members = {name: _members(name, mapped) for name in mapped.types}

    def read(self, values: Values) -> Said | None:
        """The activity that a row gives; None where an optional one is left out. Raises RowError."""
        if self._mapped.optional and not all(values[column] for column in self._mapped.time_columns):
            return None
        name = self._type(values)
        data = {member.name: said for member in self._members[name] if (said := member.fill(values)) is not None}
        return Said(name, self._id.fill(values), self._at(values), data)

    def _type(self, values: Values) -> str:
        found = self._mapped.type
        if not isinstance(found, TypeColumn):
            return found
        value = values[found.column]
        if value not in found.values:
            raise RowError("CSV_ROW", f"{found.column} is {value[:200]!r}, for which the mapping has no type.")
        return found.values[value]

    def _at(self, values: Values) -> datetime:
        """When; of a local time that exists twice the first, one that does not exist moved on by what was skipped."""
        try:
            instant = _read_time(self._mapped.at, values)
            return (instant if instant.tzinfo else instant.replace(tzinfo=self._zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            said = ", ".join(f"{column} is {values[column][:200]!r}" for column in self._mapped.time_columns)
            raise RowError("CSV_ROW", f"{said}: no time as ISO 8601 writes it, such as 2026-11-02 07:59:58.") from None


def refuse_reversed(said: list[Said]) -> None:
    """Raise RowError where a row has somebody leave before they joined."""
    joins = {(one.data.get("event"), one.data.get("connection")): one.at for one in said if one.type == _JOINED}
    for one in said:
        joined = joins.get((one.data.get("event"), one.data.get("connection")))
        if one.type == _LEFT and joined and one.at < joined:
            raise RowError(
                "LEAVE_BEFORE_JOIN", f"the leave at {one.at.isoformat()} is before the join at {joined.isoformat()}."
            )


def _read_time(at: str | DateAndTime, values: Values) -> datetime:
    if isinstance(at, DateAndTime):
        return datetime.combine(date.fromisoformat(values[at.date]), time.fromisoformat(values[at.time]))
    return datetime.fromisoformat(values[at])


def _members(type_name: str, mapped: MappedActivity) -> list[_Member]:
    """Those members of the mapping that this type has."""
    fields = {field.name: field.type for field in msgspec.structs.fields(MAPPED_TYPES[type_name])}
    return [
        _Member(name, _template(value), fields[name] if _is_number(fields[name]) else None)
        for name, value in mapped.data.items()
        if name in fields
    ]


def _template(value: str | dict[str, str]) -> Template | dict[str, Template]:
    if isinstance(value, dict):
        return {name: parse_template(text) for name, text in value.items()}
    return parse_template(value)


def _is_number(annotation: object) -> bool:
    """Whether a member is a number or true or false, which a file can only write as text."""
    return annotation in _NUMBERS or any(_is_number(part) for part in get_args(annotation))
