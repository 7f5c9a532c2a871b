"""The same operation by both executors, and what each of them answers to the byte."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
from graphql import DocumentNode, ExecutionResult, GraphQLSchema, parse
from graphql import execute as untyped_execute  # pyright: ignore[reportUnknownVariableType] -- generics without arguments
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from turnout.graphql.flat.executor import FlatExecutor
from turnout.graphql.flat.fallbacks import Tally
from turnout.graphql.flat.selections import Ways

execute = cast("Callable[..., Awaitable[ExecutionResult] | ExecutionResult]", untyped_execute)


@dataclass
class Both:
    """Executes by either; what the flat one knows of a document is kept, as it is in a server."""

    schema: GraphQLSchema
    tally: Tally = field(default_factory=Tally)

    async def answers(
        self, text: str, context: Callable[[], object], variables: Mapping[str, Any] | None = None
    ) -> tuple[bytes, bytes]:
        """What the ordinary executor answers, and what the flat one does when it is asked for the second time."""
        document = parse(text)
        asked = {"variable_values": variables, "is_awaitable": optimized_is_awaitable, "hide_suggestions": True}
        ordinary = await self._run(document, StrawberryGraphQLCoreExecutionContext, context(), **asked)
        flat = {"ways": Ways(document), "tally": self.tally} | asked
        first = await self._run(document, FlatExecutor, context(), **flat)
        second = await self._run(document, FlatExecutor, context(), **flat)
        assert first == second
        return ordinary, second

    async def _run(self, document: DocumentNode, executor: type, context: object, **options: Any) -> bytes:
        result = execute(self.schema, document, context_value=context, executor_class=executor, **options)
        answer = await result if isinstance(result, Awaitable) else result
        errors = [error.formatted for error in answer.errors or []]
        return msgspec.json.encode({"data": answer.data, "errors": errors}, enc_hook=str)
