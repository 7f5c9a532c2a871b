"""The schema as a contract: the published file, and a sentence for everything in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLNamedType, GraphQLObjectType, GraphQLScalarType

from turnout.graphql.schema import Schema
from turnout.graphql.schema import schema as companies_schema
from turnout.graphql.support.schema import support_schema

ROOT = Path(__file__).parents[2]
SCHEMAS = pytest.mark.parametrize(
    ("file", "schema"), [("schema.graphql", companies_schema), ("support.graphql", support_schema)]
)


@SCHEMAS
def test_the_published_schema_is_the_one_that_is_served(file: str, schema: Schema) -> None:
    assert (ROOT / file).read_text(encoding="utf-8") == schema.as_str() + "\n"


@SCHEMAS
def test_everything_is_described_in_sentences(file: str, schema: Schema) -> None:
    unclear = [name for name, description in descriptions(schema) if not is_sentence(description)]

    assert unclear == [], file


@SCHEMAS
def test_the_schema_names_no_address(file: str, schema: Schema) -> None:
    assert "http:" not in schema.as_str()
    assert "https:" not in schema.as_str()


@SCHEMAS
def test_a_limit_of_connections_is_not_said_to_be_one_of_people(file: str, schema: Schema) -> None:
    said = dict(descriptions(schema))
    limited = [f"{kind}.{metric}" for kind in ("LimitMetric", "UsageMetric") for metric in ("SPEAKERS", "LISTENERS")]

    found = [said[name] or "" for name in limited if name in said]

    assert found, file
    assert [text for text in found if "onnections" not in text or "eople" in text] == []


def is_sentence(description: str | None) -> bool:
    return bool(description) and description.rstrip("`")[-1] in ".:" and description[0].isupper()


def descriptions(schema: Schema) -> Iterator[tuple[str, str | None]]:
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
