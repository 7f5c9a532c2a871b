"""What deliveries are made to: a company's server, an SMTP server, and a certificate that either shows."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

LOOPBACK = (ip_network("127.0.0.0/8"),)
TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Receiver:
    """A server of a company: it keeps what it is sent, and answers what it was told to."""

    url: str = ""
    answer: bytes | None = TAKEN
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])

    @classmethod
    @asynccontextmanager
    async def listening(cls) -> AsyncGenerator["Receiver"]:
        receiver = cls()
        async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0) as server:
            receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?a=b"
            yield receiver

    async def has_been_asked(self) -> bool:
        return bool(self.requests)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        self.requests.append((headers, await reader.readexactly(int(headers["content-length"]))))
        if self.answer is None:
            await reader.read()
        writer.write(self.answer or b"")
        await writer.drain()
        writer.close()


@dataclass
class Inbox:
    """What the handler of an SMTP server has been handed."""

    refusal: str = ""
    envelopes: list[Any] = field(default_factory=list[Any])

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 -- its name
        if self.refusal:
            return self.refusal
        self.envelopes.append(envelope)
        return "250 taken"


@asynccontextmanager
async def post_office(tls: ssl.SSLContext | None = None, **options: Any) -> AsyncGenerator[tuple[Inbox, int]]:
    """A real SMTP server on this machine, and its port."""
    inbox, loop = Inbox(), asyncio.get_running_loop()
    protocol = partial(SMTP, inbox, hostname="localhost", loop=loop, enable_SMTPUTF8=True, **options)
    async with await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls) as server:
        yield inbox, server.sockets[0].getsockname()[1]


@dataclass(frozen=True)
class Certificate:
    """A certificate of localhost that nobody trusts but whoever is told to."""

    path: Path

    @property
    def served(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.path)
        return context

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.path)
