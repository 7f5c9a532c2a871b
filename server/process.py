"""The process that serves: from the first accepted connection to a clean end."""

import gc
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from ipaddress import ip_address
from types import FrameType
from typing import Final

import uvicorn
from starlette.applications import Starlette

from turnout.database.errors import TurnoutError
from turnout.server.patience import PatientProtocol, PatientSocket
from turnout.server.services import Readiness

GRACE_SECONDS: Final = 20
# Whoever does not answer a ping for as long has gone away.
PING_SECONDS: Final = 20
LARGEST_MESSAGE: Final = 64 * 1024
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Server(uvicorn.Server):
    """Uvicorn, but told to stop it ends as a success, and it says when it really accepts."""

    def __init__(
        self, app: Starlette, readiness: Readiness, on_listening: Callable[[], None], *, trusted_proxies: str = ""
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=PatientProtocol,
                ws=PatientSocket,
                ws_max_size=LARGEST_MESSAGE,
                ws_ping_interval=PING_SECONDS,
                ws_ping_timeout=PING_SECONDS,
                ws_per_message_deflate=False,  # a little sent must not become much to be held
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                # Without a proxy that is known, anybody could say to come from anywhere.
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=trusted_proxies,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._readiness = readiness
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open what the application needs, and listen."""
        await super().startup(sockets)
        if self.started:
            _spare_the_collector()
            self._on_listening()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Take the signals to stop for as long as the server runs; uvicorn would die of them again afterwards."""
        before = {number: signal.signal(number, self.handle_exit) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Welcome no more requests, then finish those that are under way."""
        self._readiness.stopping = True
        super().handle_exit(sig, frame)


def _spare_the_collector() -> None:
    """What is there once a server listens stays there: looking through it again and again would hold up answers."""
    gc.collect()
    gc.freeze()


@contextmanager
def ending_cleanly() -> Generator[None]:
    """Whoever stops the process before or after it serves has it end as a success, with everything closed."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    before = {number: signal.signal(number, end) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def bind(host: str, port: int) -> socket.socket:
    """A socket at an address, 0 meaning any free port, that does not listen yet. Raises ADDRESS_UNUSABLE."""
    try:
        return _bound(host, port)
    except OSError as error:
        raise TurnoutError(
            "ADDRESS_UNUSABLE",
            f"Nothing can listen at {host}, port {port}: {error.strerror}.",
            "Choose another with --host and --port; port 0 is any that is free.",
        ) from error


def address_of(listener: socket.socket) -> str:
    """Where a socket can be reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def refuse_insecure_cookies(listener: socket.socket) -> None:
    """Raises INSECURE_COOKIES unless the socket can be reached from this machine alone."""
    host = str(listener.getsockname()[0])
    if not ip_address(host).is_loopback:
        raise TurnoutError(
            "INSECURE_COOKIES",
            f"TURNOUT_INSECURE_COOKIES is set, and {host} can be reached from elsewhere.",
            "Unset it and serve behind TLS, or listen at 127.0.0.1.",
        )


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener
