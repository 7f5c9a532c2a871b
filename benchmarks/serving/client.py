"""A client that costs next to nothing: bytes made beforehand, one connection kept, the answer not looked into."""

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Self

import msgspec

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ERRORS: Final = b'"errors":'
_AT_THE_END: Final = 2000
_CHUNK: Final = 1 << 18
_PATIENCE: Final = 30
_PAUSE: Final = 0.05


@dataclass(frozen=True)
class Asked:
    """A request to one server: where it listens, and all of what is sent."""

    port: int
    request: bytes


def asked(port: int, path: str, key: str, body: dict[str, Any]) -> Asked:
    """A POST of JSON with a key."""
    content = msgspec.json.encode(body)
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\naccept: application/json\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return Asked(port, head.encode() + content)


class TurnedAwayError(RuntimeError):
    """The server has too much to do."""


class Connection:
    """One kept connection to a server."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> bytes:
        """The body of the answer. Raises RuntimeError for any other status than 200, and for errors of GraphQL's.

        For 503 it is a TurnedAwayError, and the connection is of no use any more.
        """
        self._socket.sendall(request)
        received = self._socket.recv(_CHUNK)
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head, body = received[:end], bytearray(received[end + 4 :])
        length = _LENGTH.search(head)
        if head.startswith(b"HTTP/1.1 503"):
            raise TurnedAwayError
        if not head.startswith(b"HTTP/1.1 200") or length is None:
            raise RuntimeError(bytes(received[:2000]).decode(errors="replace"))
        while len(body) < int(length[1]):
            body += self._more()
        if body.startswith(_ERRORS) or _ERRORS in body[-_AT_THE_END:]:
            raise RuntimeError(bytes(body[:_AT_THE_END]).decode(errors="replace"))
        return bytes(body)

    def _more(self) -> bytes:
        if received := self._socket.recv(_CHUNK):
            return received
        raise RuntimeError("the server has closed the connection")


def sequential(asked: Asked, times: int) -> list[float]:
    """Seconds that each of so many questions took, one after another."""
    with Connection(asked.port) as connection:
        return [_clock(lambda: connection.ask(asked.request)) for _ in range(times)]


@dataclass
class Crowd:
    """What became of questions that many asked at once: seconds that answers took, and how many were turned away."""

    answered: list[float] = field(default_factory=list[float])
    turned_away: int = 0
    seconds: float = 0.0

    def ask(self, asked: Asked, until: float) -> None:
        """Ask without a pause until a moment; whoever is turned away comes again."""
        while time.perf_counter() < until:
            try:
                with Connection(asked.port) as connection:
                    while time.perf_counter() < until:
                        self.answered.append(_clock(lambda: connection.ask(asked.request)))
            except TurnedAwayError:
                self.turned_away += 1
                time.sleep(_PAUSE)


def at_once(asked: Asked, connections: int, seconds: float) -> Crowd:
    """What becomes of so many connections that ask for so many seconds."""
    crowd, began = Crowd(), time.perf_counter()
    threads = [threading.Thread(target=crowd.ask, args=(asked, began + seconds)) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    crowd.seconds = time.perf_counter() - began
    return crowd


def _clock(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began
