"""The schema as a contract: the published file, and a sentence for everything in it."""

from collections.abc import Iterator
from pathlib import Path

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLNamedType, GraphQLObjectType, GraphQLScalarType

from turnout.graphql.schema import schema

PUBLISHED = Path(__file__).parents[2] / "schema.graphql"


def test_the_published_schema_is_the_one_that_is_served() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema.as_str() + "\n"


def test_everything_is_described_in_sentences() -> None:
    unclear = [name for name, description in descriptions() if not is_sentence(description)]

    assert unclear == []


def test_the_schema_names_no_address() -> None:
    assert "http:" not in schema.as_str()
    assert "https:" not in schema.as_str()


def is_sentence(description: str | None) -> bool:
    return bool(description) and description.rstrip("`")[-1] in ".:" and description[0].isupper()


def descriptions() -> Iterator[tuple[str, str | None]]:
    """What each type, field, argument and value says of itself, except those that every schema has."""
    for name, kind in schema.core.type_map.items():
        if not name.startswith("__") and name not in {"String", "Int", "Float", "Boolean", "ID"}:
            yield name, kind.description
            yield from ((f"{name}.{part}", description) for part, description in parts(kind))


def parts(kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    match kind:
        case GraphQLEnumType():
            yield from ((name, value.description) for name, value in kind.values.items())
        case GraphQLInputObjectType():
            yield from ((name, field.description) for name, field in kind.fields.items())
        case GraphQLObjectType():
            for name, field in kind.fields.items():
                yield name, field.description
                yield from ((f"{name}({key})", argument.description) for key, argument in field.args.items())
        case _:
            assert isinstance(kind, GraphQLScalarType)
