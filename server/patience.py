"""HTTP and WebSockets as uvicorn speaks them, but not for ever to somebody who neither finishes nor reads."""

import asyncio
import logging
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# Seconds from a connection, or from the first byte of a further request on it, to the end of the headers.
PATIENCE: Final = 10.0
# Seconds in which somebody who reads too slowly must have read what has been written.
READING: Final = 30.0
_quiet = logging.getLogger("turnout.sockets")
# Uvicorn says who has connected, which is in no log of ours, and who was denied; what fails is logged by the envelope.
_quiet.setLevel(logging.CRITICAL)


class _Draining(asyncio.Protocol):
    """Cuts off whoever leaves what was written for them unread: closing would wait for them for ever."""

    reading = READING
    loop: asyncio.AbstractEventLoop
    transport: Any
    _cut: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """More has been written than is read."""
        self._cut = self.loop.call_later(self.reading, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Most of it has been read."""
        self._stop_waiting()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone away."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _stop_waiting(self) -> None:
        if self._cut:
            self._cut.cancel()
            self._cut = None


class PatientSocket(_Draining, WebSocketsSansIOProtocol):
    """WebSockets."""

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 -- as in the base class
        """A client has connected."""
        self.logger = _quiet
        super().connection_made(transport)


class PatientProtocol(_Draining, HttpToolsProtocol):
    """Closes connections whose headers do not come; bodies are watched where they are read."""

    patience = PATIENCE
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 -- as in the base class
        """A client has connected."""
        super().connection_made(transport)
        self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone away."""
        self._have_headers()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """The first byte of a request has come."""
        self._have_headers()
        self._expect_headers()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The headers of a request are there."""
        self._have_headers()
        super().on_headers_complete()

    def _expect_headers(self) -> None:
        self._deadline = self.loop.call_later(self.patience, self.transport.close)

    def _have_headers(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None
