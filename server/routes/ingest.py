"""POST /ingest: what happened, one event, a batch or lines. A 200 means stored for good and counted once."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Final, TypeVar

import msgspec
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from turnout.database.errors import TurnoutError
from turnout.graphql.errors import expected, internal
from turnout.ingest.bounds import LARGEST_BODY as LARGEST
from turnout.ingest.bounds import LARGEST_LINES, LINES_AT_ONCE
from turnout.ingest.intake import take_read
from turnout.ingest.reading import Read, ahead, read_in_turns
from turnout.server.routes.answers import answer, problem
from turnout.server.routes.batches import items
from turnout.server.routes.bodies import chunks, media_type, read_body, unsupported
from turnout.server.routes.callers import caller_of
from turnout.server.routes.lines import Bunch, lines
from turnout.server.routes.tally import Tally
from turnout.server.services import Services
from turnout.tenants.authentication import authenticate
from turnout.tenants.company import Company
from turnout.tenants.credential import Scope
from turnout.tenants.vigil import Vigil

SINGLE: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
LINES: Final = "application/x-ndjson"

T = TypeVar("T")
_log: structlog.stdlib.BoundLogger = structlog.get_logger("turnout.server")
_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Ingest:
    """The way in for everything that happened."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._ways: Mapping[str, Callable[[Request, Company], Awaitable[Response]]] = {
            SINGLE: self._single,
            BATCH: self._batch,
            LINES: self._lines,
        }

    @property
    def route(self) -> Route:
        """The exact path."""
        return Route("/ingest", self.respond, methods=["POST"])

    async def respond(self, request: Request) -> Response:
        """What became of each event; an error when nothing of the body has been stored."""
        company = await self._company(request)
        media = media_type(request)
        if media not in self._ways:
            raise unsupported(f"{media or 'A body without a type'} cannot be taken.", f"Send {', '.join(self._ways)}.")
        return await self._ways[media](request, company)

    async def _company(self, request: Request) -> Company:
        credential = await authenticate(
            self._services.door, request.headers.get("authorization"), self._services.clock(), caller_of(request)
        )
        if credential is None:
            raise TurnoutError(
                "UNAUTHENTICATED",
                "The key is missing, unknown, expired or revoked.",
                f"Send a key with the scope {Scope.WRITE_EVENTS} as `Authorization: Bearer …`.",
            )
        if Scope.WRITE_EVENTS not in credential.scopes:
            raise TurnoutError(
                "FORBIDDEN",
                f"This credential has no scope {Scope.WRITE_EVENTS}.",
                f"Ask support for a key with the scope {Scope.WRITE_EVENTS}.",
            )
        return credential.company

    async def _single(self, request: Request, company: Company) -> Response:
        body = await self._body(request)
        _frame(_object.decode, body, "one JSON object")
        tally = Tally()
        await self._take(company, [body], [0], tally)
        if conflict := tally.conflict:
            raise TurnoutError(
                "CONFLICT", conflict, "Give it an id of its own, and `replaces` when it corrects the other."
            )
        return answer(tally.content)

    async def _batch(self, request: Request, company: Company) -> Response:
        events = _frame(items, await self._body(request), "an array of events")
        tally = Tally()
        await self._take(company, events, range(len(events)), tally)
        return answer(tally.content)

    async def _body(self, request: Request) -> bytes:
        """The whole body; whoever sends it slowly may no longer be let in when it is there."""
        vigil = Vigil(lambda: self._company(request), self._services.clock)
        body = await read_body(request, LARGEST)
        await vigil.check()
        return body

    async def _lines(self, request: Request, company: Company) -> Response:
        tally, vigil = Tally(committed_lines=0), Vigil(lambda: self._company(request), self._services.clock)
        try:
            async with aclosing(ahead(self._read(request))) as reading:
                async for bunch, read in reading:
                    await vigil.check()
                    await self._store(company, read, bunch.numbers, tally)
                    tally.committed_lines = bunch.through
        except ClientDisconnect:
            raise
        except Exception as cause:
            return _broken_off(cause, request.state.request_id, tally)
        return answer(tally.content)

    async def _take(self, company: Company, events: Sequence[bytes], positions: Sequence[int], tally: Tally) -> None:
        if events:
            await self._store(company, await read_in_turns(events, self._services.clock()), positions, tally)

    async def _store(self, company: Company, read: Read, positions: Sequence[int], tally: Tally) -> None:
        tally.add(await take_read(self._services.door, company.company_id, read, self._services.clock()), positions)
        self._services.refresher.wake()

    async def _read(self, request: Request) -> AsyncGenerator[tuple[Bunch, Read]]:
        """The lines of a body as they come, with what they say."""
        async for bunch in lines(chunks(request, LARGEST_LINES), at_once=LINES_AT_ONCE, longest=LARGEST):
            yield bunch, await read_in_turns(bunch.texts, self._services.clock())


def _frame(take_apart: Callable[[bytes], T], body: bytes, what: str) -> T:
    """The body taken apart, its events left as they are. Raises MALFORMED_REQUEST when that cannot be done."""
    try:
        return take_apart(body)
    except (ValueError, RecursionError) as error:
        raise TurnoutError(
            "MALFORMED_REQUEST", f"The body is not {what}: {error}.", "Nothing has been stored; send it again as JSON."
        ) from None


def _broken_off(cause: Exception, request_id: str, tally: Tally) -> Response:
    """The answer when lines could not be stored to the end: what is wrong, and how many have been committed."""
    error = expected(cause)
    if error is None:
        _log.error("ingest_failed", request_id=request_id, exc_info=cause)
    return problem(error or internal(), request_id, **tally.content)
