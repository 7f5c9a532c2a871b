"""The quarantine: what could not be counted is listed here, and taken again once it can be."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from psycopg import AsyncConnection

from turnout.database.columns import Blobs, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Quarantined
from turnout.ingest.files import BYTES_AT_ONCE, LINES_AT_ONCE
from turnout.ingest.intake import read_batch, store_readable, transact
from turnout.tenants.connection import Door, Statement

# Bodies that are no delivery as it came: rows of a file, and what was cut because it is too large.
NOT_WHOLE: Final = ("CSV_ROW", "LEAVE_BEFORE_JOIN", "TOO_LARGE")
# So many of a company's latest leaves are looked at for their joins.
LEAVES_LOOKED_AT: Final = 100_000
# From the first quotation mark to the last: what stands between may have quotation marks itself.
_VALUES: Final = re.compile(r"""['"].*['"]""", re.DOTALL)
_SQL: Final = statements("turnout.ingest", "quarantine.sql")


@dataclass(frozen=True, slots=True)
class Total:
    """How many different deliveries a code holds, and how often they came."""

    code: str
    deliveries: int
    times: int


@dataclass(frozen=True, slots=True)
class Held:
    """One delivery that does not count. A leave whose join never came has no body: it is among the facts."""

    code: str
    reason: str
    source: str | None
    id: str | None
    first_at: datetime
    last_at: datetime
    times: int
    body: bytes | None
    position: int | None = None

    @property
    def reason_without_values(self) -> str:
        """The reason without anything that was sent, which may be somebody's name: each of our texts quotes it."""
        return _VALUES.sub("…", self.reason)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the deliveries in quarantine."""

    accepted: int
    known: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class _Leave:
    event: str
    connection: str
    at: datetime
    source: str
    id: str
    total: int

    @property
    def held(self) -> Held:
        code, reason = "LEAVE_WITHOUT_JOIN", f"{self.connection!r} left {self.event!r} and had not joined."
        return Held(code, reason, self.source, self.id, self.at, self.at, 1, None)


@dataclass(frozen=True, slots=True)
class _Arrived:
    digest: bytes
    body: bytes
    first_at: datetime
    position: int


async def list_quarantine(
    door: Door, company_id: int, code: str | None, limit: int, now: datetime, *, with_bodies: bool = True
) -> tuple[list[Total], list[Held]]:
    """Totals by code, and the newest deliveries that do not count; of one code when it is given.

    Leaves whose join never came are among them once the company's `staleAfter` has passed since the leave.
    """
    parameters = {"company": company_id, "code": code, "limit": limit, "with_bodies": with_bodies}
    bounded = parameters | {"as_of": now, "looked_at": LEAVES_LOOKED_AT}
    wanted: list[Statement[Any]] = [
        Statement(_SQL["totals"], parameters, Total),
        Statement(_SQL["newest"], parameters, Held),
    ]
    if code in {None, "LEAVE_WITHOUT_JOIN"}:
        wanted.append(Statement(_SQL["leaves_without_join"], bounded, _Leave))
    totals, newest, *leaves = [_rows(rows) for rows in await door.read(company_id, wanted)]
    alone: list[_Leave] = leaves[0] if leaves else []
    if alone:
        totals.append(Total(alone[0].held.code, alone[0].total, alone[0].total))
    held = sorted([*newest, *(leave.held for leave in alone)], key=lambda one: one.last_at, reverse=True)
    return totals, held[:limit]


async def replay(door: Door, company_id: int, code: str | None, clock: Callable[[], datetime]) -> Replayed:
    """Take what is in quarantine again, in the order of its arrival; what counts now leaves it.

    Each leaves in the transaction that stores it: a death in between loses nothing and counts nothing twice.
    Raises as `take` does; then run it again.
    """
    parameters = {"company": company_id, "code": code, "not_whole": list(NOT_WHOLE)}
    [[kept]] = [_rows(rows) for rows in await door.read(company_id, [Statement(_SQL["kept"], parameters, int)])]
    accepted = known = 0
    after: _Arrived | None = _Arrived(b"", b"", datetime(1, 1, 1, tzinfo=UTC), -1)
    while after:
        since = parameters | {"first_at": after.first_at, "position": after.position, "digest": after.digest}
        now = clock()
        step, after = await transact(door, company_id, lambda c, since=since, now=now: _replay_next(c, since, now))
        accepted, known, kept = accepted + step.accepted, known + step.known, kept + step.quarantined
    return Replayed(accepted, known, kept)


async def _replay_next(
    connection: AsyncConnection[Any], since: dict[str, Any], now: datetime
) -> tuple[Replayed, _Arrived | None]:
    """Take the next deliveries again; returns the last of them, None when there were none."""
    bounds = {"at_once": LINES_AT_ONCE, "bytes_at_once": BYTES_AT_ONCE}
    cursor = await connection.execute(_SQL["next_arrived"], since | bounds)
    arrived = [_Arrived(*row) for row in await cursor.fetchall()]
    if not arrived:
        return Replayed(0, 0, 0), None
    activities, broken = read_batch([one.body for one in arrived], now)
    receipt = await store_readable(connection, since["company"], activities, now)
    still = {item.position: item for item in broken + receipt.quarantined}
    await _release(connection, since["company"], arrived, still)
    return Replayed(receipt.accepted, receipt.known, len(still)), arrived[-1]


async def _release(
    connection: AsyncConnection[Any], company_id: int, arrived: list[_Arrived], still: dict[int, Quarantined]
) -> None:
    released = [one.digest for place, one in enumerate(arrived) if place not in still]
    await connection.execute(_SQL["release"], {"company": company_id, "digests": Blobs(released)})
    columns = {
        "digests": [arrived[place].digest for place in still],
        "codes": Texts(item.code for item in still.values()),
        "details": Texts(item.reason.replace("\0", "\\0") for item in still.values()),
    }
    await connection.execute(_SQL["explain"], {"company": company_id} | columns)


def _rows(rows: list[Any] | Exception) -> list[Any]:
    if isinstance(rows, Exception):
        raise rows
    return rows
