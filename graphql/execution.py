"""One operation: from what the client sent to what it is answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from graphql import ExecutionResult
from graphql import execute as untyped_execute  # pyright: ignore[reportUnknownVariableType] -- generics without arguments
from strawberry.execution import optimized_is_awaitable

from turnout.database.errors import TurnoutError
from turnout.graphql.documents import MOST_ERRORS, Document, DocumentRefusedError, Documents
from turnout.graphql.errors import VALIDATION_FAILED, failure, refusal, told
from turnout.graphql.schema import Schema
from turnout.tenants.caller import Caller

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


class Asker(Protocol):
    """What executing has to know of a request's context; the fields of a schema know the rest."""

    @property
    def caller(self) -> Caller:
        """From where it came, and the id that its answer has."""
        ...

    @property
    def is_known(self) -> bool:
        """Whether somebody has shown a credential: the schema is open to them alone."""
        ...

    def refusal_of(self, asked: frozenset[str]) -> TurnoutError | None:
        """Why nothing of a document is executed that asks these fields, by their coordinates; None when it may be."""
        ...

    def extensions(self) -> dict[str, Any]:
        """What the answer says beside its data, once every field has been asked."""
        ...


class Executor:
    """Executes operations against a schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._documents = Documents(schema.core)

    async def run(self, operation: Operation, context: Asker) -> Answer:
        """The answer to an operation; it never raises for what the client sent or a field met."""
        try:
            document = self._documents.prepare(operation.text)
        except DocumentRefusedError as refused:
            return Answer(errors=refused.errors, refused=True)
        if document.introspects and not context.is_known:
            return Answer(errors=[_SCHEMA_IS_CLOSED], refused=True)
        if error := context.refusal_of(document.asked):
            return Answer(errors=[told(error)], refused=True)
        result = await self._execute(document, operation, context)
        return _answer(result, context)

    async def _execute(self, document: Document, operation: Operation, context: Asker) -> ExecutionResult:
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


def _answer(result: ExecutionResult, context: Asker) -> Answer:
    errors = result.errors or []
    if result.data is None and errors and not any(error.path for error in errors):
        return Answer(errors=[refusal(error, VALIDATION_FAILED) for error in errors], refused=True)
    return Answer(result.data, [failure(error, context.caller.request_id) for error in errors], context.extensions())
