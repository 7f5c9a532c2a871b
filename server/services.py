"""What the routes work with. Tests give their own; `serve` gives those of a deployment."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import psycopg

from turnout.analytics.refresher import Refresher
from turnout.database.errors import TurnoutError
from turnout.graphql.flat.fallbacks import Tally
from turnout.server.delivering.worker import Deliverer
from turnout.server.routes.cookies import Cookies
from turnout.server.routes.rates import Rates
from turnout.server.watchdog import Watchdog
from turnout.tenants.alert_targets import Outlets
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk

# Seconds within which a database that can be worked with answers.
PATIENCE: Final = 1.0


@dataclass
class Readiness:
    """Whether new requests are welcome. They are not once the process has been told to stop."""

    stopping: bool = False


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Services:
    """The door to the companies' data, the refresher, the clock, and whether the process is about to stop.

    `desk` is for what companies do with their keys, `support_desk` for support staff; None leaves them to their
    commands. `revive` starts the database again when it has
    gone; None when that is for somebody else to do. `watchdog` is for the logins for BI; None where none can log in.
    `deliverer` brings alerts to where `outlets` lets them go; None where another process does.
    `rates` bounds what each credential may spend in a minute; nothing does unless said.
    `tally` counts how answers are built, which is told to whoever has the `metrics_token`; None tells nobody.
    """

    door: Door
    refresher: Refresher
    clock: Callable[[], datetime] = utc_now
    readiness: Readiness = field(default_factory=Readiness)
    desk: Desk | None = None
    support_desk: Desk | None = None
    revive: Callable[[], None] | None = None
    watchdog: Watchdog | None = None
    cookies: Cookies = field(default_factory=Cookies)
    outlets: Outlets = field(default_factory=Outlets)
    deliverer: Deliverer | None = None
    rates: Rates = field(default_factory=Rates)
    tally: Tally = field(default_factory=Tally)
    metrics_token: str | None = field(default=None, repr=False)

    async def database_answers(self) -> bool:
        """Whether the database can be worked with."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.door.ping()
        except (TimeoutError, psycopg.Error, TurnoutError):
            return False
        return True
