"""`turnout serve` as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import httpx

PROGRAM = "from turnout.server.cli import main; main()"


@dataclass(frozen=True)
class Serving:
    """A server that accepts requests at a port of its own choice."""

    process: subprocess.Popen[str]
    address: str

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path, timeout=10)

    def post(self, path: str, content: bytes, media: str = "application/json", **headers: str) -> httpx.Response:
        return httpx.post(self.address + path, content=content, headers={"content-type": media} | headers, timeout=30)

    def stop(self, number: int) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def serving(*options: str, environment: Mapping[str, str], log: IO[str] | int = subprocess.PIPE) -> Generator[Serving]:
    """A server, which logs to a file if there is one; it is killed when the block ends and it still runs."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TURNOUT_", "DATABASE_"))}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "serve", "--port", "0", *options],
        env=inherited | dict(environment),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    ) as process:
        try:
            assert process.stdout
            said = process.stdout.readline()
            yield Serving(process, said.split()[-1] if said else "")
        finally:
            process.kill()
