"""Commands, the supervisor and Postgres, killed at any time: nothing is left running, nothing committed is lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from turnout.database import embedded_left_over
from turnout.database.embedded import attach
from turnout.database.embedded_directory import DataDirectory

from .watching import Command, announced, answers, eventually, execute, free, one_after_another, runs, visits


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_command_is_killed(home: Path, how: signal.Signals) -> None:
    with Command(home) as command:
        command.process.send_signal(how)

    assert eventually(lambda: free(home))


def test_ctrl_c_in_a_terminal_reaches_the_command_only(home: Path) -> None:
    with Command(home, start_new_session=True, stderr=subprocess.DEVNULL) as command, attach(home) as server:
        os.killpg(command.process.pid, signal.SIGINT)
        command.process.wait()

        assert answers(server)


def test_nothing_is_left_when_the_command_is_killed_while_it_starts(place: Path) -> None:
    command = Command(place / "home")
    eventually(lambda: (place / "home" / "data.unfinished").exists())

    command.process.kill()
    command.process.communicate()

    assert eventually(lambda: free(place / "home"))


def test_a_half_made_cluster_is_made_anew(place: Path) -> None:
    home = place / "home"
    command = Command(home)
    eventually(lambda: (home / "data.unfinished" / "global").exists())
    for pid, words in embedded_left_over.processes():
        if "turnout.database.supervisor" in words and str(home) in words:
            os.kill(pid, signal.SIGKILL)
    command.process.kill()
    command.process.communicate()
    half_made = (home / "data.unfinished").exists() and not (home / "data").exists()

    with attach(home) as server:
        answer = execute(server, "SELECT 1")

    assert half_made
    assert answer == (1,)
    assert not (home / "data.unfinished").exists()


def test_a_killed_server_comes_back_with_all_that_was_committed(own: Path) -> None:
    with attach(own) as server:
        execute(server, "INSERT INTO visits DEFAULT VALUES")

        os.kill(announced(own)["postgres"], signal.SIGKILL)
        back = eventually(lambda: not (own / "server.json").exists()) and eventually(lambda: answers(server))

        assert back
        assert visits(server) == 1


def test_a_killed_server_comes_back_although_a_session_is_busy(home: Path) -> None:
    busy = "SELECT count(*) FROM generate_series(1, 100000000000)"
    with attach(home) as server:
        client = psycopg.connect(server.conninfo(user="postgres", dbname="postgres"))
        client.pgconn.send_query(busy.encode())
        time.sleep(0.2)

        os.kill(announced(home)["postgres"], signal.SIGKILL)
        back = eventually(lambda: not (home / "server.json").exists()) and eventually(lambda: answers(server))
        client.close()

    assert back


def test_another_command_takes_over_when_the_supervisor_is_killed(own: Path) -> None:
    with Command(own) as first:
        with psycopg.connect(first.conninfo) as connection:
            connection.execute("INSERT INTO visits DEFAULT VALUES")
        os.kill(announced(own)["supervisor"], signal.SIGKILL)
        eventually(lambda: not DataDirectory(own).supervised())

        with attach(own) as server:
            found = visits(server)

        with psycopg.connect(first.conninfo) as connection:
            still = connection.execute("SELECT count(*) FROM visits").fetchone()
    assert (found, still) == (1, (1,))
    assert free(own)
    assert one_after_another(runs(own))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_nothing_is_left_when_the_supervisor_is_killed(home: Path) -> None:
    with attach(home):
        os.kill(announced(home)["supervisor"], signal.SIGKILL)

        assert eventually(lambda: free(home))


def test_nothing_is_lost_when_everything_is_killed_at_once(own: Path) -> None:
    with Command(own) as command:
        with psycopg.connect(command.conninfo) as connection:
            connection.execute("INSERT INTO visits DEFAULT VALUES")
        running = announced(own)
        for pid in (running["supervisor"], running["postgres"], command.process.pid):
            os.kill(pid, signal.SIGKILL)

    with attach(own) as server:
        assert visits(server) == 1


def test_left_over_ids_that_belong_to_other_processes_by_now_are_not_believed(home: Path) -> None:
    mine = os.getpid()
    (home / "server.json").write_text(
        json.dumps({**dict.fromkeys(("supervisor", "postgres", "port"), mine), "tcp": False, "socket_folder": "/tmp"})
    )
    state = f"{mine}\n{home}/data\n1\n5432\n{home}/run\n\n 1 1\nready   \n"
    for name in ("data/postmaster.pid", "run/.s.PGSQL.5432.lock", "run/.s.PGSQL.5432"):
        (home / name).write_text(state)

    with attach(home) as server:
        assert answers(server)


@pytest.mark.thorough
def test_what_was_committed_survives_twenty_rounds_of_killing_at_random(own: Path) -> None:
    chance = random.Random(20)
    for visit in range(1, 21):
        with Command(own) as command:
            with psycopg.connect(command.conninfo) as connection:
                connection.execute("INSERT INTO visits DEFAULT VALUES")
            running = announced(own)
            victims = [running["supervisor"], running["postgres"], command.process.pid]
            for pid in chance.sample(victims, chance.randint(1, 3)):
                os.kill(pid, signal.SIGKILL)
            time.sleep(chance.random() / 5)
            command.process.kill()

        with Command(own) as next_command, psycopg.connect(next_command.conninfo) as connection:
            assert connection.execute("SELECT count(*) FROM visits").fetchone() == (visit,)
    assert eventually(lambda: free(own))
