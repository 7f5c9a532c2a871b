"""Subscriptions by WebSocket: the protocol graphql-transport-ws, many on one connection."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any, Final, cast

import msgspec
import psycopg
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from turnout.database.errors import TurnoutError
from turnout.graphql.errors import INTERNAL, expected, told
from turnout.graphql.execution import Executor, Operation
from turnout.server.routes.answers import problem
from turnout.server.routes.listening import TICK, Listener, content_of
from turnout.server.routes.places import Places, too_many
from turnout.server.routes.texts import read_json

PROTOCOL: Final = "graphql-transport-ws"
MOST_SUBSCRIPTIONS: Final = 10
# Seconds in which a connection must say who it is.
PATIENCE: Final = 10.0

# What the protocol calls these; programs for it know by them whether to try again.
BAD_REQUEST: Final = 4400
UNAUTHORIZED: Final = 4401
FORBIDDEN: Final = 4403
TOO_LATE: Final = 4408
SUBSCRIBED_ALREADY: Final = 4409
INITIALISED_ALREADY: Final = 4429
FAULT: Final = 4500
GOING_AWAY: Final = 1001
TRY_LATER: Final = 1013
_CODES: Final = {"UNAUTHENTICATED": UNAUTHORIZED, "FORBIDDEN_ORIGIN": FORBIDDEN, "MALFORMED_REQUEST": BAD_REQUEST}

Listening = Callable[[HTTPConnection, str | None], Awaitable[Listener | None]]


class _Wanted(msgspec.Struct):
    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(default=None, name="operationName")
    extensions: dict[str, Any] | None = None


class _Init(msgspec.Struct, tag="connection_init"):
    payload: dict[str, Any] | None = None


class _Ping(msgspec.Struct, tag="ping"):
    payload: dict[str, Any] | None = None


class _Pong(msgspec.Struct, tag="pong"):
    payload: dict[str, Any] | None = None


class _Subscribe(msgspec.Struct, tag="subscribe"):
    id: str
    payload: _Wanted


class _Complete(msgspec.Struct, tag="complete"):
    id: str


_Said = _Init | _Ping | _Pong | _Subscribe | _Complete


class _ClosingError(Exception):
    """The connection is to be closed; None when it has been by the other side."""

    def __init__(self, code: int | None, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Sockets:
    """The way in for WebSockets. `listening` finds out who opens one, by its headers or by what they say."""

    def __init__(self, executor: Executor, places: Places, is_over: Callable[[], bool], listening: Listening) -> None:
        self._executor = executor
        self._places = places
        self._is_over = is_over
        self._listening = listening

    async def respond(self, websocket: WebSocket) -> None:
        """Serve one connection until either side closes it."""
        try:
            known = await self._known(websocket)
            # Whoever is known by a header waits on a place of their company: nobody who is not can keep them out.
            with self._places.of(known) if known else self._places.of_somebody():
                await websocket.accept(PROTOCOL)
                listener = await self._introduced(websocket, known)
            closing = await self._served(websocket, listener)
        except _ClosingError as early:
            closing = early
        except Exception as cause:
            error = expected(cause)
            if error is None or websocket.application_state is not WebSocketState.CONNECTING:
                raise
            await websocket.send_denial_response(problem(error, websocket.state.request_id))
            return
        await _close(websocket, closing)

    async def _known(self, websocket: WebSocket) -> Listener | None:
        """Who opens the connection, as far as its headers say. Raises TurnoutError for who may not open it."""
        if PROTOCOL not in websocket.scope["subprotocols"]:
            raise TurnoutError("NOT_ACCEPTABLE", "This speaks another protocol.", f"Speak {PROTOCOL}.")
        return await self._listening(websocket, None)

    async def _introduced(self, websocket: WebSocket, known: Listener | None) -> Listener:
        """Who has opened it, once they have said so. Raises _ClosingError."""
        try:
            async with asyncio.timeout(PATIENCE):
                said = await _hear(websocket)
                if not isinstance(said, _Init):
                    raise _ClosingError(UNAUTHORIZED, "Unauthorized")
                listener = known or await self._listening(websocket, _authorization(said))
        except TimeoutError:
            raise _ClosingError(TOO_LATE, "Connection initialisation timeout") from None
        except (TurnoutError, psycopg.OperationalError) as cause:
            raise _closing_of(cause) from cause
        if listener is None:
            raise _ClosingError(UNAUTHORIZED, "UNAUTHENTICATED")
        return listener

    async def _served(self, websocket: WebSocket, listener: Listener) -> _ClosingError:
        """Why the connection is to be closed, at last."""
        try:
            with self._places.of(listener):
                return await _Connection(websocket, listener, self._executor, self._places, self._is_over).serve()
        except TurnoutError as error:  # of the place alone
            return _closing_of(error)


class _Connection:
    """A connection of somebody who is known."""

    def __init__(
        self,
        websocket: WebSocket,
        listener: Listener,
        executor: Executor,
        places: Places,
        is_over: Callable[[], bool],
    ) -> None:
        self._websocket = websocket
        self._listener = listener
        self._executor = executor
        self._places = places
        self._is_over = is_over
        self._subscriptions: dict[str, asyncio.Task[None]] = {}

    async def serve(self) -> _ClosingError:
        """Hear and tell until there is a reason to close the connection. Nothing of it goes on afterwards."""
        closing = _ClosingError(FAULT)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch())
                await self._send({"type": "connection_ack"})
                while True:
                    await self._answer(await _hear(self._websocket), group)
        except* _ClosingError as reasons:
            closing = _first(reasons)
        return closing

    async def _answer(self, said: _Said, group: asyncio.TaskGroup) -> None:
        match said:
            case _Init():
                raise _ClosingError(INITIALISED_ALREADY, "Too many initialisation requests")
            case _Ping():
                await self._send({"type": "pong"})
            case _Pong():
                pass
            case _Subscribe():
                await self._subscribe(said, group)
            case _Complete():
                if task := self._subscriptions.pop(said.id, None):
                    task.cancel()

    async def _subscribe(self, said: _Subscribe, group: asyncio.TaskGroup) -> None:
        if said.id in self._subscriptions:
            raise _ClosingError(SUBSCRIBED_ALREADY, "Subscriber already exists")
        if len(self._subscriptions) >= MOST_SUBSCRIPTIONS:
            full = too_many(f"A connection carries {MOST_SUBSCRIPTIONS} subscriptions at most.")
            await self._send({"id": said.id, "type": "error", "payload": [told(full)]})
            return
        wanted = said.payload
        operation = Operation(wanted.query, wanted.variables, wanted.operation_name)
        self._subscriptions[said.id] = group.create_task(self._run(said.id, operation))

    async def _run(self, name: str, operation: Operation) -> None:
        """Send the answers of one subscription, and how it ended."""
        try:
            with self._places.of_subscription(self._listener):
                await self._send_answers(name, operation)
        except _ClosingError:
            raise
        except Exception as cause:
            if _closing_of(cause).code == UNAUTHORIZED:
                raise _closing_of(cause) from cause
            await self._send({"id": name, "type": "error", "payload": [self._listener.shown(cause)]})
        finally:
            if self._subscriptions.get(name) is asyncio.current_task():
                del self._subscriptions[name]

    async def _send_answers(self, name: str, operation: Operation) -> None:
        listener = self._listener
        async with aclosing(self._executor.stream(operation, listener.context, listener.following)) as answers:
            async for answer in answers:
                if answer.refused:
                    await self._send({"id": name, "type": "error", "payload": answer.errors})
                    return
                await self._send({"id": name, "type": "next", "payload": content_of(answer)})
        await self._send({"id": name, "type": "complete"})

    async def _watch(self) -> None:
        """Raises _ClosingError once whoever listens may do so no more, and when the process is about to stop."""
        while not self._is_over():
            await asyncio.sleep(TICK)
            try:
                await self._listener.look()
            except (TurnoutError, psycopg.OperationalError) as cause:
                raise _closing_of(cause) from cause
        raise _ClosingError(GOING_AWAY, "The server stops")

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            await self._websocket.send_text(msgspec.json.encode(message).decode())
        except WebSocketDisconnect:
            raise _ClosingError(None) from None


async def _hear(websocket: WebSocket) -> _Said:
    """The next message. Raises _ClosingError for what is none, and when the other side has closed."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise _ClosingError(None)
    try:
        return cast("_Said", read_json((message.get("text") or "").encode(), cast("type[Any]", _Said)))
    except TurnoutError as error:
        raise _ClosingError(BAD_REQUEST, error.code) from error


async def _close(websocket: WebSocket, closing: _ClosingError) -> None:
    if closing.code is not None:
        with suppress(WebSocketDisconnect):
            await websocket.close(closing.code, closing.reason)


def _authorization(said: _Init) -> str | None:
    """What stands for the header Authorization, which pages cannot send with a WebSocket."""
    payload = said.payload or {}
    value = payload.get("authorization", payload.get("Authorization"))
    return value if isinstance(value, str) else None


def _closing_of(cause: Exception) -> _ClosingError:
    error = expected(cause)
    if error is None:
        return _ClosingError(FAULT, INTERNAL)
    return _ClosingError(_CODES.get(error.code, TRY_LATER), error.code)


def _first(reasons: ExceptionGroup[_ClosingError]) -> _ClosingError:
    """One of several reasons; they may be in groups of groups."""
    first = reasons.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first
