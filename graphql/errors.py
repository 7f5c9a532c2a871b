"""What a client is told when something fails: a code, a message and a hint; of a fault of ours its number alone."""

from typing import Any, Final

import psycopg
import structlog
from graphql import FieldNode, GraphQLError

from turnout.database.errors import TurnoutError

PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED: Final = "GRAPHQL_VALIDATION_FAILED"
INTERNAL: Final = "INTERNAL"
THROTTLED: Final = "THROTTLED"
RATE_LIMITED: Final = "RATE_LIMITED"
# Those that say in how many seconds to try again.
WAITING: Final = frozenset({THROTTLED, RATE_LIMITED})
# Those that pass by themselves: the same request may be sent again.
PASSING: Final = frozenset({"BUSY", "UNAVAILABLE"})

_HINTS: Final = {
    PARSE_FAILED: "Correct the syntax of the document at the given place.",
    VALIDATION_FAILED: "Compare the operation and its variables with the published schema.",
}
_log: structlog.stdlib.BoundLogger = structlog.get_logger("turnout.graphql")


def refusal(error: GraphQLError, code: str) -> dict[str, Any]:
    """An error of the request itself, which was not executed: its text is about what the client wrote."""
    return dict(error.formatted) | {"extensions": {"code": code, "hint": _HINTS[code]} | (error.extensions or {})}


def failure(error: GraphQLError, request_id: str | None) -> dict[str, Any]:
    """An error of one field. Unexpected ones are logged under the request's id and otherwise kept to ourselves."""
    cause = error.original_error
    if isinstance(cause, GraphQLError) and cause.nodes:  # about an argument; a value that cannot be written has none
        return refusal(error, VALIDATION_FAILED)
    if known := expected(cause):
        return _shown(error, known)
    fields = [node.name.value for node in error.nodes or () if isinstance(node, FieldNode)]  # aliases are the client's
    _log.error("field_failed", request_id=request_id, fields=fields, exc_info=cause or error)
    return _shown(error, internal(), requestId=request_id)


def expected(cause: BaseException | None) -> TurnoutError | None:
    """The error to show for a cause, None when there is none that a client should see."""
    if isinstance(cause, TurnoutError):
        return cause
    if isinstance(cause, psycopg.errors.QueryCanceled):
        return TurnoutError(
            "TOO_SLOW",
            "The question took too long and was stopped.",
            "Ask for a shorter period, or for fewer things at once.",
        )
    if isinstance(cause, psycopg.OperationalError):
        return TurnoutError("UNAVAILABLE", "The database cannot be reached.", "Nothing is lost; try again in a second.")
    return None


def told(error: TurnoutError) -> dict[str, Any]:
    """An error of the operation as a whole, which was not executed."""
    return {"message": error.message, "extensions": {"code": error.code, "hint": error.hint} | error.details}


def _shown(error: GraphQLError, known: TurnoutError, **more: str | None) -> dict[str, Any]:
    extensions = {"code": known.code, "hint": known.hint} | known.details | more
    return dict(error.formatted) | {"message": known.message, "extensions": extensions}


def internal() -> TurnoutError:
    """The fixed text for every fault of ours."""
    return TurnoutError(
        INTERNAL, "Something went wrong on our side.", "Try again; if it happens again, tell support the requestId."
    )
