"""Removing a company: every row of it, in every table, in one transaction that no ingest gets past."""

from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg import sql

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.sql_logins import drop_sql_logins

_SQL: Final = statements("turnout.tenants", "removing.sql")
_DELETE: Final = sql.SQL("delete from {} where company_id = %s")
_REFRESH: Final = sql.SQL("refresh materialized view concurrently {}")
_COUNT: Final = sql.SQL("select count(*) from {} where company_id = %s")


def remove_company(admin_conninfo: str, slug: str, now: datetime) -> dict[str, int]:
    """Remove a company for good; returns how many rows of which table it had.

    Waits for what is being stored and computed for it. Its sessions end with the commit; what has read them before
    answers to the end. The roles of its SQL logins are dropped. `admin_conninfo` is a login that may act as
    turnout_owner.
    Raises TurnoutError UNKNOWN_COMPANY, and COMPANY_HAS_KEYS while something may still send or ask with a key.
    """
    with psycopg.connect(admin_conninfo) as connection:
        connection.execute(_SQL["spare_foreign_keys"])
        connection.execute(_SQL["act_as_owner"])
        company_id = _lock(connection, slug)
        _refuse_keys(connection, company_id, slug, now)
        for rows in ("lock_passwords", "lock_generations", "lock_events"):
            connection.execute(_SQL[rows], {"company": company_id})
        roles = [role for (role,) in connection.execute(_SQL["roles_of_company"], {"company": company_id}).fetchall()]
        tables = [name for (name,) in connection.execute(_SQL["tables_of_companies"]).fetchall()]
        removed = {table: connection.execute(_of(_DELETE, table), (company_id,)).rowcount for table in tables}
        views = [name for (name,) in connection.execute(_SQL["views_of_companies"]).fetchall()]
        for view in views:
            connection.execute(_of(_REFRESH, view))
        _demand_nothing_left(connection, company_id, [*tables, *views])
        connection.execute(_SQL["act_as_oneself"])
        drop_sql_logins(connection, roles)
    return {table: rows for table, rows in sorted(removed.items()) if rows}


def _lock(connection: psycopg.Connection[Any], slug: str) -> int:
    """The company, with nobody else at work on it until the transaction ends."""
    for (company_id,) in connection.execute(_SQL["find_company"], {"slug": slug}).fetchall():
        company = {"company": company_id}
        connection.execute(_SQL["wait_for_refresh"], company)
        if connection.execute(_SQL["lock_company"], company).fetchall():
            return company_id
    raise TurnoutError(
        "UNKNOWN_COMPANY", f"There is no company {slug!r}.", "`turnout company list` shows the companies there are."
    )


def _refuse_keys(connection: psycopg.Connection[Any], company_id: int, slug: str, now: datetime) -> None:
    [(keys,)] = connection.execute(_SQL["active_keys"], {"company": company_id, "as_of": now}).fetchall()
    if keys:
        raise TurnoutError(
            "COMPANY_HAS_KEYS",
            f"{slug} has {keys} active {'key' if keys == 1 else 'keys'}: something may still send for it.",
            f"Revoke them first: `turnout key list {slug}`, `turnout key revoke`.",
        )


def _demand_nothing_left(connection: psycopg.Connection[Any], company_id: int, relations: list[str]) -> None:
    for relation in relations:
        [(left,)] = connection.execute(_of(_COUNT, relation), (company_id,)).fetchall()
        if left:
            raise RuntimeError(f"{left} rows of company {company_id} are left in {relation}; nothing has been removed")


def _of(statement: sql.SQL, relation: str) -> sql.Composed:
    return statement.format(sql.Identifier("turnout", relation))
