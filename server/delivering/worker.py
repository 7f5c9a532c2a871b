"""The worker of a process that brings alerts to where they go; several may run, in one process or in many."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog
from psycopg import AsyncConnection

from turnout.analytics.alerts import DeliveryFailure, DeliveryState
from turnout.analytics.reading import Clock
from turnout.database.faults import describe
from turnout.database.statements import statements
from turnout.server.delivering.mail import MailServer
from turnout.server.delivering.messages import Fired, Message
from turnout.server.delivering.outcomes import Outcome
from turnout.server.delivering.webhooks import post, signed
from turnout.tenants.addresses import Network
from turnout.tenants.alert_rules import MOST_AN_HOUR
from turnout.tenants.alert_targets import AlertChannel, Target
from turnout.tenants.languages import Language

PERIOD_SECONDS: Final = 1.0
# At once. Each has one turn at a time, and those whose turn is longest ago are next: servers that hang hold up few.
COMPANIES: Final = 50
OF_ONE_COMPANY: Final = 5
# Longer than any attempt can take.
LEASE: Final = timedelta(minutes=2)
FIRST_PAUSE: Final = timedelta(seconds=15)
LONGEST_PAUSE: Final = timedelta(hours=4)
LONGEST: Final = timedelta(days=1)

_SQL: Final = statements("turnout.server.delivering", "worker.sql")
# Columns of a claimed delivery: of its company and rule, and of its alert; a test has none, and nulls for these.
_Said = tuple[str, str, str, UUID, str, str, str, float, str, str]
_Firing = tuple[date, date, date, datetime | None, float, float]

_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process tries now, for the so-manieth time."""

    company_id: int
    attempts: int
    target: Target
    secret: bytes | None
    message: Message

    def due_again(self, now: datetime) -> datetime | None:
        """When to try again after a failure, later and later; None when it has been tried for a day."""
        # Beyond this many attempts the pause is the longest anyway, and the power would be too large a number.
        pause = min(FIRST_PAUSE * 4 ** min(self.attempts - 1, 10), LONGEST_PAUSE)
        return now + pause if now + pause <= self.message.created_at + LONGEST else None


@dataclass(frozen=True, slots=True)
class _Turns:
    """The companies whose turn it is. Their attempts go on side by side; `alone` is held for each transaction."""

    connection: AsyncConnection[Any]
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict[int, asyncio.Task[None]])

    def forget_ended(self) -> None:
        """Make room for others. Raises what has ended a turn before its time."""
        for company_id in [company_id for company_id, task in self.tasks.items() if task.done()]:
            self.tasks.pop(company_id).result()


@asynccontextmanager
async def _turns(connection: AsyncConnection[Any]) -> AsyncGenerator[_Turns]:
    """Turns that end with the block: what is under way then is tried again later."""
    turns = _Turns(connection)
    try:
        yield turns
    finally:
        for task in turns.tasks.values():
            task.cancel()
        await asyncio.gather(*turns.tasks.values(), return_exceptions=True)


class Deliverer:
    """Looks every second for what is due, on a connection of its own; `conninfo` is the refresher's.

    Without a mail server e-mail waits for one. `own` are the networks of the operator that webhooks may be in.
    """

    def __init__(
        self,
        conninfo: str,
        clock: Clock,
        *,
        mail: MailServer | None = None,
        own: Sequence[Network] = (),
        period: float = PERIOD_SECONDS,
    ) -> None:
        self._conninfo = conninfo
        self._clock = clock
        self._mail = mail
        self._own = own
        self._period = period

    @asynccontextmanager
    async def delivering(self) -> AsyncGenerator[None]:
        """Deliver for as long as the block runs; what is under way at its end is tried again later."""
        task = asyncio.create_task(self._deliver(), name="deliverer")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def work_off(self, connection: AsyncConnection[Any]) -> int:
        """Try everything that is due once; returns how much there was. The connection is in no transaction.

        What waits for minutes that have grown meanwhile is looked at again.
        """
        async with _turns(connection) as turns:
            begun = await self._begin(turns)
            await asyncio.gather(*turns.tasks.values())
        return begun

    async def _deliver(self) -> None:
        while True:
            try:
                async with (
                    await AsyncConnection.connect(self._conninfo, autocommit=True) as connection,
                    _turns(connection) as turns,
                ):
                    while True:
                        if not await self._begin(turns):
                            await asyncio.sleep(self._period)
                        turns.forget_ended()
            except (psycopg.Error, OSError) as error:
                _log.warning("delivery_failed", error=describe(error))
                await asyncio.sleep(self._period)
            except Exception:
                # A fault of ours; without this nothing would be delivered until somebody starts the process again.
                _log.exception("delivery_failed")
                await asyncio.sleep(self._period)

    async def _begin(self, turns: "_Turns") -> int:
        """Begin with what is due of companies whose turn it is not already; returns how much that is."""
        begun = 0
        for company_id in await self._companies(turns):
            async with turns.alone:
                claimed = await self._claim(turns.connection, company_id)
            if claimed:
                turns.tasks[company_id] = asyncio.create_task(self._try(turns, claimed))
                begun += len(claimed)
        return begun

    async def _try(self, turns: "_Turns", claimed: Sequence[Claimed]) -> None:
        """The turn of a company."""
        await asyncio.gather(*(self._try_one(turns, one) for one in claimed))

    async def _try_one(self, turns: "_Turns", claimed: Claimed) -> None:
        outcome = await self._attempt(claimed)
        async with turns.alone:
            await self._settle(turns.connection, claimed, outcome)

    async def _companies(self, turns: "_Turns") -> list[int]:
        # Those whose turn it is may be due again: asking for so many more leaves enough of the others.
        asked = {"as_of": self._clock(), "most": COMPANIES + len(turns.tasks)}
        async with turns.alone:
            found = await (await turns.connection.execute(_SQL["companies"], asked)).fetchall()
        others = [company_id for (company_id,) in found if company_id not in turns.tasks]
        return others[: COMPANIES - len(turns.tasks)]

    async def _claim(self, connection: AsyncConnection[Any], company_id: int) -> list[Claimed]:
        given = {"company": company_id, "as_of": self._clock(), "most": OF_ONE_COMPANY, "lease": LEASE}
        async with connection.transaction():
            await connection.execute(_SQL["enter"], given)
            await connection.execute(_SQL["look_again"], given)
            room = await self._room(connection, given)
            found = await connection.execute(_SQL["claim"], given | {"room": room})
            claimed = [_claimed(company_id, *row) for row in await found.fetchall()]
            begun = sum(one.attempts == 1 for one in claimed)
            await connection.execute(_SQL["count"], given | {"begun": begun})
            if begun == room:
                await connection.execute(_SQL["put_off"], given)
            return claimed

    async def _room(self, connection: AsyncConnection[Any], given: dict[str, Any]) -> int:
        """How many deliveries of a company may still begin in this hour."""
        row = await (await connection.execute(_SQL["begin_hour"], given)).fetchone()
        return max(MOST_AN_HOUR - row[0], 0) if row else 0

    async def _attempt(self, claimed: Claimed) -> Outcome:
        """What came of it; a fault of ours in one delivery is no reason to try no other."""
        try:
            return await self._send(claimed)
        except Exception:
            _log.exception("delivery_not_attempted", delivery=str(claimed.message.delivery_id))
            return Outcome(DeliveryFailure.UNREACHABLE)

    async def _send(self, claimed: Claimed) -> Outcome:
        target, message = claimed.target, claimed.message
        if target.channel is AlertChannel.EMAIL:
            if self._mail is None:
                return Outcome(DeliveryFailure.NOT_CONFIGURED)
            return await self._mail.send(message.mail(self._mail.sender, target.address))
        body = message.body()
        headers = signed(message.webhook_id, int(self._clock().timestamp()), body, claimed.secret or b"")
        about = [("content-type", "application/json"), ("user-agent", "Turnout")]
        return await post(target.address, about + headers, body, self._own)

    async def _settle(self, connection: AsyncConnection[Any], claimed: Claimed, outcome: Outcome) -> None:
        now = self._clock()
        due_at = None if outcome.is_final else claimed.due_again(now)
        state = DeliveryState.PENDING if due_at else _ended(outcome)
        settled = {
            "company": claimed.company_id,
            "delivery": claimed.message.delivery_id,
            "attempts": claimed.attempts,
            "state": state.value,
            "failure": outcome.failure,
            "status": outcome.status,
            "due_at": due_at,
            "settled_at": None if due_at else now,
        }
        async with connection.transaction():
            await connection.execute(_SQL["enter"], settled)
            await connection.execute(_SQL["settle"], settled)
        if state is DeliveryState.FAILED:
            _log.warning("delivery_given_up", company=claimed.company_id, delivery=str(claimed.message.delivery_id))


def _ended(outcome: Outcome) -> DeliveryState:
    return DeliveryState.FAILED if outcome.failure else DeliveryState.DELIVERED


def _claimed(
    company_id: int,
    delivery_id: UUID,
    attempts: int,
    channel: str,
    address: str,
    secret: bytes | None,
    created_at: datetime,
    *about: *tuple[*_Said, UUID | None, *_Firing],
) -> Claimed:
    said, language, alert_id, firing = about[:9], Language(about[9]), about[10], about[11:]
    fired = Fired(alert_id, *firing) if alert_id else None
    message = Message(delivery_id, created_at, *said, language=language, fired=fired)
    return Claimed(company_id, attempts, Target(AlertChannel(channel), address), secret, message)
