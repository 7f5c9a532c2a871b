"""The rival of a rebuild: a company's stays as arrays, swept by numpy alone, the plainest figures written by COPY."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from turnout.analytics.sweeping.arrays import Ints, cursor_of_arrays
from turnout.database.statements import statements

SQL: Final = statements("benchmarks", "rebuild.sql")
DAY: Final = 86_400_000_000
INTEGER, BIGINT = ">i4", ">i8"


async def rebuild(connection: AsyncConnection[Any], company: int) -> None:
    """Every day of a company in UTC: peaks, minutes, events and people by kind, by event, and who was there."""
    event, person, joined, left = await arrays(connection, SQL["stays"], company)
    events, kinds = await arrays(connection, SQL["kinds"], company)
    day, event, person, starts, ends = by_day(event, person, joined, left)
    kind = kinds[np.searchsorted(events, event)]
    async with connection.transaction():
        await copy(connection, "section_day", company, sections(day, kind, event, person, starts, ends))
        await copy(connection, "event_day", company, held(day, event, person, starts, ends))
        active = np.unique(np.stack((day, person)), axis=1)
        await copy(connection, "person_day", company, [(active[0], INTEGER), (active[1], BIGINT)])


async def arrays(connection: AsyncConnection[Any], text: LiteralString, company: int) -> tuple[Ints, ...]:
    cursor = cursor_of_arrays(connection)
    await cursor.execute(text, {"company": company})
    return await cursor.fetchone() or ()


def by_day(event: Ints, person: Ints, joined: Ints, left: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    first, last = joined // DAY, np.maximum(left - 1, joined) // DAY
    of = np.repeat(np.arange(len(event)), last - first + 1)
    day = first[of] + np.arange(len(of)) - np.repeat(np.cumsum(last - first + 1) - (last - first + 1), last - first + 1)
    return day, event[of], person[of], np.maximum(joined[of], day * DAY), np.minimum(left[of], (day + 1) * DAY)


Columns = Sequence[tuple[NDArray[Any], str]]


def sections(day: Ints, kind: Ints, event: Ints, person: Ints, starts: Ints, ends: Ints) -> Columns:
    """The fourth kind is all of them."""
    day, event, person, starts, ends = (np.tile(column, 2) for column in (day, event, person, starts, ends))
    group = day * 4 + np.concatenate((kind, np.full(len(kind), 3)))
    keys, of, peaks, at, us = swept(group, starts, ends)
    return [
        (keys // 4, INTEGER),
        (keys % 4, INTEGER),
        (peaks, INTEGER),
        (at, BIGINT),
        (us, BIGINT),
        (different(of, event, len(keys)), INTEGER),
        (different(of, person, len(keys)), INTEGER),
    ]


def held(day: Ints, event: Ints, person: Ints, starts: Ints, ends: Ints) -> Columns:
    numbers, number = np.unique(event, return_inverse=True)
    keys, of, peaks, _, us = swept(day * len(numbers) + number, starts, ends)
    people = different(of, person, len(keys))
    columns = (keys // len(numbers), numbers[keys % len(numbers)], peaks, us, people)
    return list(zip(columns, (INTEGER, BIGINT, INTEGER, BIGINT, INTEGER), strict=True))


def swept(group: Ints, starts: Ints, ends: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Groups, the group of each stay, and of each group the peak, when it was first reached, and the time."""
    keys, of = np.unique(group, return_inverse=True)
    groups, at = np.concatenate((of, of)), np.concatenate((starts, ends))
    step = np.repeat(np.array([1, -1]), len(of))
    order = np.lexsort((step, at, groups))
    level = np.cumsum(step[order])
    first = np.searchsorted(groups[order], np.arange(len(keys)))
    peaks = np.maximum.reduceat(level, first)
    reached = np.flatnonzero(level == peaks[groups[order]])
    first_reached = reached[np.searchsorted(groups[order][reached], np.arange(len(keys)))]
    us = np.zeros(len(keys), np.int64)
    np.add.at(us, of, ends - starts)
    return keys, of, peaks, at[order][first_reached], us


def different(of: Ints, values: Ints, size: int) -> Ints:
    numbers, number = np.unique(values, return_inverse=True)
    return np.bincount(np.unique(of * len(numbers) + number) // len(numbers), minlength=size)


async def copy(connection: AsyncConnection[Any], table: LiteralString, company: int, columns: Columns) -> None:
    """As binary COPY wants them: of each row how many columns, and of each column how long it is."""
    size = len(columns[0][0])
    columns = [(np.full(size, company), INTEGER), *columns]
    form: list[tuple[str, str]] = [("columns", ">i2")]
    for number, (_, kind) in enumerate(columns):
        form += [(f"length {number}", ">i4"), (f"value {number}", kind)]
    rows = np.empty(size, np.dtype(form))
    rows["columns"] = len(columns)
    for number, (values, kind) in enumerate(columns):
        rows[f"length {number}"] = np.dtype(kind).itemsize
        rows[f"value {number}"] = values
    async with connection.cursor().copy(f"copy rival.{table} from stdin (format binary)") as into:
        await into.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff")
