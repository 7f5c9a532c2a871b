"""The catalogue of definitions: every figure of the API has one, in two languages, and none changes unseen."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type

from turnout.analytics.definitions import VERSION, definitions
from turnout.graphql.schema import schema
from turnout.tenants.languages import Language

FOLDER = Path(__file__).resolve().parent.parent / "analytics/definitions"
# Figures, and what has several of them in one.
FIGURES = {"Int", "Float", "BigInt", "Peak", "Usage", "DeviceMinutes", "TrackMinutes", "Quality"}
# Types without figures: the ways in, what is managed, and what says how much may be asked.
NO_FIGURES = (
    r"__.*|Query|Mutation|Subscription|.*Session|.*ApiKey|EmbedToken|Audit.*|Company|Limit|RequestLimits|Definition"
    r"|PageInfo|.*Edge|(Written)?Alert(Rule)?|Alert(Condition|Delivery|Target)|WebhookSecret|DeclaredSegment"
)
# What a row is about, which revision it is of, and how long a list is.
NO_FIGURE = r"HourOf\w+\.(hour|weekday)|\w+Connection\.totalCount|ClosedPeriod\.(definition|revision)"
TEXTS = ("meaning", "unit", "counts")


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())


METRICS, ENGLISH, RUSSIAN = read("metrics"), read("en"), read("ru")


def figures() -> Iterator[str]:
    """Every field of the API that is a figure."""
    for kind in schema.core.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not re.fullmatch(NO_FIGURES, kind.name):
            for name, field in kind.fields.items():
                figure = f"{kind.name}.{name}"
                type_ = cast("GraphQLNamedType", get_named_type(field.type)).name
                if type_ in FIGURES and not re.fullmatch(NO_FIGURE, figure):
                    yield figure


def digest(metric: str) -> str:
    words = [texts[metric][text] for texts in (ENGLISH, RUSSIAN) for text in TEXTS]
    return sha256("\n".join(words).encode()).hexdigest()[:12]


def test_every_figure_has_one_definition_and_every_definition_a_figure() -> None:
    defined = Counter(field for entry in METRICS.values() for field in entry["fields"])
    there = set(figures())

    assert sorted(there - defined.keys()) == [], "give these an entry in metrics.toml, en.toml and ru.toml"
    assert sorted(defined.keys() - there) == [], "these are no figures of the schema"
    assert [field for field, times in defined.items() if times > 1] == []
    assert [metric for metric, entry in METRICS.items() if not entry["fields"]] == []


def test_a_metric_is_called_as_a_field_that_gives_it_and_no_other_field_is() -> None:
    names = {metric: {field.split(".")[1] for field in entry["fields"]} for metric, entry in METRICS.items()}

    for metric, entry in METRICS.items():
        others = set[str]().union(*(found for other, found in names.items() if other != metric and "." not in other))
        assert metric in entry["fields"] or (metric in names[metric] and metric not in others), metric


def test_both_languages_have_every_metric_in_the_same_order_with_every_text() -> None:
    for texts in (ENGLISH, RUSSIAN):
        assert list(texts) == list(METRICS)
        assert [metric for metric, entry in texts.items() if tuple(entry) != TEXTS or not all(entry.values())] == []
    assert [
        metric for metric, entry in RUSSIAN.items() if not re.search("[а-я]", entry["meaning"] + entry["counts"])
    ] == []


def test_no_text_has_changed_without_a_new_version() -> None:
    changed = {metric: digest(metric) for metric, entry in METRICS.items() if entry["versions"][-1] != digest(metric)}

    assert changed == {}, "append these to their versions in metrics.toml"


def test_a_metric_that_a_text_refers_to_exists() -> None:
    known = {name for metric, entry in METRICS.items() for name in (metric, *entry["fields"])}
    named = {
        word
        for texts in (ENGLISH, RUSSIAN)
        for entry in texts.values()
        for text in entry.values()
        for word in re.findall(r"\b[a-z]+[A-Z]\w+", text)
    }

    assert named
    assert named <= known


def test_what_is_counted_of_a_user_is_said_to_be_of_meetings_and_webinars() -> None:
    counted = {
        metric
        for metric, entry in METRICS.items()
        for field in entry["fields"]
        if field.startswith("UserStat.") and field not in {"UserStat.maxListeners", "UserStat.diskBytes"}
    }

    assert len(counted) == 5
    for metric in counted:
        assert re.search("[Mm]eetings and webinars", " ".join(ENGLISH[metric].values()))
        assert re.search("[Вв]стреч", " ".join(RUSSIAN[metric].values()))
        assert re.search("[Cc]alls|not those that the user was in", ENGLISH[metric]["counts"])


def test_the_catalogue_gives_the_latest_version_and_has_one_itself() -> None:
    found = {definition.metric: definition for definition in definitions(Language.RU)}

    assert list(found) == list(METRICS)
    assert found["storage"].fields == tuple(METRICS["storage"]["fields"])
    assert found["storage"].meaning == RUSSIAN["storage"]["meaning"]
    assert found["storage"].version == len(METRICS["storage"]["versions"])
    assert re.fullmatch(r"[0-9a-f]{12}", VERSION)
