"""docs/sql-login.md: the views, limits and commands that it shows are those that there are."""

import re

from tests.wall import VIEWS_FOR_BI
from turnout.server import watchdog
from turnout.tenants import keys, sql_logins

from .pages import fences, read, rows, sections

PAGE = read("docs/sql-login.md")
PART = sections(PAGE, 2)


def test_every_view_is_listed_and_no_other() -> None:
    listed = [cells[0].strip("`").removeprefix("bi.") for cells in rows(PART["The views"])]

    assert sorted(listed) == sorted(VIEWS_FOR_BI)


def test_the_numbers_are_those_of_the_code() -> None:
    patience = watchdog.Patience()

    assert f"{sql_logins.CONNECTIONS} connections a login" in PART["Limits"]
    assert f"{patience.statement:.0f} seconds a statement" in PART["Limits"]
    assert f"{patience.idle:.0f} seconds idle inside a transaction, {patience.transaction / 60:.0f} minutes a" in PAGE
    assert sql_logins.SETTINGS["statement_timeout"] == f"{patience.statement:.0f}s"
    assert sql_logins.SETTINGS["transaction_timeout"] == f"{patience.transaction / 60:.0f}min"
    assert sql_logins.GUARDED_SETTINGS["temp_file_limit"] == "1GB"
    assert f"lasts {keys.LIFETIME.days} days" in PAGE
    assert sql_logins.MOST_ACTIVE == 10
    assert f"every {watchdog.PERIOD_SECONDS:.0f} seconds" in PAGE


def test_the_program_that_is_shown_is_one() -> None:
    [program] = fences(PAGE, "python")

    compile(program, "docs/sql-login.md", "exec")


def test_what_is_shown_in_sql_reads_listed_views() -> None:
    shown = set(
        re.findall(r"\bbi\.(\w+)", "\n".join([*fences(PAGE, "sql"), *fences(PAGE, "python"), *fences(PAGE, "sh")]))
    )

    assert shown <= VIEWS_FOR_BI
    assert len(shown) > 2
