"""HTTP as uvicorn speaks it, but not for ever to somebody who does not finish a request's headers."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Seconds from a connection, or from the first byte of a further request on it, to the end of the headers.
PATIENCE: Final = 10.0


class PatientProtocol(HttpToolsProtocol):
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
