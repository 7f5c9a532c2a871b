"""What every answer has in common: its request id, the headers, and a text when the application itself has failed."""

import re
from collections.abc import Sequence
from typing import Final
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from turnout.database.errors import TurnoutError
from turnout.graphql.errors import internal
from turnout.server.routes.answers import problem

_HEADERS: Final = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
_BEGINNINGS: Final = {"http.response.start", "websocket.http.response.start", "websocket.accept", "websocket.close"}
_PORT: Final = re.compile(r":\d+$")
_log: structlog.stdlib.BoundLogger = structlog.get_logger("turnout.server")


class Envelope:
    """Middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, allowed_hosts: Sequence[str] = ()) -> None:
        self._app = app
        self._allowed_hosts = frozenset(host.lower() for host in allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and its answer back."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_id = scope.setdefault("state", {})["request_id"] = uuid4().hex
        answer = _Sender(send, request_id)
        app = self._app if self._is_allowed(scope) else _unknown_host(request_id)
        try:
            await app(scope, receive, answer.send)
        except ClientDisconnect:
            _log.info("client_gone", request_id=request_id, path=scope["path"])
        except Exception:
            _log.exception("request_failed", request_id=request_id, path=scope["path"])
            if answer.begun:
                raise
            await problem(internal(), request_id)(scope, receive, answer.send)

    def _is_allowed(self, scope: Scope) -> bool:
        host = _PORT.sub("", Headers(scope=scope).get("host", ""))
        return not self._allowed_hosts or host.lower() in self._allowed_hosts


class _Sender:
    """Adds the headers, and remembers whether the answer has begun."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.begun = False

    async def send(self, message: Message) -> None:
        self.begun = self.begun or message["type"] in _BEGINNINGS
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._request_id
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


def _unknown_host(request_id: str) -> ASGIApp:
    hint = "Use a name that the setting of allowed hosts has."
    return problem(TurnoutError("UNKNOWN_HOST", "This server does not answer to that name.", hint), request_id)
