"""What mails say, by language; kept as data, in texts/."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from turnout.tenants.languages import Language


@cache
def texts(language: Language) -> dict[str, Any]:
    """Every text by its name."""
    text = files("turnout.server.delivering").joinpath("texts", f"{language.value.lower()}.toml").read_text("utf-8")
    return tomllib.loads(text)


def say(language: Language, text: str, /, **values: object) -> str:
    """A text, by its name, with what belongs into it."""
    return str(texts(language)[text]).format(**values)


def what(language: Language, metric: str, section: str) -> str:
    """What a metric of a section is called."""
    named = texts(language)
    return str(named["sections"][section]).format(metric=named["metrics"][metric])


def number(language: Language, value: float, digits: int = 15) -> str:
    """A number as it is written in a language, with so many digits that count."""
    named = texts(language)
    signs = str.maketrans({",": named["thousands"], ".": named["decimal"]})
    return f"{value:,.{digits}g}".translate(signs)
