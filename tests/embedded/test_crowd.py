"""Commands that start and end at the same instant: all of them work, and there is one Postgres at any time."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from turnout.database.embedded import attach

from .watching import SHORT_COMMANDS, one_after_another, runs, visits


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


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="needs root and unshare")
def test_the_first_process_of_a_container_may_be_the_command(own: Path) -> None:
    alone = ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-c", SHORT_COMMANDS, own, "2"]
    done = subprocess.run(alone, check=False)

    with attach(own) as server:
        found = visits(server)

    assert done.returncode == 0
    assert found == 2
    assert one_after_another(runs(own))
