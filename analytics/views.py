"""Materialized views over the rollups: refreshed after ingestion, now and then, beside whoever reads them."""

from typing import Any, Final

from psycopg import AsyncConnection

from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics", "views.sql")
# The overview is made of months.
VIEWS: Final = ("company_month", "company_overview")


async def refresh_views(connection: AsyncConnection[Any]) -> bool:
    """Bring all of them up to date that may be out of date; False when another process is at it."""
    [(locked,)] = await (await connection.execute(_SQL["try_lock"])).fetchall()
    if not locked:
        return False
    try:
        await fill_views(connection)
        [(months_are_late,)] = await (await connection.execute(_SQL["late_months"])).fetchall()
        if months_are_late:
            await connection.execute(_SQL["refresh_company_month"])
        await connection.execute(_SQL["refresh_company_overview"])
    finally:
        if not connection.closed:
            await connection.execute(_SQL["unlock"])
    return True


async def fill_views(connection: AsyncConnection[Any]) -> None:
    """Fill those that have no data at all, before anybody reads them."""
    empty = {name for (name,) in await (await connection.execute(_SQL["unpopulated"])).fetchall()}
    for view in VIEWS:
        if view in empty:
            await connection.execute(_SQL[f"fill_{view}"])
