"""Closing billing periods: their figures as insert-only revisions, and the next revision when something has changed."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection, AsyncCursor, IsolationLevel

from turnout.analytics.contract import Counted, Counting, MetricUsage, usage_parameters
from turnout.analytics.periods import DAY, FIRST_DAY, Period, billing_period
from turnout.analytics.refreshing import Refresh
from turnout.analytics.revisions import DEFINITION, Mark, Revision, figure_of, marked, reasons_for
from turnout.database.calendar import local_midnight
from turnout.database.statements import statements
from turnout.tenants.company import Company

_SQL: Final = statements("turnout.analytics", "closing.sql")
_REFRESH: Final = statements("turnout.analytics", "refresh.sql")
_CONTRACT: Final = statements("turnout.analytics", "contract.sql")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long a period stays open after its end, and how long nothing may have changed in it before it is closed.

    Late data is waited for likewise, so that what comes piece by piece makes one revision; `at_most` bounds that.
    """

    after_end: timedelta = timedelta(hours=72)
    quiet: timedelta = timedelta(hours=1)
    at_most: timedelta = timedelta(hours=24)


# Close what has ended, and look again at what has changed, now.
NOT_AT_ALL: Final = Waiting(timedelta(), timedelta(), timedelta())


@dataclass(frozen=True, slots=True)
class Calendar:
    """What says whether a company has something to close."""

    company_id: int
    generation: int
    time_zone: str
    anchor_day: int
    closed_through: date | None
    reopened: bool

    def has_work(self, now: datetime, waiting: Waiting) -> bool:
        """Whether a period has ended long enough ago, or a closed one is to be looked at again."""
        if self.reopened or self.closed_through is None:
            return True
        last = billing_period(self.closed_through + DAY, self.anchor_day)[1]
        return local_midnight(ZoneInfo(self.time_zone), last + DAY) + waiting.after_end <= now


@dataclass(frozen=True, slots=True)
class _State:
    company: Company
    closed_through: date | None
    earliest: date | None

    def open_periods(self, now: datetime) -> Iterator[tuple[date, date]]:
        """Periods that have ended and are not closed, the earliest first.

        Each begins on the day after the one before: with another anchor day the first one is shorter, and no day is in
        two periods or in none.
        """
        start = self.closed_through + DAY if self.closed_through else self.earliest
        if start is None:
            return
        first, last = billing_period(start, self.company.billing_anchor_day)
        first = start if self.closed_through else first
        while local_midnight(self.company.zone, last + DAY) <= now:
            yield first, last
            first, last = billing_period(last + DAY, self.company.billing_anchor_day)


class _Outcome(Enum):
    """What became of a look at a period."""

    WAITS = auto()
    UNCHANGED = auto()
    WRITTEN = auto()


class Closing:
    """The closing of one company's billing periods, on one connection of the refresher's role."""

    def __init__(self, connection: AsyncConnection[Any], company_id: int, generation: int) -> None:
        self._connection = connection
        self._company_id = company_id
        self._generation = generation
        self._refresh = Refresh(connection, company_id, generation)

    async def run(self, now: datetime, waiting: Waiting) -> list[date]:
        """Close what is to be closed, and revise what has changed; returns the first days of these periods.

        What is not up to date, or has changed too lately, is left for another time.
        """
        async with self._transaction():
            state = await self._state()
            if state is None or state.company.generation != self._generation:
                return []
            zone = {"time_zone": state.company.time_zone}
            closed = [Revision(*row) for row in await self._rows(_SQL["closed"], **zone)]
            marks = [Mark(*row) for row in await self._rows(_SQL["marks"])]
        revised = await self._revise(state.company, closed, marks, now, waiting)
        return revised + await self._close(state, now, waiting)

    async def _close(self, state: _State, now: datetime, waiting: Waiting) -> list[date]:
        done: list[date] = []
        for first, last in state.open_periods(now):
            look = _Look(state.company, first, last, now, waiting.quiet)
            if look.period.end + waiting.after_end > now or await self._look(look) is _Outcome.WAITS:
                break
            done.append(first)
        return done

    async def _revise(
        self, company: Company, closed: Sequence[Revision], marks: Sequence[Mark], now: datetime, waiting: Waiting
    ) -> list[date]:
        """Every closed period that a mark has to do with, or whose definitions have changed; on demand all of them."""
        on_demand = waiting is NOT_AT_ALL
        quiet = timedelta() if any(mark.made_at + waiting.at_most <= now for mark in marks) else waiting.quiet
        outcomes: dict[date, _Outcome] = {}
        for latest in closed:
            reasons = marked(latest, marks)
            if reasons or latest.definition != DEFINITION or on_demand:
                look = _Look(company, latest.first_day, latest.last_day, now, quiet, latest, reasons, on_demand)
                outcomes[latest.first_day] = await self._look(look)
        if marks and _Outcome.WAITS not in outcomes.values():
            async with self._transaction():
                await self._execute(_SQL["delete_marks"], marks=[mark.mark_id for mark in marks])
        return [first for first, outcome in outcomes.items() if outcome is _Outcome.WRITTEN]

    async def _look(self, look: "_Look") -> _Outcome:
        """Compute a period's figures, and add them as a revision if there is a reason for it."""
        async with self._refresh.locked(), self._transaction(IsolationLevel.REPEATABLE_READ):
            if not await self._is_ready(look):
                return _Outcome.WAITS
            counted = await self._count(look)
            rounding, figures = counted[0].rounding, [figure.usage for figure in counted]
            reasons = ["CLOSED"]
            if look.latest:
                before = await self._figures_of(look.latest)
                reasons = reasons_for(look.latest, before, figures, rounding, look.reasons, contract=look.on_demand)
            if not reasons:
                return _Outcome.UNCHANGED
            await self._add(look, figures, rounding, reasons)
            return _Outcome.WRITTEN

    async def _is_ready(self, look: "_Look") -> bool:
        """Whether every day up to the period's last is up to date, and has been for a while."""
        zone = look.company.zone
        span = {"first_day": FIRST_DAY, "last_day": look.last, "today": look.now.astimezone(zone).date()}
        if await self._rows(_REFRESH["due_days"], **span, as_of=look.now, time_zone=look.company.time_zone):
            return False
        [(computed_at,)] = await self._rows(_SQL["last_computed"], last_day=look.last)
        return computed_at is None or computed_at + look.quiet <= look.now

    async def _count(self, look: "_Look") -> list[Counted]:
        parameters = usage_parameters(look.period, look.last, look.last, billing=True) | {"as_of": look.now}
        rows = await self._rows(_CONTRACT["contract_usage"], **parameters)
        return [Counting(look.company, look.period.end, look.now)(*row) for row in rows]

    async def _figures_of(self, latest: Revision) -> list[MetricUsage]:
        said = {"first_day": latest.first_day, "revision": latest.revision}
        return [figure_of(*row) for row in await self._rows(_SQL["figures"], **said)]

    async def _add(self, look: "_Look", figures: Sequence[MetricUsage], rounding: str, reasons: list[str]) -> None:
        of = {"first_day": look.first, "revision": look.latest.revision + 1 if look.latest else 1}
        await self._execute(
            _SQL["add_revision"],
            **of,
            last_day=look.last,
            starts_at=look.period.start,
            ends_at=look.period.end,
            time_zone=look.company.time_zone,
            rounding=rounding,
            definition=DEFINITION,
            reasons=reasons,
            as_of=look.now,
        )
        await self._execute(
            _SQL["add_figures"],
            **of,
            metrics=[figure.metric.value for figure in figures],
            sections=[figure.section.value for figure in figures],
            amounts=[figure.amount for figure in figures],
            ats=[figure.at for figure in figures],
            limits=[figure.limit for figure in figures],
            worst_shares=[figure.worst_share for figure in figures],
            worst_share_ats=[figure.worst_share_at for figure in figures],
        )

    async def _state(self) -> _State | None:
        rows = await self._rows(_SQL["state"])
        if not rows:  # removed in the meantime
            return None
        slug, name, zone, anchor, generation, closed_through, earliest = rows[0]
        return _State(Company(self._company_id, slug, name, zone, anchor, generation), closed_through, earliest)

    @asynccontextmanager
    async def _transaction(self, isolation: IsolationLevel | None = None) -> AsyncGenerator[None]:
        await self._connection.set_isolation_level(isolation)
        try:
            async with self._connection.transaction():
                await self._execute(_REFRESH["enter"])
                yield
        finally:
            if not self._connection.closed:
                await self._connection.set_isolation_level(None)

    async def _execute(self, statement: LiteralString, **parameters: Any) -> AsyncCursor[Any]:  # noqa: ANN401 -- any SQL value
        # Last: a period has parameters for its rollups too, which name those of a segment alone.
        rollups = {"company": self._company_id, "generation": self._generation}
        return await self._connection.execute(statement, parameters | rollups)

    async def _rows(self, statement: LiteralString, **parameters: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 -- any SQL value
        return await (await self._execute(statement, **parameters)).fetchall()


@dataclass(frozen=True, slots=True)
class _Look:
    """One period to be looked at: its latest revision if it is closed already, and why it is looked at again."""

    company: Company
    first: date
    last: date
    now: datetime
    quiet: timedelta
    latest: Revision | None = None
    reasons: Sequence[str] = ()
    on_demand: bool = False

    @property
    def period(self) -> Period:
        zone = self.company.zone
        return Period(local_midnight(zone, self.first), local_midnight(zone, self.last + DAY), self.company.time_zone)


async def billing_calendars(connection: AsyncConnection[Any]) -> list[Calendar]:
    """Every company with what says whether it has something to close."""
    cursor = await connection.execute(_SQL["billing_calendars"], {"definition": DEFINITION})
    return [Calendar(*row) for row in await cursor.fetchall()]
