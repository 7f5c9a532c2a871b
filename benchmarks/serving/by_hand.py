"""The two questions as endpoints of their own, as one would write them without GraphQL: no schema, no choice of fields.

The same statements, the same wall, keys looked up in the same way, and whether a day is out of date asked beside them.
"""

import hashlib
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo

import orjson
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from turnout.analytics.months import parts_of
from turnout.analytics.paging import Wanted, paged
from turnout.database.statements import statements

Pool = AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]

SUMMARY: Final = statements("turnout.analytics", "summary.sql")
PEAKS: Final = statements("turnout.analytics", "peaks.sql")
USERS: Final = statements("turnout.analytics", "users.sql")
READING: Final = statements("turnout.analytics", "reading.sql")
TOP_USERS: Final = Wanted(20, "EVENTS_HELD")
ENTER: Final = "select set_config('app.company', %s, true), set_config('app.user_key', '', true)"
FIND_KEY: Final = (
    "select company_id, generation, time_zone, scopes, user_key from find_key(%(digest)s, %(now)s, %(address)s::inet)"
)
BEGINNING: Final = date(2000, 1, 1)
DAY: Final = timedelta(days=1)
WHOLE: Final[Mapping[str, Any]] = {
    "segment": None,
    "only": None,
    **{name: [] for name in ("cut_days", "cut_starts", "cut_ends", "end_days", "end_starts", "end_ends")},
    "sections": ["TOTAL", "MEETING", "WEBINAR", "CALL"],
}

PEAK: Final = ("", "At", "Limit")
DAY_COLUMNS: Final = (
    *("day", "section"),
    *(f"connections{part}" for part in PEAK),
    *(f"speakers{part}" for part in PEAK),
    *("listeners", "listenersAt"),
    *(f"events{part}" for part in PEAK),
    *("eventsHeld", "participationUs", "uniqueParticipants"),
)
SECTION_COLUMNS: Final = (
    "section",
    *(f"{metric}{part}" for metric in ("connections", "speakers", "listeners", "events") for part in PEAK),
    *("sumConnections", "sumSpeakers", "sumEvents", "eventsHeld", "participationUs", "uniqueParticipants"),
)
TEMPLATE_COLUMNS: Final = ("kind", "template", "eventsHeld", "personalCalls", "groupCalls")
COUNT_COLUMNS: Final = (
    *("eventsCreated", "eventsNotHeld", "messages", "uploadedBytes", "newUsers"),
    *("storageBytes", "storageLimit", "registeredUsers", "usersLimit"),
)
USER_COLUMNS: Final = (
    *("total", "before", "sortNumber", "sortText", "userId", "name", "maxSpeakers", "maxListeners"),
    *("maxParallelEvents", "eventsCreated", "eventsHeld", "eventsPlanned", "diskBytes", "tie", "follows", "place"),
)
PENDING_COLUMNS: Final = ("day", "marks", "revision", "since")


@dataclass(frozen=True)
class Ask:
    """A statement, and what its columns are called in the answer."""

    name: str
    columns: Sequence[str]
    text: LiteralString
    parameters: Mapping[str, Any]

    def rows(self, _: object) -> Callable[[Sequence[Any]], dict[str, Any]]:
        """A row factory of psycopg's."""
        return lambda values: dict(zip(self.columns, values, strict=True))


@dataclass(frozen=True)
class Asker:
    """Whose key a request has."""

    company_id: int
    generation: int
    zone: ZoneInfo


class _RefusedError(Exception):
    """Nobody's key, or one that may not read."""


class Endpoints:
    """Both endpoints over two pools: of autocommit connections for keys, and of read-only ones for questions."""

    def __init__(self, conninfo: str) -> None:
        self._keys = _pool(conninfo, 4, "-c default_transaction_read_only=off")
        self._readers = _pool(
            conninfo, 6, r"-c default_transaction_isolation=repeatable\ read -c default_transaction_read_only=on"
        )

    @asynccontextmanager
    async def open(self, _: Starlette) -> AsyncGenerator[None]:
        async with self._keys, self._readers:
            yield

    async def dashboard(self, request: Request) -> Response:
        return await self._respond(request, _dashboard)

    async def peaks(self, request: Request) -> Response:
        return await self._respond(request, lambda span: [_daily_peaks(span.parameters())])

    async def _respond(self, request: Request, asked: "Callable[[Span], list[Ask]]") -> Response:
        try:
            asker = await self._asker(request)
        except _RefusedError:
            return Response(b'{"error":"unauthenticated"}', 401, media_type="application/json")
        body = orjson.loads(await request.body())
        span = Span(asker, date.fromisoformat(body["from"]), date.fromisoformat(body["to"]), datetime.now(UTC))
        rows = await self._read(asker.company_id, [*asked(span), *_freshness(span)])
        return Response(orjson.dumps({"asOf": span.as_of, **rows}), media_type="application/json")

    async def _asker(self, request: Request) -> Asker:
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise _RefusedError
        digest = hashlib.sha256(key.encode()).digest()
        address = request.client.host if request.client else None
        async with self._keys.connection() as connection:
            cursor = await connection.execute(
                FIND_KEY, {"digest": digest, "now": datetime.now(UTC), "address": address}
            )
            found = await cursor.fetchone()
        if found is None:
            raise _RefusedError
        company_id, generation, time_zone, scopes, user_key = found
        if "read:stats" not in scopes or user_key is not None:
            raise _RefusedError
        return Asker(company_id, generation, ZoneInfo(time_zone))

    async def _read(self, company_id: int, asked: Sequence[Ask]) -> dict[str, Any]:
        async with self._readers.connection() as connection, connection.pipeline():
            await connection.execute(ENTER, (str(company_id),))
            cursors = [connection.cursor(row_factory=ask.rows) for ask in asked]
            for ask, cursor in zip(asked, cursors, strict=True):
                await cursor.execute(ask.text, ask.parameters)
            return {ask.name: await cursor.fetchall() for ask, cursor in zip(asked, cursors, strict=True)}


@dataclass(frozen=True)
class Span:
    """Whole days of a company, as of an instant."""

    asker: Asker
    first: date
    last: date
    as_of: datetime

    @property
    def today(self) -> date:
        return self.as_of.astimezone(self.asker.zone).date()

    def parameters(self) -> dict[str, Any]:
        """What the statements share."""
        midnight = datetime.min.time()
        days = range((self.last - self.first).days + 1)
        return {
            **WHOLE,
            "company": self.asker.company_id,
            "generation": self.asker.generation,
            "as_of": self.as_of,
            "today": self.today,
            "first_day": self.first,
            "last_day": self.last,
            "days": [self.first + timedelta(days=n) for n in days],
            "period_start": datetime.combine(self.first, midnight, self.asker.zone),
            "period_end": datetime.combine(self.last + DAY, midnight, self.asker.zone),
            "time_zone": self.asker.zone.key,
        }


def _dashboard(span: Span) -> list[Ask]:
    shared = span.parameters() | _months(span) | {"limit_day": min(span.last, span.today), "through_day": span.last}
    users = shared | TOP_USERS.parameters() | {"last_instant": shared["period_end"] - timedelta(microseconds=1)}
    return [
        Ask("sections", SECTION_COLUMNS, SUMMARY["summary_sections"], shared),
        Ask("templates", TEMPLATE_COLUMNS, SUMMARY["summary_templates"], shared),
        Ask("counts", COUNT_COLUMNS, SUMMARY["summary_counts"], shared),
        _daily_peaks(shared),
        Ask("users", USER_COLUMNS, paged(USERS["user_stats"], TOP_USERS), users),
    ]


def _daily_peaks(parameters: Mapping[str, Any]) -> Ask:
    return Ask("dailyPeaks", DAY_COLUMNS, PEAKS["daily_peaks"], parameters)


def _months(span: Span) -> dict[str, Any]:
    inside, before = parts_of(span.first, span.last, span.today), parts_of(BEGINNING, span.first - DAY, span.today)
    return {
        "months": inside.months,
        "span_firsts": [part.first for part in inside.spans],
        "span_lasts": [part.last for part in inside.spans],
        "all_months": before.months + inside.months,
        "before_firsts": [part.first for part in before.spans],
        "before_lasts": [part.last for part in before.spans],
    }


def _freshness(span: Span) -> list[Ask]:
    shared = span.parameters()
    return [
        Ask("pending", PENDING_COLUMNS, READING["pending_days"], shared),
        Ask("unfinished", ("day",), READING["unfinished_days"], shared),
    ]


def _pool(conninfo: str, size: int, options: str) -> Pool:
    return AsyncConnectionPool(
        conninfo,
        min_size=size,
        max_size=size,
        kwargs={"autocommit": True, "options": options},
        open=False,
    )


endpoints: Final = Endpoints(os.environ["APP"])
app: Final = Starlette(
    routes=[
        Route("/dashboard", endpoints.dashboard, methods=["POST"]),
        Route("/peaks", endpoints.peaks, methods=["POST"]),
    ],
    lifespan=endpoints.open,
)
