"""Subscriptions by server-sent events: GraphQL over SSE, a connection for each."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from itertools import count
from typing import Any, Final

import msgspec
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from turnout.database.errors import TurnoutError
from turnout.graphql.execution import Executor, Operation
from turnout.server.routes.listening import TICK, Listener, content_of
from turnout.server.routes.places import Places

EVENT_STREAM: Final = "text/event-stream"
# After so many ticks a comment says that the connection stands: proxies close those that seem dead.
COMMENTED: Final = 7
_COMPLETE: Final = b"event: complete\ndata:\n\n"
_COMMENT: Final = b":\n\n"


class EventStream(Response):
    """One subscription as long as it lasts, on a place of its own; `refuse` answers whoever finds none."""

    def __init__(
        self,
        chunks: AsyncGenerator[bytes],
        places: Places,
        listener: Listener,
        refuse: Callable[[TurnoutError], Response],
    ) -> None:
        super().__init__(media_type=EVENT_STREAM)
        self._chunks = chunks
        self._places = places
        self._listener = listener
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what happens until it is over or nobody reads it any more."""
        headers = {"x-accel-buffering": "no"}
        response = StreamingResponse(self._chunks, headers=headers, media_type=EVENT_STREAM)
        try:
            with self._places.of(self._listener), self._places.of_subscription(self._listener):
                await response(scope, receive, send)
        except TurnoutError as error:  # of the place alone: what happens in a stream is said in it
            await self._refuse(error)(scope, receive, send)


async def events(
    executor: Executor, operation: Operation, listener: Listener, is_over: Callable[[], bool]
) -> AsyncGenerator[bytes]:
    """The text of a stream. It ends with the subscription, when it `is_over`, and with the listener's credential."""
    waiting: asyncio.Queue[bytes | None] = asyncio.Queue(1)
    tasks = [
        asyncio.create_task(_pump(executor, operation, listener, waiting)),
        asyncio.create_task(_watch(listener, is_over, waiting)),
    ]
    try:
        yield _COMMENT  # the headers go with it, and whoever waits for them knows that the subscription has begun
        while chunk := await waiting.get():
            yield chunk
        yield _COMPLETE
    finally:
        for task in tasks:
            task.cancel()


async def _pump(
    executor: Executor, operation: Operation, listener: Listener, waiting: asyncio.Queue[bytes | None]
) -> None:
    try:
        async with aclosing(executor.stream(operation, listener.context, listener.following)) as answers:
            async for answer in answers:
                await waiting.put(_next(content_of(answer)))
    except Exception as cause:
        await waiting.put(_next({"errors": [listener.shown(cause)]}))
    await waiting.put(None)


async def _watch(listener: Listener, is_over: Callable[[], bool], waiting: asyncio.Queue[bytes | None]) -> None:
    """Ends a stream whose listener may listen no more, and keeps every other alive."""
    for tick in count(1):
        await asyncio.sleep(TICK)
        if is_over():
            break
        try:
            await listener.look()
        except Exception as cause:
            await waiting.put(_next({"errors": [listener.shown(cause)]}))
            break
        if tick % COMMENTED == 0:
            await waiting.put(_COMMENT)
    await waiting.put(None)


def _next(content: dict[str, Any]) -> bytes:
    return b"event: next\ndata: " + msgspec.json.encode(content) + b"\n\n"
