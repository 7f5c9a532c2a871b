"""Every question that the schema allows, written from the schema itself, so that none can be forgotten."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_required_argument,
)

from tests.api.asking import MUTATION, NOT_IN_SEGMENTS, QUERY, everything

from .canaries import Canary, declared_by

PERIOD = {"instants": {"from": "2026-02-28T10:00:00Z", "to": "2026-03-02T12:00:00Z"}}
SPANS = {"period": PERIOD, "instants": {"from": "2026-03-01T09:00:00Z", "to": "2026-03-01T10:00:00Z"}}
FULL = 12
TOKENS = 1500
WORDS = re.compile(r"\w+|[^\s\w,]")


@dataclass(frozen=True)
class Part:
    """A root field with its arguments."""

    name: str
    given: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def selection(self) -> str:
        return everything(QUERY.fields[self.name], NOT_IN_SEGMENTS if "segment" in self.given else ())


def named(canary: Canary) -> dict[str, list[Any]]:
    """Of each argument that may name something what a company has for it, and what may be changed."""
    at = "2026-03-04T09:00:00Z"
    return {
        "userId": [canary("anna")],
        "eventId": [canary("launch")],
        "ownerId": [canary("anna")],
        "participant": [{"userId": canary("anna")}, {"externalId": canary("guest")}],
        "search": [canary(""), "l"],
        "roomPrefix": [canary("H")],
        "roomId": [canary("hall")],
        "prefix": [canary("H")],
        "name": [canary("Hall")],
        "templates": [[canary("Lecture")]],
        "actions": [[canary("act")]],
        "metrics": [["peakConnections"]],
        "ruleId": [str(UUID(int=canary.prime))],
        "condition": [{"metric": "USERS"}, {"metric": "CONNECTIONS", "share": 0.1}],
        "firstDay": ["2026-02-01"],
        "from": [1],
        "to": [2],
        "moveEvents": [[{"eventId": canary("review"), "startsAt": at}]],
        "addEvents": [[{"kind": "CALL", "connections": 3, "startsAt": at, "endsAt": "2026-03-04T10:00:00Z"}]],
        "addSpeakers": [{"number": 3}],
        "segment": [
            {"declared": str(declared_by(canary))},
            {"externalId": canary("guest")},
            {"roomPrefix": canary("H"), "metadata": {"key": "seat", "value": canary("window")}},
        ],
    }


def questions(canary: Canary) -> Iterator[Part]:
    """Each root field as it comes, and with each of its other arguments in each way that it may be given."""
    for name, described in QUERY.fields.items():
        needed = {
            key: one
            for key, argument in described.args.items()
            if is_required_argument(argument)
            for one in [_one(key, canary)]
        }
        needed |= {key: span for key, span in SPANS.items() if key in described.args}
        yield Part(name, needed)
        for key, argument in described.args.items():
            if key != "after":
                yield from (Part(name, needed | {key: value}) for value in _values(key, argument, canary))


def _one(key: str, canary: Canary) -> Any:
    return SPANS[key] if key in SPANS else named(canary)[key][0]


def _values(key: str, argument: GraphQLArgument, canary: Canary) -> list[Any]:
    kind, listed = bare(argument), is_list(argument)
    match kind:
        case GraphQLEnumType():
            return [[value] if listed else value for value in kind.values]
        case GraphQLInputObjectType() if key == "orderBy":
            columns = cast("GraphQLEnumType", bare(kind.fields["field"])).values
            return [{"field": column, "direction": "DESC"} for column in columns]
        case _:
            plain = {
                "Int": [2],
                "Boolean": [True, False],
                "DateTime": ["2026-03-02T00:00:00Z"],
                "PeriodInput": [],
                "InstantRangeInput": [],
                "ComparisonInput": [{"preset": "PREVIOUS_PERIOD"}],
            }
            return plain[kind.name] if kind.name in plain else named(canary)[key]


def naming() -> Iterator[tuple[str, str, bool]]:
    """Each root field of the queries with each argument in which any text may stand, and whether it takes a list.

    Metrics are named in words of our own, and any other is refused.
    """
    for name, described in QUERY.fields.items():
        for key, argument in described.args.items():
            if key != "metrics" and bare(argument).name in {"ID", "String"}:
                yield name, key, is_list(argument)


def packed(parts: Iterable[Part]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Questions together in as few operations as the bounds of one allow."""
    waiting: list[Part] = []
    size = 0
    for part in parts:
        tokens = len(WORDS.findall(part.selection)) + 16 * len(part.given) + 4
        if waiting and (len(waiting) == FULL or size + tokens > TOKENS):
            yield operation(waiting)
            waiting, size = [], 0
        waiting.append(part)
        size += tokens
    if waiting:
        yield operation(waiting)


def operation(parts: list[Part]) -> tuple[str, dict[str, Any]]:
    """One operation with its variables."""
    declared, asked, variables = list[str](), list[str](), dict[str, Any]()
    for number, part in enumerate(parts):
        arguments = QUERY.fields[part.name].args
        declared += [f"${key}{number}: {arguments[key].type}" for key in part.given]
        passed = ", ".join(f"{key}: ${key}{number}" for key in part.given)
        asked.append(f"a{number}: {part.name}{f'({passed})' if passed else ''} {part.selection}")
        variables |= {f"{key}{number}": value for key, value in part.given.items()}
    brackets = f"({', '.join(declared)})" if declared else ""
    return f"query{brackets} {{ {' '.join(asked)} }}", variables


def texts(described: GraphQLField, value: Any, name: str = "") -> Iterator[tuple[bool, str]]:
    """Every id and text in an answer, what is of the types ID and String; and whether it is a cursor."""
    kind = bare(described)
    if isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from texts(described, one, name)
    elif isinstance(kind, GraphQLObjectType) and value:
        for key, inner in cast("dict[str, Any]", value).items():
            yield from texts(kind.fields[key], inner, key)
    elif value and kind.name in {"ID", "String"}:
        yield name.lower().endswith("cursor"), value


def bare(described: Any) -> GraphQLNamedType:
    """The type of a field or an argument without its lists and exclamation marks."""
    return cast("GraphQLNamedType", get_named_type(described.type))


def is_list(described: Any) -> bool:
    return "[" in str(described.type)


def leaves(argument: Any, name: str) -> Iterator[tuple[str, str]]:
    """The leaves of an argument with their types, those inside input objects too."""
    kind = bare(argument)
    if isinstance(kind, GraphQLInputObjectType):
        for inner, described in kind.fields.items():
            yield from leaves(described, f"{name}.{inner}")
    else:
        yield name, kind.name


def segmented() -> Iterator[str]:
    """The root fields that may be about a segment."""
    return (name for name, described in QUERY.fields.items() if "segment" in described.args)


def arguments_of_mutations() -> set[tuple[str, str, str]]:
    """Each mutation with each leaf of its arguments and its type."""
    return {
        (name, leaf, kind)
        for name, described in MUTATION.fields.items()
        for key, argument in described.args.items()
        for leaf, kind in leaves(argument, key)
    }
