"""Builds the wheel, installs it with the locked packages into an empty environment, and asks the installed server."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".tools/uv/bin/uv"
STOP_SECONDS = 60
SIGN_IN = "mutation($slug: String!, $password: String!) { signIn(company: $slug, password: $password) { token } }"
PEAKS = "{ dailyPeaks(period: {preset: LAST_7_DAYS}) { day connections connectionsAt } }"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="turnout wheel ") as folder:
        empty = Path(folder)
        empty.chmod(0o755)  # as root, Postgres runs as another account, which must pass through here
        turnout = install(build(empty), empty)
        print("installed:", run(str(turnout), "--version", cwd=empty).strip())
        with serving(turnout, empty) as (address, slug, password):
            check_answer(address, slug, password)
        check_nothing_left(empty / "data")
    print("The wheel is sound.")


def build(empty: Path) -> Path:
    # What setuptools keeps from one build would go into the next wheel even when its source is gone.
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(empty / "dist"), cwd=ROOT)
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    return next((empty / "dist").glob("turnout-*.whl"))


def install(wheel: Path, empty: Path) -> Path:
    """The program `turnout` of a fresh environment with nothing but what the wheel needs, in the locked versions."""
    environment = empty / "environment"
    run(str(UV), "venv", "--quiet", "--python", sys.executable, str(environment), cwd=empty)
    python, lock = str(environment / "bin/python"), str(ROOT / "requirements.lock")
    run(str(UV), "pip", "install", "--quiet", "--python", python, "--constraint", lock, str(wheel), cwd=empty)
    return environment / "bin/turnout"


@contextmanager
def serving(turnout: Path, empty: Path) -> Generator[tuple[str, str, str]]:
    """The demo: where it serves, and a company with its password. It must end as a success when it is told to stop."""
    command = [str(turnout), "serve", "--demo", "--port", "0", "--data", str(empty / "data")]
    server = subprocess.Popen(command, cwd=empty, env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        yield read_announcement(server)
    finally:
        server.send_signal(signal.SIGTERM)
        status = server.wait(STOP_SECONDS)
    require(status == 0, f"the server ended with {status}")


def read_announcement(server: "subprocess.Popen[str]") -> tuple[str, str, str]:
    said = ""
    for line in server.stdout or ():
        said += line
        if address := re.search(r"http://\S+", line):
            accounts = re.findall(r"^ *([a-z0-9-]+)  .*?((?:[2-9A-Z]{5}-){3}[2-9A-Z]{5})$", said, re.MULTILINE)
            require(bool(accounts), f"no company with a password is announced:\n{said}")
            return address[0], *accounts[0]
    sys.exit(f"The server did not start:\n{said}")


def check_answer(address: str, slug: str, password: str) -> None:
    signed_in = ask(address, {"query": SIGN_IN, "variables": {"slug": slug, "password": password}})
    days = ask(address, {"query": PEAKS}, signed_in["signIn"]["token"])["dailyPeaks"]
    require(len(days) == 7, f"7 days were asked for, {len(days)} came")
    require(all((day["connections"] > 0) == (day["connectionsAt"] is not None) for day in days), f"odd days: {days}")
    require(any(day["connections"] > 0 for day in days), "nobody has met in the demo's last week")


def ask(address: str, body: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    with urlopen(Request(f"{address}/graphql", json.dumps(body).encode(), headers), timeout=30) as answer:
        content = json.load(answer)
    require("errors" not in content, f"the answer has errors: {content}")
    return content["data"]


def check_nothing_left(data: Path) -> None:
    """No process may still name the data directory; only Linux shows that without a tool."""
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    left = [command for command in commands if os.fsencode(data) in command]
    require(not left, f"processes are left: {left}")


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, check=False)
    require(done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def environment() -> dict[str, str]:
    """Without what would lead to another database or another interpreter's packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TURNOUT_", "PYTHON"))}
    kept.pop("DATABASE_URL", None)
    return kept | {"UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": "copy"}


def require(holds: bool, otherwise: str) -> None:
    if not holds:
        sys.exit(f"The wheel is not sound: {otherwise}")


if __name__ == "__main__":
    main()
