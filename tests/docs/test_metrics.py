"""docs/metrics.md: every figure of the schema with its meaning, and none that does not exist."""

import re
from dataclasses import asdict
from typing import Any, cast

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType

from turnout.analytics.periods import MOST_DAYS
from turnout.analytics.reading import PATIENCE
from turnout.database.errors import TurnoutError
from turnout.graphql.bounds import MOST_ROWS
from turnout.graphql.request_limits import RequestLimits
from turnout.graphql.schema import schema
from turnout.ingest.vocabulary import TYPES
from turnout.tenants.limits import LimitMetric, Section, parse_limit

from .pages import read, rows, sections, ticked

PAGE = read("docs/metrics.md")
TABLES = {name: text for name, text in sections(PAGE, 3).items() if name in schema.core.type_map}
# Types without figures: the ways in, and what lists and sessions are made of.
NO_FIGURES = (
    r"__.*|Query|Mutation|(Open)?Session|.*ApiKey|EmbedToken|Audit.*|Company|Limit|PageInfo|.*Connection|.*Edge"
    r"|(Written)?Alert(Rule)?|Alert(Condition|Delivery|Target)|WebhookSecret"
)
# What is told to those who watch: docs/live.md.
NEWS = r"Subscription|StayActivity|MetadataEntry"


def fields(name: str) -> list[str]:
    return list(cast("GraphQLObjectType", schema.core.type_map[name]).fields)


def words(name: str) -> set[str]:
    return set(cast("GraphQLEnumType", schema.core.type_map[name]).values)


def column(section: str, number: int = 0) -> list[str]:
    return [cells[number] for cells in rows(sections(PAGE, 3)[section])]


def test_every_type_with_figures_is_described() -> None:
    objects = [name for name, type_ in schema.core.type_map.items() if isinstance(type_, GraphQLObjectType)]

    assert TABLES.keys() == {name for name in objects if not re.fullmatch(f"{NO_FIGURES}|{NEWS}", name)}


@pytest.mark.parametrize("name", TABLES)
def test_a_type_is_described_field_by_field_in_its_order(name: str) -> None:
    assert column(name) == [f"`{field}`" for field in fields(name)]


def test_every_field_that_is_named_exists() -> None:
    named = [text.split(".") for text in ticked(PAGE) if re.fullmatch(r"[A-Z]\w+\.\w+", text)]

    assert named
    assert [f"{type_}.{field}" for type_, field in named if field not in fields(type_)] == []


def test_every_activity_that_is_named_is_counted() -> None:
    things = "user|room|event|stay|message|file|recording|feature|media|quality"
    named = [text for text in ticked(PAGE) if re.fullmatch(rf"({things})\.\w+", text)]

    assert named
    assert [name for name in named if f"turnout.{name}" not in TYPES] == []


@pytest.mark.parametrize(
    ("section", "enumeration"), [("Periods", "PeriodPreset"), ("Status of an event", "EventStatus")]
)
def test_every_word_of_an_enumeration_is_explained(section: str, enumeration: str) -> None:
    explained = {word for cell in column(section) for word in re.findall(r"\b[A-Z][A-Z0-9_]+\b", cell)}

    assert explained == words(enumeration)


def test_every_limit_is_explained_with_the_sections_that_it_may_have() -> None:
    explained = {
        (metric, section)
        for metrics, allowed, _ in rows(sections(PAGE, 3)["Limits"])
        for metric in metrics.split(", ")
        for section in allowed.split(", ")
    }

    assert explained == {
        (metric, section) for metric in LimitMetric for section in Section if may_have(metric, section)
    }


def may_have(metric: LimitMetric, section: Section) -> bool:
    try:
        parse_limit(f"{metric}@{section}=1")
    except TurnoutError as error:
        return error.code != "INVALID_LIMIT"
    return True


def test_the_limits_are_those_of_the_code() -> None:
    names = [ticks.strip("`") for ticks in column("RequestLimits")]
    values = {
        snake(name): float(cell.replace(",", "")) for name, cell in zip(names, column("RequestLimits", 3), strict=True)
    }

    assert values == {name: float(value) for name, value in asdict(cast("Any", RequestLimits())).items()}


def snake(name: str) -> str:
    return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def test_the_bounds_are_those_of_the_code() -> None:
    assert f"at most {MOST_DAYS:,} days" in PAGE
    assert f"{MOST_ROWS:,} at most" in PAGE
    assert f"within {PATIENCE:.0f} seconds" in PAGE
