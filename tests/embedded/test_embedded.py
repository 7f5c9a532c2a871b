"""The embedded server: made, shared, stopped, wherever it is."""

import os
import shutil
import socket
import threading
import time
from pathlib import Path

import psycopg
import pytest

from turnout.database import embedded_left_over
from turnout.database.embedded import Attachment, attach

from .watching import Command, announced, answers, eventually, execute, free, refusal, setting


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


def test_tcp_is_open_on_this_machine_to_logins_for_bi_which_want_a_password(own: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    at_port = f"host=127.0.0.1 port={port} dbname=turnout"

    with attach(own, port=port) as server:
        execute(server, "CREATE DATABASE turnout")
        execute(server, "CREATE ROLE turnout_bi")
        execute(server, "CREATE ROLE analyst LOGIN PASSWORD 'correct horse' IN ROLE turnout_bi")
        execute(server, "CREATE ROLE stranger LOGIN PASSWORD 'correct horse'")
        addresses = setting(server, "listen_addresses")
        with psycopg.connect(at_port, user="analyst", password="correct horse"):
            pass
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(at_port, user="analyst", password="wrong")
        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
            psycopg.connect(at_port, user="stranger", password="correct horse")

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


def test_leaving_a_deleted_directory_is_no_error(place: Path, own: Path) -> None:
    attachment = attach(own)
    running = announced(own)["supervisor"]
    shutil.rmtree(own)

    attachment.close()

    assert eventually(lambda: running not in dict(embedded_left_over.processes()))
