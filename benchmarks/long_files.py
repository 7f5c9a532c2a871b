"""`turnout load` of long files: how much memory it has at the most."""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final

from benchmarks.mixed_day import Day

LINES_A_DAY: Final = 5_000
KIBIBYTE: Final = 1 << 10


def load(data: Path, slug: str, lines: int) -> tuple[int, float]:
    """The most bytes that loading a file of so many lines had in memory, and the seconds it took."""
    with NamedTemporaryFile("wb", suffix=".ndjson") as file:
        _write(file, lines)
        began = time.perf_counter()
        command = (str(Path(sys.executable).with_name("turnout")), "load", slug, file.name, "--data", str(data))
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        assert status == 0, status
    return used.ru_maxrss * KIBIBYTE, time.perf_counter() - began


def _write(file: IO[bytes], lines: int) -> None:
    for number in range(0, lines, LINES_A_DAY):
        day = Day(number // LINES_A_DAY, "long")
        file.writelines(body + b"\n" for body in day.activities(min(LINES_A_DAY, lines - number)))
    file.flush()
