"""POST /graphql, and GraphQL over HTTP for whoever else serves a schema."""

from abc import ABC, abstractmethod
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from turnout.database.errors import TurnoutError
from turnout.graphql.allowing import REFUSALS
from turnout.graphql.context import Context
from turnout.graphql.errors import PASSING, expected
from turnout.graphql.execution import Answer, Asker, Executor, Operation
from turnout.graphql.schema import Schema, schema
from turnout.server.routes.answers import JSON, answer, headers_of, status_of
from turnout.server.routes.bodies import KIB, media_type, read_body, unsupported
from turnout.server.routes.callers import caller_of
from turnout.server.routes.negotiation import preferred
from turnout.server.routes.texts import read_json
from turnout.server.services import Services
from turnout.tenants.authentication import authenticate, bearer
from turnout.tenants.caller import Caller
from turnout.tenants.credential import Credential

RESPONSE: Final = "application/graphql-response+json"
LARGEST: Final = 256 * KIB


class _Body(msgspec.Struct):
    """The members that GraphQL over HTTP knows; others are ignored."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(default=None, name="operationName")
    extensions: dict[str, Any] | None = None


class Endpoint(ABC):
    """A way in for questions to one schema; whose questions they are is for each to find out."""

    def __init__(self, path: str, schema: Schema) -> None:
        self._path = path
        self._executor = Executor(schema)

    @property
    def route(self) -> Route:
        """The exact path: no redirect, no GET, no WebSocket."""
        return Route(self._path, self.respond, methods=["POST"])

    async def respond(self, request: Request) -> Response:
        """The answer to a request; errors in GraphQL's shape as far as the client accepts one."""
        media = preferred(request.headers.get("accept"), (RESPONSE, JSON))
        try:
            if media is None:
                raise _not_acceptable()
            operation = _operation(await _body(request))
            context = await self._context(request)
        except Exception as cause:
            error = expected(cause)
            if error is None:
                raise
            return _refusal(error, media or JSON)
        return _response(await self._executor.run(operation, context), media)

    @abstractmethod
    async def _context(self, request: Request) -> Asker:
        """Who asks. Raises UNAUTHENTICATED for a credential that is not valid here."""


class GraphQL(Endpoint):
    """The way in for companies and their programs."""

    def __init__(self, services: Services) -> None:
        super().__init__("/graphql", schema)
        self._services = services

    async def _context(self, request: Request) -> Context:
        services, header, caller = self._services, request.headers.get("authorization"), caller_of(request)
        credential = await self._authenticate(header, caller) if header is not None else None
        return Context(
            services.door,
            services.refresher,
            services.clock,
            caller,
            services.desk,
            credential,
            bearer(header),
        )

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
    return await read_body(request, LARGEST)


def _operation(body: bytes) -> Operation:
    decoded = read_json(body, _Body)
    return Operation(decoded.query, decoded.variables, decoded.operation_name)


def _response(result: Answer, media: str) -> Response:
    content: dict[str, Any] = {} if result.refused else {"data": result.data}
    if result.errors:
        content = {"errors": result.errors} | content
    if result.extensions:
        content["extensions"] = result.extensions
    status = _status(result, media)
    return answer(content, status, {"retry-after": "1"} if status == 503 else None, media)


def _status(result: Answer, media: str) -> int:
    """200 for all that was executed; but 503 for what passes by itself, so that whoever knows only HTTP tries again."""
    codes = {error["extensions"]["code"] for error in result.errors}
    if codes & PASSING and not any(value is not None for value in (result.data or {}).values()):
        return 503
    if not result.refused or media != RESPONSE:
        return 200
    if codes & REFUSALS:
        return 403
    return 401 if "UNAUTHENTICATED" in codes else 400


def _refusal(error: TurnoutError, media: str) -> Response:
    content = {"errors": [{"message": error.message, "extensions": {"code": error.code, "hint": error.hint}}]}
    return answer(content, status_of(error), headers_of(error), media)


def _not_acceptable() -> TurnoutError:
    return TurnoutError("NOT_ACCEPTABLE", "The answer can be given as JSON only.", f"Accept {RESPONSE} or {JSON}.")
