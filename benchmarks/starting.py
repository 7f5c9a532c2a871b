"""How long a server takes from its start to its first answer, and what memory it then needs beside Postgres.

Run: .venv/bin/python -m benchmarks.starting [--rounds 5] [--cold]
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from benchmarks.processor import processor_seconds

ROOT: Final = Path(__file__).parents[1]
TURNOUT: Final = str(Path(sys.executable).with_name("turnout"))
# What is asked needs no credential, and goes all the way: it is parsed, validated, executed and refused by its field.
QUESTION: Final = b'{"query": "{ company { name } }"}'
ADDRESS: Final = re.compile(rb"serves at http://127\.0\.0\.1:(\d+)")
WARM, COLD, MEMORY = 1.5, 60.0, 150.0
IDLE: Final = 3.0


@dataclass(frozen=True)
class Start:
    """Seconds until the first answer, seconds of a processor until then, and megabytes of memory when idle."""

    seconds: float
    processor: float
    resident: float
    proportional: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cold", action="store_true", help="also ./demo of a fresh clone, its packages cached")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="turnout-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # whoever runs Postgres must come in
        command = [TURNOUT, "serve", "--port", "0", "--data", str(Path(folder) / "data")]
        _start(command)  # makes the database
        report([_start(command) for _ in range(given.rounds)])
        if given.cold:
            _report_cold(Path(folder) / "clone")


def report(starts: Sequence[Start]) -> None:
    """The medians and whether the bars are met."""
    seconds, processor, resident, proportional = (
        statistics.median(values)
        for values in zip(*((of.seconds, of.processor, of.resident, of.proportional) for of in starts), strict=True)
    )
    print(f"warm start to the first answer {seconds:.2f} s, of which the server's processor {processor:.2f} s")
    _print_bar(f"under {WARM:g} s", seconds < WARM)
    print(f"idle, beside Postgres: {resident:.0f} MB resident, {proportional:.0f} MB when what is shared is shared out")
    _print_bar(f"under {MEMORY:g} MB", resident < MEMORY)


def _report_cold(clone: Path) -> None:
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    shutil.rmtree(clone / ".tools", ignore_errors=True)
    seconds = _start([str(clone / "demo"), "--port", "0"]).seconds
    print(f"cold start of the demo to the first answer {seconds:.1f} s")
    _print_bar(f"under {COLD:g} s", seconds < COLD)


def _print_bar(what: str, met: bool) -> None:
    print(f"  bar {what}: {'met' if met else 'NOT MET'}", flush=True)


def _start(command: Sequence[str]) -> Start:
    began = time.perf_counter()
    with _process(command) as process:
        _ask(_port(process))
        seconds, processor = time.perf_counter() - began, processor_seconds(process.pid)
        time.sleep(IDLE)
        return Start(seconds, processor, *_memory(process.pid))


@contextmanager
def _process(command: Sequence[str]) -> Generator[subprocess.Popen[bytes]]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("TURNOUT_")}
    process = subprocess.Popen(command, env=known, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _port(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout
    for line in process.stdout:
        if found := ADDRESS.search(line):
            return int(found[1])
    raise RuntimeError(f"{process.args} ended before it served")


def _ask(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/graphql", QUESTION, {"Content-Type": "application/json"})
    answer = connection.getresponse().read()
    connection.close()
    if b"UNAUTHENTICATED" not in answer:
        raise RuntimeError(answer.decode())


def _memory(process: int) -> tuple[float, float]:
    """Megabytes resident, and those of them when pages that others have too are shared out among all."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    kilobytes = {name: int(value) for name, value in re.findall(r"^(\w+): +(\d+) kB", text, re.MULTILINE)}
    return kilobytes["Rss"] / 1000, kilobytes["Pss"] / 1000


if __name__ == "__main__":
    main()
