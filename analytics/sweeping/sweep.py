"""A sweep of some days of a company: its stays are read once, and every rollup that is about them is written."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from psycopg import AsyncConnection

from turnout.analytics.sweeping.arrays import NONE, BigInts, Ints, cursor_of_arrays, ints
from turnout.analytics.sweeping.facts import Changes, Days, Found, Tops, cut, tops_of
from turnout.analytics.sweeping.levels import Hour
from turnout.analytics.sweeping.swept import DEVICES, SECTIONS, UNDECIDED, Crowds, Rows, Swept
from turnout.analytics.sweeping.tables import OF_COMPANIES, OF_SEGMENTS
from turnout.database.statements import statements

_SQL: Final = statements("turnout.analytics.sweeping", "sweep.sql")
_MANY: Final = 5000
_EPOCH: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class Sweep:
    """Of one company and generation, perhaps of a segment, in the transaction that its connection is in."""

    def __init__(
        self, connection: AsyncConnection[Any], company_id: int, generation: int, segment: str | None = None
    ) -> None:
        self._cursor = cursor_of_arrays(connection)
        self._fixed: dict[str, Any] = {
            "company": company_id,
            "generation": generation,
            "segment": segment,
            "devices": list(DEVICES),
            "sections": list(SECTIONS),
        }

    async def write(
        self,
        days: Sequence[date],
        starts: Sequence[datetime],
        ends: Sequence[datetime],
        as_of: datetime,
        time_zone: str,
    ) -> None:
        """Compute these days as of an instant, and write them where their rows have been cleared away."""
        self._fixed |= {
            "days": list(days),
            "starts": list(starts),
            "ends": list(ends),
            "as_of": as_of,
            "time_zone": time_zone,
        }
        bounds = Days(_instants(starts), _instants(ends), _microseconds(as_of))
        found = Found(*await self._ask("find_stays"))
        # Of long arrays the planner had better see how long they are; for few stays planning costs more than it saves.
        prepare = None if len(found.day) < _MANY else False
        tables = await self._tables(found, bounds)
        for name, rows in tables.items():
            await self._cursor.execute(_SQL[name], self._fixed | dict(rows), prepare=prepare)

    async def _tables(self, found: Found, days: Days) -> Mapping[str, Rows]:
        events = np.unique(found.event)
        tops = tops_of(await self._ask("find_tops", events=BigInts(events)))
        changing = np.unique(found.connection[found.changed])
        changes = (
            Changes(*await self._ask("find_changes", connections=BigInts(changing))) if len(changing) else _UNCHANGED
        )
        crowds = await self._crowds(tops)
        hours = [
            Hour(*hour) for hour in zip(*(column.tolist() for column in await self._ask("find_hours")), strict=True)
        ]

        wanted = OF_COMPANIES if self._fixed["segment"] is None else OF_SEGMENTS

        def sweep() -> Mapping[str, Rows]:
            swept = Swept(cut(found, tops, days), changes, tops, crowds, days, hours)
            return {name: rows(swept) for name, rows in wanted.items()}

        return await asyncio.to_thread(sweep)

    async def _crowds(self, tops: Tops) -> Crowds:
        undecided = tops.event[tops.grouped == UNDECIDED]
        return Crowds(*await self._ask("find_crowds", events=BigInts(undecided)))

    async def _ask(self, name: str, **parameters: Any) -> tuple[Any, ...]:  # noqa: ANN401 -- any SQL value
        await self._cursor.execute(_SQL[name], self._fixed | parameters)
        [row] = await self._cursor.fetchall()
        return row


_UNCHANGED: Final = Changes(NONE, NONE, NONE, NONE.astype(np.bool_))


def _instants(instants: Sequence[datetime]) -> Ints:
    return ints([_microseconds(instant) for instant in instants])


def _microseconds(instant: datetime) -> int:
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
