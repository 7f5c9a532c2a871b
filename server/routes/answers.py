"""JSON answers, and the one shape in which a route says what is wrong."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from turnout.database.errors import TurnoutError
from turnout.graphql.errors import INTERNAL, PASSING, WAITING, expected

JSON: Final = "application/json"

_STATUS: Final = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "FORBIDDEN_ORIGIN": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "BODY_TIMEOUT": 408,
    "CONFLICT": 409,
    "TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "TOO_MANY_CONNECTIONS": 429,
    "TOO_MANY_SUBSCRIPTIONS": 429,
    **dict.fromkeys(WAITING, 429),
    INTERNAL: 500,
    **dict.fromkeys(PASSING, 503),
}
_ROUTING: Final = {
    404: TurnoutError(
        "NOT_FOUND", "There is nothing here.", "The ways in are /graphql, /ingest, /health/live and /health/ready."
    ),
    405: TurnoutError(
        "METHOD_NOT_ALLOWED", "This method is not allowed here.", "Use the one that the header Allow names."
    ),
}


def answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None, media: str = JSON) -> Response:  # noqa: ANN401 -- whatever JSON can say
    """A JSON answer."""
    return Response(msgspec.json.encode(content), status, headers, f"{media}; charset=utf-8")


def status_of(error: TurnoutError) -> int:
    """The status that goes with an error's code."""
    return _STATUS.get(error.code, 400)


def headers_of(error: TurnoutError) -> dict[str, str]:
    """The headers that go with an error's code."""
    if error.code in PASSING:
        return {"retry-after": "1"}
    if error.code in WAITING:
        return {"retry-after": str(error.details["seconds"])}
    if error.code == "UNAUTHENTICATED":
        return {"www-authenticate": "Bearer"}
    # Whoever is refused while still sending would otherwise have the rest of the body taken for the next request.
    return {"connection": "close"} if error.code in {"TOO_LARGE", "BODY_TIMEOUT"} else {}


def problem(error: TurnoutError, request_id: str, **more: Any) -> Response:  # noqa: ANN401 -- whatever JSON can say
    """The answer that says what is wrong; `more` are members beside the four that every one has."""
    body = {"code": error.code, "message": error.message, "hint": error.hint, "requestId": request_id} | more
    return answer(body, status_of(error), headers_of(error))


async def on_expected(request: Request, cause: Exception) -> Response:
    """The answer to an error that a client may see; raises every other."""
    error = expected(cause)
    if error is None:
        raise cause
    return problem(error, request.state.request_id)


async def on_routing(request: Request, cause: Exception) -> Response:
    """The answer to a path or method that leads nowhere."""
    if not isinstance(cause, HTTPException) or cause.status_code not in _ROUTING:
        raise cause
    response = problem(_ROUTING[cause.status_code], request.state.request_id)
    response.headers.update(cause.headers or {})
    return response
