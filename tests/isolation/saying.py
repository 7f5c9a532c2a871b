"""Every root field of a schema with every one of its arguments given, and a text wherever one may stand."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_required_argument,
)

Text = Callable[[str], str]
Operation = tuple[str, str, dict[str, Any]]

PLAIN: Mapping[str, Any] = {
    "Int": 2,
    "Float": 2,
    "Boolean": False,
    "BigInt": 2,
    "Date": "2026-03-01",
    "DateTime": "2026-03-01T00:00:00Z",
}


def operations(core: GraphQLSchema, text: Text, inner: Mapping[str, str], *, full: bool = True) -> Iterator[Operation]:
    """The name, the operation and the variables of each root field, with everything that it answers.

    `text` gives the text of an argument by its name, `inner` that of an argument of a field below. Unless `full`, only
    the arguments that are required are given.
    """
    for kind, root in (("query", core.query_type), ("mutation", core.mutation_type)):
        for name, field in cast("GraphQLObjectType", root).fields.items():
            keys = [key for key, argument in field.args.items() if full or is_required_argument(argument)]
            declared = ", ".join(f"${key}: {field.args[key].type}" for key in keys)
            passed = ", ".join(f"{key}: ${key}" for key in keys)
            brackets = (f"({declared})", f"({passed})") if keys else ("", "")
            operation = f"{kind}{brackets[0]} {{ {name}{brackets[1]} {everything(field, inner)} }}"
            yield name, operation, {key: value(field.args[key], key, text) for key in keys}


def everything(field: GraphQLField, inner: Mapping[str, str]) -> str:
    """The selection of all that a field has, with the arguments that the fields below it require."""
    kind = bare(field)
    if not isinstance(kind, GraphQLObjectType):
        return ""
    selected = (f"{name}{_needed(one, inner)} {everything(one, inner)}" for name, one in kind.fields.items())
    return f"{{ {' '.join(selected)} }}"


def value(described: Any, name: str, text: Text) -> Any:
    """Something for an argument or a field of an input, of its type."""
    kind = bare(described)
    one = _one(kind, name, text)
    return [one] if "[" in str(described.type) else one


def _one(kind: GraphQLNamedType, name: str, text: Text) -> Any:
    match kind:
        case GraphQLEnumType():
            return next(iter(kind.values))
        case GraphQLInputObjectType(is_one_of=True):
            key, field = next(iter(reversed(kind.fields.items())))
            return {key: value(field, key, text)}
        case GraphQLInputObjectType():
            return {key: value(field, key, text) for key, field in kind.fields.items()}
        case _:
            return PLAIN[kind.name] if kind.name in PLAIN else text(name)


def bare(described: Any) -> GraphQLNamedType:
    return cast("GraphQLNamedType", get_named_type(described.type))


def _needed(field: GraphQLField, inner: Mapping[str, str]) -> str:
    given = [f'{key}: "{inner[key]}"' for key, argument in field.args.items() if is_required_argument(argument)]
    return f"({', '.join(given)})" if given else ""
