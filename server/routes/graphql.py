"""/graphql: by POST, by server-sent events and by WebSocket; and GraphQL over HTTP for whoever else serves a schema."""

from abc import ABC, abstractmethod
from typing import Any, Final, Generic, TypeVar

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from turnout.analytics.watching import Watches
from turnout.database.errors import TurnoutError
from turnout.graphql.allowing import REFUSALS
from turnout.graphql.bounds import LARGEST_BODY
from turnout.graphql.context import Browser, Context
from turnout.graphql.errors import PASSING, WAITING, expected
from turnout.graphql.execution import Answer, Asker, Executor, Operation
from turnout.graphql.schema import Schema, schema
from turnout.server.routes.answers import JSON, answer, headers_of, status_of
from turnout.server.routes.bodies import media_type, read_body, unsupported
from turnout.server.routes.callers import caller_of
from turnout.server.routes.event_stream import EVENT_STREAM, EventStream, events
from turnout.server.routes.listening import Listener, content_of
from turnout.server.routes.negotiation import preferred
from turnout.server.routes.places import Places
from turnout.server.routes.sockets import Sockets
from turnout.server.routes.texts import read_json
from turnout.server.services import Services
from turnout.tenants.authentication import authenticate
from turnout.tenants.caller import Caller
from turnout.tenants.credential import Credential, SessionKind
from turnout.tenants.sessions import find_session
from turnout.tenants.vigil import Vigil

RESPONSE: Final = "application/graphql-response+json"


Known = TypeVar("Known", bound=Asker)


class _Body(msgspec.Struct):
    """The members that GraphQL over HTTP knows; others are ignored."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(default=None, name="operationName")
    extensions: dict[str, Any] | None = None


class Endpoint(ABC, Generic[Known]):
    """A way in for questions to one schema; whose questions they are is for each to find out."""

    def __init__(self, path: str, schema: Schema, services: Services) -> None:
        self._path = path
        self._executor = Executor(schema, services.tally)
        self._services = services

    @property
    def route(self) -> Route:
        """The exact path: no redirect, no GET."""
        return Route(self._path, self.respond, methods=["POST"])

    async def respond(self, request: Request) -> Response:
        """The answer to a request; errors in GraphQL's shape as far as the client accepts one."""
        media = preferred(request.headers.get("accept"), (RESPONSE, JSON))
        try:
            if media is None:
                raise _not_acceptable()
            operation = _operation(await _body(request))
            context = await self._context(request)
            vigil = Vigil(lambda: self._again(request, context), self._services.clock)
            result = await self._executor.run(operation, context)
            await vigil.check()
        except Exception as cause:
            error = expected(cause)
            if error is None:
                raise
            return _refusal(error, media or JSON)
        return self._with_headers(request, context, _response(result, media))

    @abstractmethod
    async def _context(self, request: Request) -> Known:
        """Who asks. Raises UNAUTHENTICATED for a credential that is not valid here."""

    async def _again(self, request: Request, context: Known) -> None:
        """Raises UNAUTHENTICATED when a credential is valid no more once the answer is there."""
        await self._context(request)

    def _with_headers(self, request: Request, context: Known, response: Response) -> Response:
        return response


class GraphQL(Endpoint[Context]):
    """The way in for companies and their programs."""

    def __init__(self, services: Services) -> None:
        super().__init__("/graphql", schema, services)
        self.watches = Watches(services.door, services.refresher, services.clock)
        self.places = Places()

    @property
    def socket_route(self) -> WebSocketRoute:
        """The same path for those who open a WebSocket."""
        sockets = Sockets(self._executor, self.places, self._is_over, self._listener)
        return WebSocketRoute("/graphql", sockets.respond)

    async def respond(self, request: Request) -> Response:
        """The answer to a request, or a stream of them for whoever accepts that alone."""
        if preferred(request.headers.get("accept"), (RESPONSE, JSON, EVENT_STREAM)) == EVENT_STREAM:
            return await self._stream(request)
        return await super().respond(request)

    async def _stream(self, request: Request) -> Response:
        try:
            operation = _operation(await _body(request))
            listener = await self._listener(request, None)
            if listener is None:
                raise unknown_credential()
        except Exception as cause:
            error = expected(cause)
            if error is None:
                raise
            return _refusal(error, JSON)
        chunks = events(self._executor, operation, listener, self._is_over)
        return EventStream(chunks, self.places, listener, lambda error: _refusal(error, JSON))

    def _is_over(self) -> bool:
        return self._services.readiness.stopping

    async def _listener(self, connection: HTTPConnection, said: str | None) -> Listener | None:
        """Who opens a connection with a header, a cookie, or what they have said instead; None without any of them."""
        context = await self._context(connection, said)

        async def authenticate() -> Credential:
            credential = await self._credential(connection, said, own_page=True, used=False)
            if credential is None:
                raise unknown_credential()
            return credential

        return Listener(context, authenticate) if context.credential else None

    async def _context(self, request: HTTPConnection, said: str | None = None) -> Context:
        services, own_page = self._services, self._services.cookies.is_own_page(request.headers)
        return Context(
            services.door,
            services.refresher,
            services.clock,
            caller_of(request),
            services.desk,
            await self._credential(request, said, own_page=own_page is True),
            Browser(foreign=own_page is False),
            self.watches,
            services.outlets,
            services.rates,
        )

    async def _again(self, request: Request, context: Context) -> None:
        """Unless it is this request that has begun or ended a session."""
        known = context.credential is not None and context.browser.keep is None
        if known and not await self._credential(request, None, own_page=True, used=False):
            raise unknown_credential()

    def _with_headers(self, request: Request, context: Context, response: Response) -> Response:
        """The answer, with what the credential has left, and with what it tells the browser to keep or to forget."""
        if context.credential:
            response.headers.update(self._services.rates.headers(context.credential))
        keep, cookies = context.browser.keep, self._services.cookies
        if keep or (keep == "" and cookies.token(request.headers)):
            response.headers.append("set-cookie", cookies.setting(keep))
        return response

    async def _credential(
        self, request: HTTPConnection, said: str | None, *, own_page: bool, used: bool = True
    ) -> Credential | None:
        """Whoever asks; a header counts more than a cookie, and a cookie that has ended says nothing.

        `said` is what stands in the header's place where no header can be sent. Whoever only looks whether a cookie
        still counts has not `used` its session.
        """
        header, token = request.headers.get("authorization") or said, self._services.cookies.token(request.headers)
        if header is not None:
            return await self._authenticate(header, caller_of(request))
        if not token:
            return None
        if not own_page:
            raise _foreign()
        return await find_session(self._services.door, token, self._services.clock(), SessionKind.COOKIE, used=used)

    async def _authenticate(self, header: str, caller: Caller) -> Credential:
        credential = await authenticate(self._services.door, header, self._services.clock(), caller)
        if credential is None:
            raise unknown_credential()
        return credential


def unknown_credential() -> TurnoutError:
    """UNAUTHENTICATED, the same for whatever is wrong with a credential."""
    return TurnoutError(
        "UNAUTHENTICATED",
        "The credential is unknown, has expired or was revoked.",
        "Sign in again, or leave the header Authorization out to do so.",
    )


async def _body(request: Request) -> bytes:
    # A page of somebody else can make a browser send forms and plain text, but not JSON, without asking us first.
    if media_type(request) not in {JSON, RESPONSE}:
        raise unsupported(f"The body must be {JSON}.", f"Send it with Content-Type: {JSON}.")
    return await read_body(request, LARGEST_BODY)


def _operation(body: bytes) -> Operation:
    decoded = read_json(body, _Body)
    return Operation(decoded.query, decoded.variables, decoded.operation_name)


def _response(result: Answer, media: str) -> Response:
    status = _status(result, media)
    return answer(content_of(result), status, _waiting(result, status), media)


def _waiting(result: Answer, status: int) -> dict[str, str]:
    """When to try again, for what passes by itself."""
    if status == 503:
        return {"retry-after": "1"}
    seconds = [error["extensions"]["seconds"] for error in result.errors if error["extensions"]["code"] in WAITING]
    return {"retry-after": str(max(seconds))} if seconds else {}


def _status(result: Answer, media: str) -> int:
    """200 for all that was executed; but not for what passes by itself, so that whoever knows only HTTP tries again."""
    codes = {error["extensions"]["code"] for error in result.errors}
    if not any(value is not None for value in (result.data or {}).values()):
        if codes & PASSING:
            return 503
        if codes & WAITING:
            return 429
    if not result.refused or media != RESPONSE:
        return 200
    if codes & REFUSALS:
        return 403
    return 401 if "UNAUTHENTICATED" in codes else 400


def _refusal(error: TurnoutError, media: str) -> Response:
    content = {"errors": [{"message": error.message, "extensions": {"code": error.code, "hint": error.hint}}]}
    return answer(content, status_of(error), headers_of(error), media)


def _foreign() -> TurnoutError:
    return TurnoutError(
        "FORBIDDEN_ORIGIN",
        "A session in a cookie is for pages of this very server.",
        "Ask from such a page, or sign in without a cookie and send `Authorization: Bearer …`.",
    )


def _not_acceptable() -> TurnoutError:
    return TurnoutError("NOT_ACCEPTABLE", "The answer can be given as JSON only.", f"Accept {RESPONSE} or {JSON}.")
