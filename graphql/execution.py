"""One operation: from what the client sent to what it is answered."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from graphql import ExecutionResult, GraphQLError, OperationType, get_operation_ast
from graphql import create_source_event_stream as untyped_source  # pyright: ignore[reportUnknownVariableType] -- as below
from graphql import execute as untyped_execute  # pyright: ignore[reportUnknownVariableType] -- generics without arguments
from strawberry.execution import optimized_is_awaitable

from turnout.database.errors import TurnoutError
from turnout.graphql.cost import Cost
from turnout.graphql.documents import MOST_ERRORS, Document, DocumentRefusedError, Documents
from turnout.graphql.errors import VALIDATION_FAILED, failure, refusal, told
from turnout.graphql.flat.executor import FlatExecutor
from turnout.graphql.flat.fallbacks import Tally
from turnout.graphql.schema import Schema
from turnout.tenants.caller import Caller

execute = cast("Callable[..., Awaitable[ExecutionResult] | ExecutionResult]", untyped_execute)
create_source = cast("Callable[[object], Awaitable[object] | object]", untyped_source)


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

    def charge(self, cost: Cost) -> TurnoutError | None:
        """Count what is about to be executed; why it may not be now, None when it may."""
        ...

    def extensions(self) -> dict[str, Any]:
        """What the answer says beside its data, once every field has been asked."""
        ...


class Executor:
    """Executes operations against a schema; how answers are built is counted in a tally."""

    def __init__(self, schema: Schema, tally: Tally | None = None) -> None:
        self._schema = schema
        self._documents = Documents(schema.core)
        self._tally = tally or Tally()

    async def run(self, operation: Operation, context: Asker) -> Answer:
        """The answer to an operation; it never raises for what the client sent or a field met."""
        document = self._prepared(operation, context)
        if isinstance(document, Answer):
            return document
        if _kind_of(document, operation) is OperationType.SUBSCRIPTION:
            return Answer(errors=[_TO_BE_STREAMED], refused=True)
        if error := _too_costly(document, operation, context):
            return Answer(errors=[told(error)], refused=True)
        return _answer(await self._execute(document, operation, context), context)

    async def stream(
        self, operation: Operation, context: Asker, following: Callable[[], Awaitable[Asker]]
    ) -> AsyncGenerator[Answer]:
        """The answers to a subscription, one for whatever happens; a refused one is the only one.

        `following` gives the context of each answer, and raises when whoever asks may do so no more. Raises that, and
        what ends the source of what happens.
        """
        document = self._prepared(operation, context)
        if isinstance(document, Answer):
            yield document
            return
        source = await self._source(document, operation, context)
        if isinstance(source, Answer):
            yield source
            return
        async with aclosing(source):
            async for happening in source:
                context = await following()
                if error := context.refusal_of(document.asked):
                    raise error
                yield _answer(await self._execute(document, operation, context, happening), context)

    def _prepared(self, operation: Operation, context: Asker) -> Document | Answer:
        """The document, or the answer that refuses it."""
        try:
            document = self._documents.prepare(operation.text)
        except DocumentRefusedError as refused:
            return Answer(errors=refused.errors, refused=True)
        if document.introspects and not context.is_known:
            return Answer(errors=[_SCHEMA_IS_CLOSED], refused=True)
        if error := context.refusal_of(document.asked):
            return Answer(errors=[told(error)], refused=True)
        return document

    async def _source(
        self, document: Document, operation: Operation, context: Asker
    ) -> AsyncGenerator[object] | Answer:
        """What a subscription answers to, or why there is nothing to be subscribed to."""
        if _kind_of(document, operation) not in {OperationType.SUBSCRIPTION, None}:
            return Answer(errors=[_NOT_TO_BE_STREAMED], refused=True)
        if error := _too_costly(document, operation, context):
            return Answer(errors=[told(error)], refused=True)
        options = self._options(operation, context)
        variables = options.pop("variable_values")
        kind = cast("Any", self._schema.execution_context_class)
        built: object = kind.build(self._schema.core, document.ast, raw_variable_values=variables, **options)
        if isinstance(built, list):
            return _refused(cast("list[GraphQLError]", built), context)
        opened = create_source(built)
        found = await cast("Awaitable[object]", opened) if isinstance(opened, Awaitable) else opened
        if isinstance(found, ExecutionResult):
            return _refused(found.errors or [], context)
        return cast("AsyncGenerator[object]", found)

    async def _execute(
        self, document: Document, operation: Operation, context: Asker, root: object = None
    ) -> ExecutionResult:
        result = execute(
            self._schema.core,
            document.ast,
            root_value=root,
            executor_class=FlatExecutor,
            ways=document.ways,
            tally=self._tally,
            **self._options(operation, context),
        )
        return await result if isinstance(result, Awaitable) else result

    @staticmethod
    def _options(operation: Operation, context: Asker) -> dict[str, Any]:
        return {
            "context_value": context,
            "variable_values": operation.variables,
            "operation_name": operation.name,
            "max_coercion_errors": MOST_ERRORS,
            "is_awaitable": optimized_is_awaitable,
            "hide_suggestions": True,
        }


def _too_costly(document: Document, operation: Operation, context: Asker) -> TurnoutError | None:
    """Why an operation costs more than may be spent; None when it is paid for."""
    cost = document.costs.of(operation.name, operation.variables)
    return (cost.refusal() or context.charge(cost)) if cost else None


def _kind_of(document: Document, operation: Operation) -> OperationType | None:
    """What a document asks for; None when it has not exactly one operation of that name."""
    found = get_operation_ast(document.ast, operation.name)
    return found.operation if found else None


_SCHEMA_IS_CLOSED = {
    "message": "The schema can be asked for with a credential only.",
    "extensions": {
        "code": "UNAUTHENTICATED",
        "hint": "Send a token or an API key, or read the published file schema.graphql.",
    },
}


_TO_BE_STREAMED = {
    "message": "A subscription has no single answer.",
    "extensions": {
        "code": "STREAM_NEEDED",
        "hint": "Accept text/event-stream, or open a WebSocket with the protocol graphql-transport-ws.",
    },
}
_NOT_TO_BE_STREAMED = {
    "message": "Only subscriptions are streamed.",
    "extensions": {"code": "SUBSCRIPTION_NEEDED", "hint": "Send questions and mutations by POST, accepting JSON."},
}


def _refused(errors: Sequence[GraphQLError], context: Asker) -> Answer:
    """What was wrong with a subscription before anything could happen."""
    at_fields = any(error.path for error in errors)
    shown = [
        failure(error, context.caller.request_id) if at_fields else refusal(error, VALIDATION_FAILED)
        for error in errors
    ]
    return Answer(errors=shown, refused=True)


def _answer(result: ExecutionResult, context: Asker) -> Answer:
    errors = result.errors or []
    if result.data is None and errors and not any(error.path for error in errors):
        return Answer(errors=[refusal(error, VALIDATION_FAILED) for error in errors], refused=True)
    return Answer(result.data, [failure(error, context.caller.request_id) for error in errors], context.extensions())
