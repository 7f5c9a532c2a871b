"""One operation: from what the client sent to what it is answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast

from graphql import ExecutionResult
from graphql import execute as untyped_execute  # pyright: ignore[reportUnknownVariableType] -- generics without arguments
from strawberry.execution import optimized_is_awaitable

from turnout.analytics.reading import Reading
from turnout.graphql.allowing import refusal_of
from turnout.graphql.context import Context
from turnout.graphql.documents import MOST_ERRORS, Document, DocumentRefusedError, Documents
from turnout.graphql.errors import VALIDATION_FAILED, failure, refusal, told
from turnout.graphql.scalars import write_instant
from turnout.graphql.schema import Schema
from turnout.tenants.credential import Scope

execute = cast("Callable[..., Awaitable[ExecutionResult] | ExecutionResult]", untyped_execute)


@dataclass(frozen=True)
class Operation:
    """What a client asks to be executed."""

    text: str
    variables: dict[str, Any] | None = None
    name: str | None = None


@dataclass(frozen=True)
class Answer:
    """What it is answered. A refused operation was not executed, and its answer has no data at all."""

    data: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    extensions: dict[str, Any] = field(default_factory=dict[str, Any])
    refused: bool = False


class Executor:
    """Executes operations against the schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._documents = Documents(schema.core)

    async def run(self, operation: Operation, context: Context) -> Answer:
        """The answer to an operation; it never raises for what the client sent or a field met."""
        try:
            document = self._documents.prepare(operation.text)
        except DocumentRefusedError as refused:
            return Answer(errors=refused.errors, refused=True)
        if document.introspects and context.credential is None:
            return Answer(errors=[_SCHEMA_IS_CLOSED], refused=True)
        if error := refusal_of(context.credential, document.asked):
            return Answer(errors=[told(error)], refused=True)
        result = await self._execute(document, operation, context)
        return _answer(result, context)

    async def _execute(self, document: Document, operation: Operation, context: Context) -> ExecutionResult:
        result = execute(
            self._schema.core,
            document.ast,
            context_value=context,
            variable_values=operation.variables,
            operation_name=operation.name,
            max_coercion_errors=MOST_ERRORS,
            executor_class=self._schema.execution_context_class,
            is_awaitable=optimized_is_awaitable,
            hide_suggestions=True,
        )
        return await result if isinstance(result, Awaitable) else result


_SCHEMA_IS_CLOSED = {
    "message": "The schema can be asked for with a credential only.",
    "extensions": {
        "code": "UNAUTHENTICATED",
        "hint": "Send a token or an API key, or read the published file schema.graphql.",
    },
}


def _answer(result: ExecutionResult, context: Context) -> Answer:
    errors = result.errors or []
    if result.data is None and errors and not any(error.path for error in errors):
        return Answer(errors=[refusal(error, VALIDATION_FAILED) for error in errors], refused=True)
    credential = context.credential
    extensions = _freshness(context.reading()) if credential and Scope.READ_STATS in credential.scopes else {}
    return Answer(result.data, [failure(error, context.caller.request_id) for error in errors], extensions)


def _freshness(reading: Reading) -> dict[str, Any]:
    """As of when the answer holds, through which day it is complete, and which days it was not willing to wait for."""
    freshness: dict[str, Any] = {
        "asOf": write_instant(reading.as_of),
        "completeThrough": _complete_through(reading).isoformat(),
    }
    if reading.pending:
        freshness["pending"] = [
            {"day": day.isoformat(), "since": write_instant(since)} for day, since in sorted(reading.pending.items())
        ]
    return freshness


def _complete_through(reading: Reading) -> date:
    """The last local day that has ended; before a pending day that has ended too."""
    today = reading.as_of.astimezone(reading.company.zone).date()
    return min([today, *reading.pending]) - timedelta(days=1)
