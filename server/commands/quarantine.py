"""`turnout quarantine` and `turnout replay`: what could not be counted, seen and taken again."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer

from turnout.server.commands.days import compute_days, extend_calendars
from turnout.server.commands.options import AsJson, Data, Slug
from turnout.server.commands.printing import print_json, print_rows, say

if TYPE_CHECKING:
    from datetime import datetime

    from turnout.ingest.quarantine import Held, Replayed, Total
    from turnout.server.deployment import Deployment
    from turnout.tenants.company import Company
    from turnout.tenants.connection import Door

TOTALS: Final = ("code", "deliveries", "times")
COLUMNS: Final = ("code", "reason", "source", "id", "firstAt", "lastAt", "times", "body")
REPLAYED: Final = ("accepted", "known", "quarantined")
SHORT: Final = 60

Code = Annotated[str | None, typer.Option(metavar="CODE", help="Only those with this code.", show_default=False)]


def quarantine(
    slug: Slug,
    code: Code = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show, the newest first.")] = 50,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """List what a company sent that could not be counted, and why. The company's audit says that somebody looked."""
    from turnout.server.deployment import deployment

    with deployment(data) as found:
        totals, held = _read(found, slug, code, limit)
    totaled = [(total.code, total.deliveries, total.times) for total in totals]
    if as_json:
        rows = [dict(zip(COLUMNS, _cells(one, _text(one.body)), strict=True)) for one in held]
        print_json({"totals": [dict(zip(TOTALS, total, strict=True)) for total in totaled], "quarantined": rows})
    elif not held:
        say("Nothing is in quarantine.")
    else:
        print_rows(TOTALS, totaled, as_json=False)
        typer.echo()
        print_rows(COLUMNS, [_cells(one, _shortened(_text(one.body))) for one in held], as_json=False)


def _read(found: "Deployment", slug: str, code: str | None, limit: int) -> "tuple[list[Total], list[Held]]":
    from turnout.ingest.quarantine import list_quarantine
    from turnout.server.commands.staff import now
    from turnout.tenants.audit import COMMAND, note, quarantine_read
    from turnout.tenants.support import support

    company = _company(found, slug)

    async def read() -> "tuple[list[Total], list[Held]]":
        async with _door(found) as door:
            return await list_quarantine(door, company.company_id, code, limit, now())

    totals, held = asyncio.run(read())
    with support(found.support) as session:
        note(session, company.company_id, COMMAND, quarantine_read(slug, len(held), with_bodies=True), now())
    return totals, held


def replay(slug: Slug, code: Code = None, as_json: AsJson = False, data: Data = None) -> None:
    """Take what is in quarantine again: what can be counted now leaves it. What is interrupted is run again."""
    from turnout.server.commands.staff import now
    from turnout.server.deployment import deployment

    with deployment(data) as found:
        done = asyncio.run(_replay(found, _company(found, slug), code, now))
    print_rows(REPLAYED, [(done.accepted, done.known, done.quarantined)], as_json=as_json)


async def _replay(
    found: "Deployment", company: "Company", code: str | None, now: "Callable[[], datetime]"
) -> "Replayed":
    from rich.progress import Progress

    from turnout.ingest.quarantine import replay

    await extend_calendars(found.refresher, now)
    async with _door(found) as door:
        done = await replay(door, company.company_id, code, now)
    await compute_days(found.refresher, company, now, Progress(disable=True))
    return done


def _company(found: "Deployment", slug: str) -> "Company":
    from turnout.tenants.companies import find_company
    from turnout.tenants.support import support

    with support(found.support) as session:
        return find_company(session, slug)


@asynccontextmanager
async def _door(found: "Deployment") -> "AsyncGenerator[Door]":
    """What happened is not for support staff: it is read as the application, with the company set."""
    from turnout.tenants.connection import Door

    door = Door(found.app, readers=1, writers=1)
    await door.open()
    try:
        yield door
    finally:
        await door.close()


def _cells(one: "Held", body: str | None) -> tuple[object, ...]:
    return one.code, one.reason, one.source, one.id, one.first_at, one.last_at, one.times, body


def _text(body: bytes | None) -> str | None:
    return None if body is None else body.decode(errors="backslashreplace")


def _shortened(body: str | None) -> str | None:
    """A line that no terminal takes for a command."""
    if body is None:
        return None
    shown = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in body[: SHORT + 1])
    return shown if len(body) <= SHORT else f"{shown[:SHORT]}…"
