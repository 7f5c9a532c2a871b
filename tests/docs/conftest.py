"""A server over a database of its own, a company in it, and a shell that runs what a page shows."""

import contextlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from tests.api.processes import serving
from tests.databases import Database, drop
from turnout.server.cli import app

from .pages import ROOT, fences, read, sections

ADDRESS = "http://127.0.0.1:8000"
SECONDS = 60
METRICS_TOKEN = "shown_to_nobody_else"


@dataclass
class Stage:
    """Where what a page shows is run: `address` is that of the server, `folder` the current one."""

    address: str
    folder: Path
    environment: dict[str, str]

    def shell(self, script: str, **variables: str) -> str:
        """What a shell prints that stops at the first error."""
        return self._run(["sh", "-euc", script.replace(ADDRESS, self.address)], variables)

    def turnout(self, script: str) -> str:
        """What the commands of a script print that needs no shell; a process for each would cost a second."""
        lines = [shlex.split(line, comments=True) for line in script.splitlines()]
        return "".join(self._invoke(*words) for words in lines if words)

    def python(self, program: str, **variables: str) -> str:
        return self._run([sys.executable, "-c", program.replace(ADDRESS, self.address)], variables)

    def ask(self, query: str, key: str) -> Any:
        """What the server answers to a question."""
        headers = {"authorization": f"Bearer {key}"}
        return httpx.post(f"{self.address}/graphql", json={"query": query}, headers=headers, timeout=SECONDS).json()

    def _invoke(self, program: str, *words: str) -> str:
        assert program == "turnout"
        with contextlib.chdir(self.folder):
            done = CliRunner().invoke(app, words, env=self.environment)
        assert done.exit_code == 0, done.output
        return done.stdout

    def _run(self, command: list[str], variables: dict[str, str]) -> str:
        environment = self.environment | variables
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def stage(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    database = Database.cloned(server, template)
    settings = {
        "DATABASE_URL": database.app,
        "TURNOUT_REFRESHER_URL": database.refresher,
        "TURNOUT_SUPPORT_URL": database.support,
        "TURNOUT_METRICS_TOKEN": METRICS_TOKEN,
    }
    folder = tmp_path_factory.mktemp("shown")
    (folder / "docs").symlink_to(ROOT / "docs")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with serving(environment=settings) as turnout:
        yield Stage(turnout.address, folder, {"PATH": path, "LC_ALL": "C.UTF-8", **settings})
    drop(server, database.name)


@pytest.fixture(scope="session")
def key(stage: Stage) -> str:
    """A key of the company that the pages are about, which is set up as the README says."""
    [setting_up, *_] = fences(sections(read("README.md"), 2)["A company of your own"], "sh")
    commands, _, kept = setting_up.partition("KEY=$(")
    stage.turnout(commands)
    return stage.turnout(kept.partition(")")[0]).strip()


def json_values(text: str) -> Iterator[Any]:
    """JSON values that follow each other, with or without space between them."""
    decoder, rest = json.JSONDecoder(), text.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        yield value
        rest = rest[end:].strip()
