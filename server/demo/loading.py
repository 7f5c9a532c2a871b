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
from turnout.server.demo.happenings import world
from turnout.server.deployment import Deployment
from turnout.tenants.connection import Door
from turnout.tenants.support import support

DAYS_BACK: Final = 60
DAYS_AHEAD: Final = 14
AT_ONCE: Final = 5000


def load_demo(found: Deployment, folder: Path | None = None) -> None:
    """Add the demo companies with what has happened in them by now, compute their figures, and print how to sign in.

    `folder` keeps their passwords for the next start; without one every start issues new ones.
    """
    now = datetime.now(UTC)
    with support(found.support) as session:
        accounts = open_accounts(session, folder, now)
    asyncio.run(_load(found, accounts, now))
    _announce(accounts)


async def _load(found: Deployment, accounts: Sequence[Account], now: datetime) -> None:
    door = Door(found.app, readers=1, writers=1)
    refresher = Refresher(found.refresher, lambda: now, connections=1)
    try:
        await door.open()
        await refresher.connect()
        with Progress(console=Console(stderr=True), transient=True) as progress:
            for account in accounts:
                await _tell(door, account, now, progress)
            for account in progress.track(accounts, description="Computing figures"):
                await refresher.refresh_company(account.company.company_id, account.company.generation, settle=True)
    finally:
        await refresher.stop()
        await door.close()


async def _tell(door: Door, account: Account, now: datetime, progress: Progress) -> None:
    """All that has happened in one company; what it was told on a former start it knows."""
    told = list(world(account.demo, now, days_back=DAYS_BACK, days_ahead=DAYS_AHEAD))
    deliveries = [msgspec.json.encode(happening.activity) for happening in told]
    task = progress.add_task(f"Loading {account.demo.name}", total=len(deliveries))
    for begin in range(0, len(deliveries), AT_ONCE):
        batch = deliveries[begin : begin + AT_ONCE]
        receipt = await take(door, account.company.company_id, batch, now)
        if receipt.quarantined:
            refused = receipt.quarantined[0]
            raise RuntimeError(f"the demo tells what cannot be taken: {refused.id}, {refused.code}: {refused.reason}")
        progress.advance(task, len(batch))


def _announce(accounts: Sequence[Account]) -> None:
    typer.echo("Demo companies and their passwords:")
    for account in accounts:
        named = f"{account.demo.name}, {account.demo.time_zone}"
        typer.echo(f"  {account.demo.slug:<12}  {named:<34}  {account.password}")
