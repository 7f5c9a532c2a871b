"""`turnout load`: a file becomes facts, once, however often it is loaded and however it is interrupted."""

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner, Result

from tests.databases import Database
from turnout.ingest.activities import LARGEST
from turnout.ingest.files import LINES_AT_ONCE, bunches
from turnout.server.cli import app
from turnout.tenants.company import Company

Load = Callable[..., Result]
EXAMPLES = Path(__file__).resolve().parent.parent / "docs/examples"


@pytest.fixture
def load(database: Database, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.setenv("DATABASE_URL", database.app)
    monkeypatch.setenv("TURNOUT_REFRESHER_URL", database.refresher)
    monkeypatch.setenv("TURNOUT_SUPPORT_URL", database.support)
    return lambda *arguments, **given: CliRunner().invoke(app, ["load", *map(str, arguments)], **given)


def joined(number: int) -> str:
    data = {"event": f"e{number % 7}", "connection": f"c{number}", "user": f"u{number % 5}"}
    envelope = {"specversion": "1.0", "id": str(number), "source": "file", "type": "turnout.stay.joined"}
    return json.dumps(envelope | {"time": f"2026-02-{number % 27 + 1:02}T10:00:00Z", "data": data})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "with spaces.ndjson"
    path.write_text("\n".join(joined(number) for number in range(50)))
    return path


def test_a_file_is_loaded_and_its_days_are_computed(load: Load, acme: Company, file: Path) -> None:
    result = load(acme.slug, file, "--json")

    assert json.loads(result.stdout) == [{"accepted": 50, "known": 0, "quarantined": 0}]


def test_no_mark_is_left_behind(load: Load, acme: Company, file: Path, database: Database) -> None:
    load(acme.slug, file)

    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        counted = admin.execute("select (select count(*) from mark), count(*) >= 27 from company_day").fetchone()
    assert counted == (0, True)


def test_loading_again_counts_nothing_twice(load: Load, acme: Company, file: Path) -> None:
    load(acme.slug, file)

    result = load(acme.slug, file, "--json")

    assert json.loads(result.stdout) == [{"accepted": 0, "known": 50, "quarantined": 0}]


def test_lines_that_cannot_be_counted_are_named_and_the_others_stored(load: Load, acme: Company, file: Path) -> None:
    file.write_text("\n".join(["", joined(1), "{", joined(2).replace("2026-02", "1999-02"), "", joined(3)]))

    result = load(acme.slug, file, "--json")

    assert json.loads(result.stdout) == [{"accepted": 2, "known": 0, "quarantined": 2}]
    assert "line 3: UNREADABLE" in result.stderr
    assert "line 4: TOO_OLD" in result.stderr


def test_a_pipe_is_loaded_too(load: Load, acme: Company, file: Path) -> None:
    result = load(acme.slug, "-", "--json", input=file.read_bytes())

    assert json.loads(result.stdout)[0]["accepted"] == 50


def test_a_file_that_is_not_there_is_a_coded_error(load: Load, acme: Company) -> None:
    result = load(acme.slug, "nowhere.ndjson")

    assert result.exit_code == 1
    assert "FILE_UNREADABLE" in result.stderr


BRIDGE = EXAMPLES / "bridge.csv", "--mapping", EXAMPLES / "bridge.toml"


def test_a_csv_file_is_loaded_by_its_mapping_and_counts_once(load: Load, acme: Company) -> None:
    first, again = [load(acme.slug, *BRIDGE, "--json") for _ in range(2)]

    assert json.loads(first.stdout) == [{"accepted": 13, "known": 0, "quarantined": 0}]
    assert json.loads(again.stdout) == [{"accepted": 0, "known": 13, "quarantined": 0}]


def test_rows_of_a_pipe_are_loaded_too(load: Load, acme: Company) -> None:
    rows = BRIDGE[0].read_bytes()

    result = load(acme.slug, "-", *BRIDGE[1:], "--json", input=rows + b"2019-03-12,10:45:00,joined,c7,\r\n")

    assert json.loads(result.stdout)[0]["accepted"] == 14


def test_a_broken_row_is_named_and_kept_and_the_others_stored(
    load: Load, acme: Company, tmp_path: Path, database: Database
) -> None:
    file = tmp_path / "BROKEN.CSV"
    file.write_bytes(BRIDGE[0].read_bytes().replace(b"c3,p-grace", b"c3", 1))

    result = load(acme.slug, file, *BRIDGE[1:], "--json")

    assert json.loads(result.stdout) == [{"accepted": 12, "known": 0, "quarantined": 1}]
    assert "line 4: CSV_ROW: Line 4: 4 values where the file has 5 columns." in result.stderr
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        kept = admin.execute("select code, source, body from quarantine").fetchall()
    assert kept == [("CSV_ROW", None, b"2019-03-05,10:00:00,joined,c3")]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("rows.csv",), "MISSING_MAPPING"),
        (("lines.ndjson", "--mapping", "bridge.toml"), "NEEDLESS_MAPPING"),
        (("rows.csv", "--mapping", "nowhere.toml"), "FILE_UNREADABLE"),
        ((EXAMPLES / "bridge.csv", "--mapping", EXAMPLES / "bridge.csv"), "INVALID_MAPPING"),
        ((EXAMPLES / "bridge.csv", "--mapping", EXAMPLES / "chat.toml"), "INVALID_MAPPING"),
    ],
)
def test_a_mapping_that_does_not_fit_is_a_coded_error(
    load: Load, acme: Company, arguments: tuple[str, ...], code: str
) -> None:
    result = load(acme.slug, *arguments)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"{code}: ")


def test_an_unknown_company_is_a_coded_error(load: Load, acme: Company, file: Path) -> None:
    result = load("nobody", file)

    assert result.exit_code == 1
    assert "UNKNOWN_COMPANY" in result.stderr


def test_lines_come_in_bunches_that_know_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "many.ndjson"
    path.write_bytes(b"{}\n\n" * (LINES_AT_ONCE + 1))

    with path.open("rb") as lines:
        first, second = bunches(lines)

    assert (len(first.lines), first.numbers[-1]) == (LINES_AT_ONCE, 2 * LINES_AT_ONCE - 1)
    assert (second.numbers, second.end) == ([2 * LINES_AT_ONCE + 1], path.stat().st_size)


def test_a_line_without_an_end_is_cut_and_the_next_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.ndjson"
    path.write_bytes(b"x" * (3 * LARGEST) + b"\n{}\n")

    with path.open("rb") as lines:
        [bunch] = bunches(lines)

    assert [len(line) for line in bunch.lines if isinstance(line, bytes)] == [LARGEST + 1, 2]
