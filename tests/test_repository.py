"""The layout of the repository: what goes into the wheel, what may not shadow what, and what its lock promises."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("analytics", "database", "graphql", "ingest", "server", "tenants")
# Older versions have known vulnerabilities: quadratic validation, denial of service by ranges, hosts and forms,
# type confusion of nodes, and errors that leak.
FLOORS = {"strawberry-graphql": (0, 341, 0), "graphql-core": (3, 3, 0), "starlette": (1, 3, 1), "uvicorn": (0, 11, 7)}
# Written in parts, so that this file does not find itself.
PLACES = re.compile(
    "|".join(
        (
            "/" + "root/",
            "/" + "work/",
            "/" + "home/[a-z]",
            "files.python" + "hosted",
            "registry" + "[.]npmjs",
            "art" + "ifactory",
        )
    )
)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name)
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def locked() -> list[str]:
    """The requirements of the lock, each with its hashes."""
    text = (ROOT / "requirements.lock").read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_folder_with_python_is_in_the_wheel() -> None:
    on_disk = {path.parent.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}

    packages = project()["tool"]["setuptools"]["packages"]

    assert sorted(packages) == sorted("turnout." + ".".join(folder.parts) for folder in on_disk)


def test_every_statement_and_every_definition_is_in_the_wheel() -> None:
    on_disk = {path for folder in FOLDERS for kind in ("sql", "toml") for path in (ROOT / folder).rglob(f"*.{kind}")}
    setuptools = project()["tool"]["setuptools"]
    data = setuptools["package-data"]
    folders = {package: ROOT / package.removeprefix("turnout.").replace(".", "/") for package in setuptools["packages"]}

    taken = {
        path
        for package, folder in folders.items()
        for wanted in data["*"] + data.get(package, [])
        for path in folder.glob(wanted)
    }

    assert on_disk <= taken


def test_the_folder_graphql_cannot_shadow_the_library() -> None:
    files = [path for path in (ROOT / "graphql").rglob("*") if path.is_file() and "__pycache__" not in path.parts]

    assert not (ROOT / "graphql/__init__.py").exists()
    assert {path.suffix for path in files} == {".py"}
    assert not (ROOT / "tests/graphql").exists()


def test_from_the_root_graphql_is_the_library() -> None:
    found = run(sys.executable, "-c", "import graphql; print(graphql.version)")

    assert found.stdout.strip() == version("graphql-core")
    assert run(sys.executable, "-m", "pytest", "--version").returncode == 0


@pytest.mark.parametrize("folder", sorted(set(FOLDERS) - {"graphql"}))
def test_a_folder_refuses_its_bare_name(folder: str) -> None:
    imported = run(sys.executable, "-c", f"import {folder}")

    assert f"ImportError: import turnout.{folder}, not {folder}" in imported.stderr


def test_the_layers_are_seen_by_import_linter() -> None:
    links = {link.name: link.resolve() for link in (ROOT / "typings/turnout").iterdir()}

    assert links == {folder: ROOT / folder for folder in FOLDERS}


@pytest.mark.parametrize("name", FLOORS)
def test_no_locked_version_has_a_known_fault(name: str) -> None:
    [line] = [line for line in locked() if line.startswith(f"{name}==")]

    number = re.split(r"[ ;]", line.split("==")[1])[0]

    assert tuple(int(part) for part in number.split(".")) >= FLOORS[name]


def test_the_lock_names_hashes_and_no_address() -> None:
    lines = locked()

    assert all(" --hash=sha256:" in line for line in lines)
    assert not [line for line in lines if "://" in line or line.startswith("-")]


def test_nothing_names_a_machine_or_a_registry() -> None:
    texts = ((path, path.read_bytes().decode(errors="replace")) for path in tracked())

    assert [(str(path.relative_to(ROOT)), found[0]) for path, text in texts if (found := PLACES.search(text))] == []


def test_the_changelog_has_a_place_for_what_is_next() -> None:
    assert "## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("name", ["demo", "test", "scripts/setup"])
def test_a_script_is_executable_and_plain_shell(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    assert run("sh", "-n", name).returncode == 0
