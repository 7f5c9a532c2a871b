"""Leaves: how the values of one scalar or enum are checked and written, a whole column of them at once.

Nothing is done for a value that C code cannot do. What would be an error, or needs a conversion that is seldom met, is
not decided here: the ordinary executor does it.
"""

from array import array
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from enum import Enum
from math import isfinite
from operator import attrgetter
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from graphql import GraphQLBoolean, GraphQLEnumType, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLLeafType, GraphQLString

from turnout.graphql.flat.fallbacks import NotFlatError, Reason
from turnout.graphql.scalars import LARGEST, write_instant, write_large

Values = list[Any]
Encode = Callable[[Values], Values]

_ZONES: Final[frozenset[tzinfo]] = frozenset({UTC, ZoneInfo("UTC"), ZoneInfo("Etc/UTC")})
_zone_of = attrgetter("tzinfo")
_name_of = attrgetter("_name_")  # what `name` reads, without a call


class Leaf(NamedTuple):
    """The exact types that values may have, and what makes a column of them ready to be written; it may raise."""

    kinds: frozenset[type]
    encode: Encode


def leaf_of(kind: GraphQLLeafType) -> Leaf | None:
    """How a column of this type is written; None for a scalar whose own code has to see each value."""
    if isinstance(kind, GraphQLEnumType):
        members = getattr(kind, "wrapped_cls", None)
        return Leaf(frozenset({str, members}), _Names(kind, members)) if members else None
    return _BUILT_IN.get(kind) or _BY_WRITING.get(kind.coerce_output_value)


class _Names:
    """Writes members of an enum, or their values, by their names in the schema."""

    def __init__(self, kind: GraphQLEnumType, members: type[Enum]) -> None:
        self._write = kind.coerce_output_value
        self._names = {member.name: self._write(member) for member in members}

    def __call__(self, values: Values) -> Values:
        """Raises what the type itself does for a value that is none of its own."""
        try:
            return list(map(self._names.__getitem__, map(_name_of, values)))
        except AttributeError:  # there are values among them
            names = {value: self._write(value) for value in set(values)}
            return list(map(names.__getitem__, values))


def _as_they_are(values: Values) -> Values:
    return values


def _whole(values: Values) -> Values:
    """Whole numbers of 32 bits."""
    try:
        array("i", values)
    except OverflowError:
        raise NotFlatError(Reason.RANGE) from None
    return values


def _real(values: Values) -> Values:
    """Finite numbers; the sum is finite only when all of them are."""
    if not isfinite(sum(values)):
        raise NotFlatError(Reason.RANGE)
    return values if set(map(type, values)) == {float} else _widened(values)


def _widened(values: Values) -> Values:
    """Whole numbers as far as each of them is a double."""
    if not -LARGEST <= min(values) <= max(values) <= LARGEST:
        raise NotFlatError(Reason.RANGE)
    return list(map(float, values))


def _instants(values: Values) -> Values:
    """In UTC: that is what the JSON encoder writes with Z, and with a fraction only where it is not zero."""
    if set(map(_zone_of, values)) <= _ZONES:
        return values
    return [value.astimezone(UTC) for value in values]


_BUILT_IN: Final[dict[Any, Leaf]] = {
    GraphQLInt: Leaf(frozenset({int}), _whole),
    GraphQLFloat: Leaf(frozenset({float, int}), _real),
    GraphQLString: Leaf(frozenset({str}), _as_they_are),
    # The JSON encoder writes a UUID as its text.
    GraphQLID: Leaf(frozenset({str, UUID}), _as_they_are),
    GraphQLBoolean: Leaf(frozenset({bool}), _as_they_are),
}
# Scalars of our own, by what writes them: the JSON encoder writes these types in the same way.
_BY_WRITING: Final[dict[Any, Leaf]] = {
    date.isoformat: Leaf(frozenset({date}), _as_they_are),
    write_instant: Leaf(frozenset({datetime}), _instants),
    write_large: Leaf(frozenset({int}), _as_they_are),
}
