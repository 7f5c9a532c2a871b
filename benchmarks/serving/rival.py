"""PostGraphile 5 beside us: what it serves in the database, and the server itself, installed where nothing is kept."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, LiteralString

import psycopg
from psycopg import sql

from turnout.analytics.paging import Wanted, paged
from turnout.database.statements import statements

HERE: Final = Path(__file__).parent / "postgraphile"
FILES: Final = ("package.json", "package-lock.json", "server.js")
ANALYTICS: Final = "turnout.analytics"
INSTALLING: Final = 300
_SQL: Final = statements("benchmarks.serving", "functions.sql")

# What stands in the place of each parameter. Nothing is cut, and no month is over within thirty days.
_EXPRESSIONS: Final[Mapping[str, str]] = {
    "company": "current_company()",
    "generation": "1",
    "as_of": "now()",
    "today": "(now() at time zone 'UTC')::date",
    "limit_day": "least(last_day, (now() at time zone 'UTC')::date)",
    "first_day": "first_day",
    "last_day": "last_day",
    "through_day": "last_day",
    "days": "array(select generate_series(first_day, last_day, interval '1 day')::date)",
    "sections": "enum_range(null::section)",
    "months": "'{}'",
    "span_firsts": "array[first_day]",
    "span_lasts": "array[last_day]",
    "period_start": "first_day::timestamp at time zone 'UTC'",
    "period_end": "(last_day + 1)::timestamp at time zone 'UTC'",
    "last_instant": "((last_day + 1)::timestamp at time zone 'UTC' - interval '1 microsecond')",
    **dict.fromkeys(("cut_days", "cut_starts", "cut_ends", "end_days", "end_starts", "end_ends"), "'{}'"),
    **dict.fromkeys(("segment", "only", "after_number"), "null"),
    **dict.fromkeys(("search", "after_text", "after_tie"), "null::text"),
    "order_by": "'EVENTS_HELD'",
    "descending": "true",
    "resume": "false",
    "rows": "20",
}


def add_functions(conninfo: str) -> None:
    """Make what PostGraphile reads, in a schema of its own."""
    with psycopg.connect(conninfo, autocommit=True, options="-c search_path=turnout") as admin:
        admin.execute(_SQL["begin"])
        for name, text in _bodies():
            admin.execute(sql.SQL(_SQL[name]).format(body=sql.Literal(text % _EXPRESSIONS)))
        admin.execute(_SQL["summary_counts"])


def _bodies() -> Iterator[tuple[str, LiteralString]]:
    summary = statements(ANALYTICS, "summary.sql")
    yield "daily_peaks", statements(ANALYTICS, "peaks.sql")["daily_peaks"]
    yield "summary_sections", summary["summary_sections"]
    yield "summary_templates", summary["summary_templates"]
    yield "user_stats", paged(statements(ANALYTICS, "users.sql")["user_stats"], Wanted(20, "EVENTS_HELD"))


def install(folder: Path) -> str | None:
    """Install PostGraphile and a Node that it runs on; why that could not be done, None when they are there."""
    if shutil.which("npm") is None:
        return "npm is not on this machine"
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(HERE / name, folder / name)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INSTALLING,
        check=False,
    )
    return None if done.returncode == 0 and node(folder).exists() else f"npm ci said: {done.stdout.strip()[-500:]}"


def node(folder: Path) -> Path:
    """The Node that was installed beside it."""
    return next(iter(folder.glob("node_modules/node-linux-*/bin/node")), folder / "no-node")
