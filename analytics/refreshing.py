"""One refresh of one company: its marked days computed anew, so that every number has one path."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo

import structlog
from psycopg import AsyncConnection, AsyncCursor, DatabaseError, IsolationLevel
from psycopg.errors import ForeignKeyViolation, SerializationFailure

from turnout.analytics.periods import ALWAYS
from turnout.analytics.sweeping.sweep import Sweep
from turnout.analytics.sweeping.tables import OF_SEGMENTS
from turnout.database.faults import describe
from turnout.database.statements import statements
from turnout.tenants.alert_rules import MOST_WAITING

_SQL: Final = statements("turnout.analytics", "refresh.sql") | statements("turnout.analytics", "generations.sql")
_PATIENCE: Final = statements("turnout.analytics", "patience.sql")
_ALERTING: Final = statements("turnout.analytics", "alerting.sql")
_log: Final = structlog.stdlib.get_logger(__name__)

# Days computed in one transaction: few enough that the newest are there soon, enough to spare round trips. There may be
# more of days with few stays.
DAYS_AT_ONCE: Final = 16
MOST_DAYS_AT_ONCE: Final = 128
MOST_STAYS_AT_ONCE: Final = 20_000
# Longer than any request: who began with these rollups must find them until it ends.
KEPT: Final = timedelta(minutes=1)

# What is computed of a day beside its stays, whose sweep writes how long it holds: each that follows may say less.
_PARTS: Final = ("rest", "recordings", "posts")
# Written anew; of events and people only what has changed is.
_ROLLUPS: Final = (
    *("sections", "owners", "presence", "storage", "sign_ins"),
    *("recordings", "peaks", "devices", "rooms", "posts", "hours"),
    *("features", "media", "quality", "sampled_stays"),
    *("levels", "billing", "carried_stays"),
)
# Those that a sweep writes of a segment, which has nothing else.
_ROLLUPS_OF_SEGMENTS: Final = tuple(name for name in _ROLLUPS if f"write_{name}" in OF_SEGMENTS)


class Duty(StrEnum):
    """What is to be done with a generation of rollups; see generations_to_refresh()."""

    REFRESH = "REFRESH"
    SEGMENT = "SEGMENT"
    FOLLOW = "FOLLOW"
    BUILD = "BUILD"


@dataclass(frozen=True, slots=True)
class _DueDay:
    day: date
    starts_at: datetime
    ends_at: datetime
    marks: list[int]


class _RulesToChangeError(Exception):
    """Support has agreed on rules that are to be taken up before anything is computed."""


@dataclass(frozen=True, slots=True)
class _State:
    answers: bool
    seeded: bool
    retired_at: datetime | None
    of_segment: bool


class Refresh:
    """Refreshes of one company's rollups, of one generation, on one connection of the refresher's role."""

    def __init__(self, connection: AsyncConnection[Any], company_id: int, generation: int) -> None:
        self._connection = connection
        self._company_id = company_id
        self._generation = generation

    async def run(self, now: datetime, days: tuple[date, date] = ALWAYS) -> int:
        """Compute due days of a range, the newest first, as many as go well together; returns how many are left.

        Several processes may run it at once: the company's lock is held from before the snapshot until after the
        commit, and a collision that gets past it is tried again.
        """
        async with self.locked():
            while True:
                try:
                    return await self._transaction(now, days)
                except SerializationFailure:
                    await asyncio.sleep(0.005)
                except _RulesToChangeError:
                    await self._change_patience(now)

    @asynccontextmanager
    async def locked(self) -> AsyncGenerator[None]:
        """Alone with the company's rollups; before a transaction begins, else its snapshot would be older than that."""
        await self._execute(_SQL["lock"])
        try:
            yield
        finally:
            if not self._connection.closed:
                await self._execute(_SQL["unlock"])

    async def advance(self, now: datetime) -> bool:
        """What is to be done with these rollups beside refreshing: begin them, let them answer, or remove them.

        Returns whether nothing more is to be done with them now.
        """
        async with self.locked():
            state = await self._state()
            if state is None or state.answers:
                return True
            if state.retired_at:
                await self._remove(now)
                return True
            if not state.seeded:
                await self._seed(now)
            elif state.of_segment:
                await self._become_whole(now)
            else:
                await self._take_place(now)
            return False

    async def follow(self, now: datetime) -> None:
        """Begin rollups of segments that have been declared, and retire those of segments that have been removed."""
        async with self.locked(), self._connection.transaction():
            await self._execute(_SQL["enter"])
            await self._execute(_SQL["lock_company"])
            for statement in ("begin_segments", "retire_segments", "forget_segments"):
                await self._execute(_SQL[statement], as_of=now)

    async def _state(self) -> "_State | None":
        async with self._connection.transaction():
            await self._execute(_SQL["enter"])
            rows = await self._rows(_SQL["state"])
            return _State(*rows[0]) if rows else None

    async def _seed(self, now: datetime) -> None:
        async with self._connection.transaction():
            await self._execute(_SQL["enter"])
            [(zone,)] = await self._rows(_SQL["zone"])
            await self._execute(_SQL["seed"], as_of=now, today=now.astimezone(ZoneInfo(zone)).date())

    async def _take_place(self, now: datetime) -> None:
        """Only when all its days are computed: the last few under a lock that holds up the company's ingest."""
        async with self._connection.transaction():
            await self._execute(_SQL["enter"])
            await self._execute(_SQL["lock_company"])
            [(zone,)] = await self._rows(_SQL["zone"])
            today = now.astimezone(ZoneInfo(zone)).date()
            due = await self._due(now, ALWAYS, zone, today)
            if len(due) > DAYS_AT_ONCE:
                return
            if due:
                await self._compute(due, now, zone)
            await self._execute(_SQL["roll_through"], today=today)
            await self._execute(_SQL["take_place"], as_of=now)
            # Rules are held against days that answer, which these do from here on.
            await self._alert(now, zone, today)

    async def _become_whole(self, now: datetime) -> None:
        """When no more days are left than were touched meanwhile: whoever asks for one of them has it refreshed."""
        async with self._connection.transaction():
            await self._execute(_SQL["enter"])
            [(zone,)] = await self._rows(_SQL["zone"])
            due = await self._due(now, ALWAYS, zone, now.astimezone(ZoneInfo(zone)).date())
            if len(due) <= DAYS_AT_ONCE:
                await self._execute(_SQL["become_whole"], as_of=now)

    async def _remove(self, now: datetime) -> None:
        async with self._connection.transaction():
            await self._execute(_SQL["enter"])
            await self._execute(_SQL["remove"], before=now - KEPT)

    async def _change_patience(self, now: datetime) -> None:
        """Let the company wait as long as support has agreed: who asks later finds the days marked that this moves."""
        async with self._connection.pipeline(), self._connection.transaction():
            await self._execute(_SQL["enter"])
            await self._execute(_PATIENCE["lock_company"])
            await self._execute(_PATIENCE["change_patience"])
            for what in ("stays", "recordings", "features"):
                await self._execute(_PATIENCE[f"reopen_{what}"], as_of=now)
                await self._execute(_PATIENCE[f"mark_open_{what}"], as_of=now)

    async def settle(self, now: datetime) -> None:
        """Write down the ends of what time has closed, in a transaction of its own, under an ingest's locks."""
        async with self._connection.pipeline(), self._connection.transaction():
            await self._execute(_SQL["enter"])
            await self._execute(_SQL["share_company"])
            if events := [event for (event,) in await self._rows(_SQL["lock_stale"], as_of=now)]:
                await self._execute(_SQL["settle_stale"], as_of=now, events=events)

    async def _transaction(self, now: datetime, days: tuple[date, date]) -> int:
        await self._connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        try:
            async with self._connection.pipeline(), self._connection.transaction():
                await self._execute(_SQL["enter"])
                rules = await self._rows(_SQL["rules"])
                if not rules:  # removed in the meantime, with all its marks
                    return 0
                [(zone, to_change, segment)] = rules
                if to_change:
                    raise _RulesToChangeError
                today = now.astimezone(ZoneInfo(zone)).date()
                due = await self._due(now, days, zone, today)
                at_once = await self._at_once(due)
                if due:
                    await self._compute(due[:at_once], now, zone, segment)
                if due and segment is None:
                    await self._alert(now, zone, today)
                if len(due) <= at_once:
                    await self._execute(_SQL["roll_through"], today=today)
                return max(0, len(due) - at_once)
        finally:
            if not self._connection.closed:
                await self._connection.set_isolation_level(None)

    async def _due(self, now: datetime, days: tuple[date, date], zone: str, today: date) -> list[_DueDay]:
        rows = await self._rows(
            _SQL["due_days"], first_day=days[0], last_day=days[1], as_of=now, time_zone=zone, today=today
        )
        return [_DueDay(*row) for row in rows]

    async def _at_once(self, due: Sequence[_DueDay]) -> int:
        """How many of these days to compute now."""
        if len(due) <= DAYS_AT_ONCE:
            return DAYS_AT_ONCE
        most = due[:MOST_DAYS_AT_ONCE]
        bounds = {"starts": [day.starts_at for day in most], "ends": [day.ends_at for day in most]}
        [(days,)] = await self._rows(_SQL["days_at_once"], **bounds, most_stays=MOST_STAYS_AT_ONCE)
        return max(days, DAYS_AT_ONCE)

    async def _compute(self, due: Sequence[_DueDay], now: datetime, zone: str, segment: str | None = None) -> None:
        parts, rollups = (_PARTS, _ROLLUPS) if segment is None else ((), _ROLLUPS_OF_SEGMENTS)
        days: dict[str, list[date]] = {"days": [day.day for day in due]}
        bounds: dict[str, list[datetime]] = {
            "starts": [day.starts_at for day in due],
            "ends": [day.ends_at for day in due],
        }
        await self._execute(_SQL["begin_days"], **days, **bounds, as_of=now)
        await self._execute(_SQL["bump_months"], **days)
        for table in rollups:
            await self._execute(_SQL[f"clear_{table}"], **days)
        sweep = Sweep(self._connection, self._company_id, self._generation, segment)
        await sweep.write(days["days"], bounds["starts"], bounds["ends"], now, zone)
        for part in parts:
            await self._execute(_SQL[f"compute_{part}"], **days, **bounds, as_of=now)
        marks = [mark for day in due for mark in day.marks]
        await self._execute(_SQL["mark_closed"], **days, marks=marks, as_of=now)
        await self._execute(_SQL["delete_marks"], marks=marks)

    async def _alert(self, now: datetime, zone: str, today: date) -> None:
        """Hold the company's rules against what has just been computed: what they say is committed with it.

        Figures never wait for rules. Where somebody changes a rule at this moment, today is computed again soon.
        """
        # Whatever has failed before is raised here, and not where it would be taken for a fault of rules.
        [(has_rules,)] = await self._rows(_ALERTING["has_rules"])
        if not has_rules:
            return
        try:
            async with self._connection.transaction(), self._connection.pipeline():
                days = {"as_of": now, "time_zone": zone, "today": today}
                await self._execute(_ALERTING["fire_alerts"], most_waiting=MOST_WAITING, **days)
                await self._execute(_ALERTING["look_again"], as_of=now, today=today)
        except (SerializationFailure, ForeignKeyViolation):
            await self._execute(_ALERTING["try_again"], as_of=now, today=today)
        except DatabaseError as error:
            _log.exception("alerts_failed", company=self._company_id, error=describe(error))

    async def _execute(self, statement: LiteralString, **parameters: Any) -> AsyncCursor[Any]:  # noqa: ANN401 -- any SQL value
        """Execute a statement; inside a pipeline it costs no round trip as long as nothing is fetched."""
        rollups = {"company": self._company_id, "generation": self._generation}
        return await self._connection.execute(statement, rollups | parameters)

    async def _rows(self, statement: LiteralString, **parameters: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 -- any SQL value
        return await (await self._execute(statement, **parameters)).fetchall()


async def generations_to_refresh(connection: AsyncConnection[Any]) -> list[tuple[int, int, Duty]]:
    """Companies and generations of rollups with something to be done, and what that is."""
    cursor = await connection.execute(_SQL["generations_to_refresh"])
    return [(company, generation, Duty(duty)) for company, generation, duty in await cursor.fetchall()]
