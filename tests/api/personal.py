"""What of the schema belongs to people, read from the schema itself, and what names them."""

import re
from collections.abc import Iterator
from typing import Any, cast

from graphql import GraphQLArgument, GraphQLField, GraphQLInputField, GraphQLObjectType, get_named_type

from turnout.graphql.people import Disguise, declaration
from turnout.graphql.schema import schema

from .asking import QUERY

PERIOD = {"dates": {"from": "2026-02-27", "to": "2026-03-03"}}
GIVEN = {
    "period": PERIOD,
    "instants": {"from": "2026-03-01T09:00:00Z", "to": "2026-03-01T10:00:00Z"},
    "condition": {"metric": "CONNECTIONS"},
}
# One of each argument that names people.
NAMED: dict[str, Any] = {
    "search": "a",
    "ownerId": "anna",
    "roomPrefix": "G",
    "userId": "anna",
    "eventId": "launch",
    "roomId": "hall",
    "prefix": "G",
    "name": "cellar",
    "moveEvents": [{"eventId": "review", "startsAt": "2026-03-05T09:00:00Z"}],
    "segment": {"roomPrefix": "G"},
    "participant": {"userId": "anna"},
}
LISTS = ["userStats", "eventStats", "plannedEvents", "arrivals", "diskUsage", "roomStats"]


def is_text(described: GraphQLField | GraphQLArgument) -> bool:
    return str(named(described)) in {"String", "ID"}


def texts() -> Iterator[tuple[str, GraphQLField]]:
    """Every field of the schema that is a text or an id."""
    for kind in schema.core.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            yield from ((f"{kind.name}.{name}", field) for name, field in kind.fields.items() if is_text(field))


def asking() -> Iterator[tuple[str, str, GraphQLArgument]]:
    """Every argument of a question."""
    for name, field in QUERY.fields.items():
        yield from ((name, argument, described) for argument, described in field.args.items())


NAMING = [(name, argument) for name, argument, described in asking() if declaration(described)]


def named(described: GraphQLField | GraphQLArgument | GraphQLInputField) -> Any:
    """The type of what has one, without its lists and exclamation marks."""
    return cast("Any", get_named_type(cast("Any", described).type))


def prefixes() -> set[str]:
    """What the pseudonyms of the schema begin with."""
    declared = (declaration(field) for _, field in texts())
    return {disguise.prefix for disguise in declared if isinstance(disguise, Disguise)}


PSEUDONYM = re.compile(rf"({'|'.join(prefixes())})_[a-z2-7]{{16}}")


def rows_of(name: str) -> dict[str, GraphQLField]:
    """The fields of a list's rows."""
    return named(named(QUERY.fields[name]).fields["nodes"]).fields


def columns(name: str) -> set[str]:
    """What a list can be ordered by."""
    return set(named(named(QUERY.fields[name].args["orderBy"]).fields["field"]).values)


def given(name: str) -> dict[str, Any]:
    return {argument: value for argument, value in GIVEN.items() if argument in QUERY.fields[name].args}


def values(rows: list[dict[str, Any]], field: str) -> set[str]:
    return {row[field] for row in rows if row[field] is not None}
