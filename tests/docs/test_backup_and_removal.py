"""docs/operations.md: a backup, a restore and a removal, run as they stand there on folders of their own."""

import json
import re
import shlex
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from turnout.database.embedded import attach
from turnout.server.cli import app

from .pages import fences, read, sections

PART = sections(read("docs/operations.md"), 2)
ACTIVITY = {
    "specversion": "1.0",
    "id": "1",
    "source": "test",
    "type": "turnout.stay.joined",
    "time": "2026-03-02T10:00:00Z",
    "data": {"event": "e", "connection": "c"},
}


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """A current folder that whoever runs Postgres may enter, and no settings."""
    made = Path(tempfile.mkdtemp(prefix="turnout-tests-"))
    made.chmod(0o755)
    monkeypatch.chdir(made)
    for name in ("DATABASE_URL", "TURNOUT_DATA", "TURNOUT_ADMIN_URL"):
        monkeypatch.delenv(name, raising=False)
    yield made
    shutil.rmtree(made)


def run(commands: str) -> str:
    """What commands of the program print, one a line."""
    return "".join(_run(shlex.split(line, comments=True)) for line in commands.splitlines())


def _run(words: list[str]) -> str:
    assert words[0] == "turnout"
    done = CliRunner().invoke(app, words[1:])
    assert done.exit_code == 0, done.output
    return done.stdout


def shown(section: str) -> str:
    """The commands of a section."""
    return "".join(fences(PART[section], "sh"))


def test_a_company_is_backed_up_restored_and_removed(folder: Path) -> None:
    (folder / "activities.ndjson").write_text(json.dumps(ACTIVITY))
    with attach(folder / ".data"), attach(folder / "restored"):  # else each command starts and stops it
        run("turnout company add acme --name Acme --zone Europe/Berlin\nturnout load acme activities.ndjson")
        run("turnout key issue acme --scope write:events")
        [key_id] = re.findall(r"[0-9a-f-]{36}", run("turnout key list acme"))

        run(shown("Backup"))
        restored = run(shown("Restore"))
        removed = run(shown("Removing a company").replace("KEY_ID", key_id))

        assert "Europe/Berlin" in restored
        assert re.search(r"^stay +1 *$", removed, re.MULTILINE)
        assert "acme" not in run("turnout company list")
        assert "acme" in run("turnout company list --data restored")
