"""The commands of docs/files.md do what the page shows."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from turnout.ingest.mapping import read_mapping
from turnout.server.cli import app

from .databases import Database

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/files.md").read_text()


def fences(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_commands_print_what_the_page_shows(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DATABASE_URL", database.app)
    monkeypatch.setenv("TURNOUT_REFRESHER_URL", database.refresher)
    monkeypatch.setenv("TURNOUT_SUPPORT_URL", database.support)
    commands = [shlex.split(line)[1:] for fence in fences("sh") for line in fence.splitlines()]

    printed = "".join(CliRunner().invoke(app, command).stdout for command in commands)

    assert [line.split() for line in printed.splitlines()] == [line.split() for line in fences("text")[0].splitlines()]


@pytest.mark.parametrize(("number", "name"), [(0, "bridge"), (1, "chat")])
def test_the_mappings_shown_are_those_of_the_examples(number: int, name: str) -> None:
    example = ROOT / f"docs/examples/{name}.toml"

    assert read_mapping(fences("toml")[number].encode()) == read_mapping(example.read_bytes())


def test_the_rows_shown_are_those_of_the_example() -> None:
    [shown] = fences("csv")

    assert (ROOT / "docs/examples/bridge.csv").read_text().startswith(shown)
