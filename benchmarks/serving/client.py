"""A client that costs next to nothing: bytes made beforehand, one connection kept, the answer read and not looked into."""

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

import msgspec

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNK: Final = 1 << 18
_PATIENCE: Final = 30


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
        """The body of the answer. Raises RuntimeError for any other status than 200."""
        self._socket.sendall(request)
        received = self._socket.recv(_CHUNK)
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head, body = received[:end], bytearray(received[end + 4 :])
        length = _LENGTH.search(head)
        if not head.startswith(b"HTTP/1.1 200") or length is None:
            raise RuntimeError(bytes(received[:2000]).decode(errors="replace"))
        while len(body) < int(length[1]):
            body += self._more()
        return bytes(body)

    def _more(self) -> bytes:
        if received := self._socket.recv(_CHUNK):
            return received
        raise RuntimeError("the server has closed the connection")


def sequential(asked: Asked, times: int) -> list[float]:
    """Seconds that each of so many questions took, one after another."""
    with Connection(asked.port) as connection:
        return [_clock(lambda: connection.ask(asked.request)) for _ in range(times)]


def at_once(asked: Asked, connections: int, seconds: float) -> tuple[list[float], float]:
    """Seconds that each question took while so many connections asked without a pause, and answers a second."""
    times: list[float] = []
    began = time.perf_counter()

    def ask() -> None:
        with Connection(asked.port) as connection:
            while time.perf_counter() < began + seconds:
                times.append(_clock(lambda: connection.ask(asked.request)))

    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, len(times) / (time.perf_counter() - began)


def _clock(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began
