"""What the embedded server refuses, with a code and a hint, and what it leaves alone."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from turnout.database import binaries, embedded_account
from turnout.database.embedded import EmbeddedPostgresError
from turnout.database.embedded_directory import DataDirectory

from .watching import eventually, free, refusal


def test_a_server_that_does_not_start_says_why(own: Path) -> None:
    with (own / "data" / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = many\n")

    refused = refusal(own)

    assert refused.code == "POSTGRES_DID_NOT_START"
    assert 'invalid value for parameter "shared_buffers"' in refused.message
    assert eventually(lambda: free(own))


def test_a_server_that_takes_too_long_is_stopped(home: Path) -> None:
    refused = refusal(home, start_timeout=0)

    assert refused.code == "POSTGRES_DID_NOT_START"
    assert "within 0 s" in refused.message


def test_a_cluster_of_another_version_is_refused(own: Path) -> None:
    (own / "data" / "PG_VERSION").write_text("17\n")

    refused = refusal(own)

    assert refused.code == "CLUSTER_OTHER_VERSION"
    assert "17" in refused.message


def test_a_server_that_somebody_started_by_hand_is_left_alone(home: Path) -> None:
    directory = DataDirectory(home)
    account = embedded_account.choose(directory)
    program = binaries.find(account, directory).postgres
    (home / "run").chmod(0o777)
    command = [program, "-D", home / "data", "-c", f"unix_socket_directories={home}/run", "-c", "listen_addresses="]
    by_hand = subprocess.Popen(
        command, user=account.user, group=account.group, extra_groups=account.extra_groups, stderr=subprocess.DEVNULL
    )
    assert eventually(lambda: (home / "run" / ".s.PGSQL.5432").exists())

    refused = refusal(home)

    by_hand.send_signal(signal.SIGINT)
    assert refused.code == "CLUSTER_IN_USE"
    assert by_hand.wait(10) == 0


def test_a_file_is_no_data_directory(place: Path) -> None:
    (place / "file").touch()

    refused = refusal(place / "file")

    assert refused.code == "DATA_DIRECTORY_UNUSABLE"


def test_programs_of_another_version_are_refused(place: Path, home: Path) -> None:
    fake(place, "16.4")
    account = embedded_account.choose(DataDirectory(home))

    with pytest.raises(EmbeddedPostgresError) as refused:
        binaries.select(account, [place / "nothing", place])

    assert refused.value.code == "POSTGRES_OTHER_VERSION"
    assert "16.4" in refused.value.message


def test_programs_on_the_machine_are_found(place: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(place, "18.9")
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")
    account = embedded_account.choose(DataDirectory(home))

    found = binaries.select(account, binaries.on_the_machine())

    assert found == binaries.Binaries(place.resolve(), "18.9")


def fake(folder: Path, version: str) -> None:
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
