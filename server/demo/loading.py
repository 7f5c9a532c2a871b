"""Loads the demo through the ordinary ingest, as often as one likes: what is there already stays as it is."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from turnout.analytics.refresher import Refresher
from turnout.ingest.intake import take
from turnout.server.demo.accounts import Account, open_accounts
from turnout.server.demo.companies import COMPANIES
from turnout.server.demo.history import DAYS_BACK
from turnout.server.deployment import Deployment
from turnout.tenants.connection import Door
from turnout.tenants.support import support

AT_ONCE: Final = 5000
# Each company has its connection, and nobody is waiting: however slow the machine is, this is no reason to give up.
PATIENCE: Final = 120


def load_demo(
    found: Deployment, folder: Path | None = None, *, now: datetime | None = None, days_back: int = DAYS_BACK
) -> None:
    """Add the demo companies with what has happened in them by now, compute their figures, and print how to sign in.

    `folder` keeps their passwords for the next start; without one every start issues new ones.
    """
    now = now or datetime.now(UTC)
    with support(found.support) as session:
        accounts = open_accounts(session, folder, now, days_back=days_back)
    asyncio.run(_load(found, accounts, now))
    _announce(accounts)


async def _load(found: Deployment, accounts: Sequence[Account], now: datetime) -> None:
    """All companies at once: while the database works for one, the next one's activities are read."""
    door = Door(found.app, readers=1, writers=len(COMPANIES), patience=PATIENCE)
    refresher = Refresher(found.refresher, lambda: now, connections=len(COMPANIES), patience=PATIENCE)
    try:
        await door.open()
        await refresher.connect()
        with Progress(console=Console(stderr=True), transient=True) as progress:
            async with asyncio.TaskGroup() as group:
                for account in accounts:
                    group.create_task(_load_company(door, refresher, account, now, progress))
    finally:
        await refresher.stop()
        await door.close()


async def _load_company(door: Door, refresher: Refresher, account: Account, now: datetime, progress: Progress) -> None:
    """All that has happened in one company; what it was told on a former start it knows."""
    company, deliveries = account.company, [msgspec.json.encode(told.activity) for told in account.told]
    task = progress.add_task(f"Loading {account.demo.name}", total=len(deliveries))
    for begin in range(0, len(deliveries), AT_ONCE):
        batch = deliveries[begin : begin + AT_ONCE]
        receipt = await take(door, company.company_id, batch, now)
        if receipt.quarantined:
            refused = receipt.quarantined[0]
            raise RuntimeError(f"the demo tells what cannot be taken: {refused.id}, {refused.code}: {refused.reason}")
        progress.advance(task, len(batch))
    await refresher.refresh_company(company.company_id, company.generation, settle=True)
    await refresher.close_periods(company.company_id, company.generation)


def _announce(accounts: Sequence[Account]) -> None:
    typer.echo("Demo companies and their passwords:")
    for account in accounts:
        named = f"{account.demo.name}, {account.demo.time_zone}"
        typer.echo(f"  {account.demo.slug:<12}  {named:<34}  {account.password}")
