"""What all pages have in common: files, links, queries and commands that they name exist, and none is left out."""

import re
from collections.abc import Iterator

import pytest
from graphql import parse, validate
from typer.testing import CliRunner

from turnout.graphql.schema import schema
from turnout.server.cli import app

from .conftest import Stage
from .pages import PAGES, ROOT, anchors, fences, read, ticked

FILE = r"[\w.]+(/[\w.]+)*(/|\.(py|sql|md|graphql|csv|toml))"


def commands() -> Iterator[str]:
    """What stands behind `turnout` in every command that a page shows."""
    for page in PAGES:
        shown = "\n".join([*fences(read(page), "sh"), *ticked(read(page))])
        said = re.sub(r"#.*|^docker .*", "", shown, flags=re.MULTILINE)
        yield from re.findall(r"\bturnout ([a-z-]+(?: [a-z]+)?)", said)


def queries() -> Iterator[str]:
    for page in PAGES:
        yield from fences(read(page), "graphql")


def posted() -> Iterator[str]:
    """The queries in the bodies that pages have curl send."""
    for page in PAGES:
        for text in re.findall(r'"query": "((?:[^"\\]|\\.)*)"', read(page)):
            yield text.replace('\\"', '"')


def links(page: str) -> list[tuple[str, str]]:
    """The files that a page leads to, each with what is behind the #."""
    found = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", read(page))
    folder = (ROOT / page).parent
    return [(str((folder / path).resolve().relative_to(ROOT)) if path else page, anchor) for path, anchor in found]


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    named = [text for text in ticked(read(page)) if re.fullmatch(FILE, text)]

    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    assert [path for path, _ in links(page) if not (ROOT / path).exists()] == []
    assert [(path, anchor) for path, anchor in links(page) if anchor and anchor not in anchors(path)] == []


def test_the_readme_leads_to_every_page() -> None:
    linked = {path for path, _ in links("README.md")}

    assert set(PAGES) - {"README.md"} - linked == set()


def test_the_queries_that_are_shown_are_valid() -> None:
    shown = [*queries(), *posted()]

    assert len(shown) > 3
    assert [error.message for query in shown for error in validate(schema.core, parse(query))] == []


def test_the_queries_that_are_shown_are_answered(stage: Stage, key: str) -> None:
    answers = [stage.ask(query, key) for query in queries()]

    assert answers
    assert [answer["errors"] for answer in answers if "errors" in answer] == []


def test_the_commands_that_are_shown_exist() -> None:
    shown = set(commands())

    unknown = [words for words in shown if CliRunner().invoke(app, [*words.split(), "--help"]).exit_code]

    assert len(shown) > 10
    assert unknown == []
