"""The documents say what is so: codes, files, queries and commands that they name exist, and none is left out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import parse, validate
from typer.testing import CliRunner

from turnout.graphql.schema import schema
from turnout.server.cli import app

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("analytics", "database", "graphql", "ingest", "server", "tenants")
PAGES = ("README.md", "docs/architecture.md", "docs/errors.md", "docs/files.md")
CODE = re.compile(r"[A-Z]+(_[A-Z]+)+|[A-Z]{4,}")


def read(page: str) -> str:
    return (ROOT / page).read_text()


def codes_of(node: ast.AST) -> Iterator[str]:
    """What stands where a code stands: in an error that is made, in a member `code`, or in a variable of that name."""
    values: list[ast.expr | None] = []
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if re.fullmatch(
            r".*Error|cls|Quarantined", name
        ):
            values = [*args[:3]]
        case ast.Dict(keys=keys, values=members):
            values = [
                value
                for key, value in zip(keys, members, strict=True)
                if isinstance(key, ast.Constant) and key.value == "code"
            ]
        case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id="code"), *_])], value=ast.Tuple(elts=[first, *_])):
            values = [first]
        case _:
            return
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.fullmatch(value.value):
            yield value.value


def codes_in_source() -> set[str]:
    paths = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    found = {code for path in paths for node in ast.walk(ast.parse(path.read_text())) for code in codes_of(node)}
    named = re.findall(r'^[A-Z_]+: Final = "([A-Z_]+)"$', read("graphql/errors.py"), re.MULTILINE)
    return found | set(named)


def fences(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", read(page), re.DOTALL)


def commands() -> Iterator[list[str]]:
    """The words after `turnout` of every command that a page shows."""
    for page in PAGES:
        for words in re.findall(r"\bturnout ([a-z]+(?: [a-z]+)?)", "\n".join([*fences(page, "sh"), *ticked(page)])):
            yield words.split()


def ticked(page: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", read(page), flags=re.DOTALL))


def test_every_code_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^\| ([A-Z_]+) \|", read("docs/errors.md"), re.MULTILINE))

    assert documented == codes_in_source()


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    linked = re.findall(r"\]\((?!https?:)([^)]+)\)", read(page))
    named = [text for text in ticked(page) if re.fullmatch(r"[\w.]+(/[\w.]+)*(/|\.(py|sql|md|graphql|csv|toml))", text)]

    missing = [path for path in named if not (ROOT / path).exists()]

    assert missing == []
    assert [path for path in linked if not (ROOT / page).parent.joinpath(path).exists()] == []


def test_the_queries_of_the_readme_are_valid() -> None:
    shown = fences("README.md", "graphql") + [
        text.replace('\\"', '"') for text in re.findall(r'"query": "((?:[^"\\]|\\.)*)"', read("README.md"))
    ]

    assert len(shown) == 3
    assert [error.message for text in shown for error in validate(schema.core, parse(text))] == []


def test_the_commands_that_are_shown_exist() -> None:
    shown = list(commands())

    unknown = [words for words in shown if CliRunner().invoke(app, [*words, "--help"]).exit_code]

    assert len(shown) > 10
    assert unknown == []
