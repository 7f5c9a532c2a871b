"""A POST to somebody else's server: signed, to an address that was looked at, within seconds, never redirected."""

import asyncio
import hashlib
import hmac
import ssl
from base64 import b64encode
from collections.abc import Sequence
from contextlib import closing
from typing import Final
from urllib.parse import SplitResult, urlsplit

import h11

from turnout.analytics.alerts import DeliveryFailure
from turnout.server.delivering.addresses import AddressRefusedError, NameUnknownError, Reachable, resolve
from turnout.server.delivering.outcomes import Outcome
from turnout.tenants.addresses import Network

SECONDS: Final = 10.0
LARGEST_HEADERS: Final = 16 * 1024
_PORTS: Final = {"https": 443, "http": 80}

Headers = list[tuple[str, str]]


def signed(message_id: str, at: int, body: bytes, secret: bytes) -> Headers:
    """The headers of Standard Webhooks: who receives them can tell that the body is ours, and of when it is."""
    content = b".".join((message_id.encode(), str(at).encode(), body))
    signature = b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()
    return [("webhook-id", message_id), ("webhook-timestamp", str(at)), ("webhook-signature", f"v1,{signature}")]


async def post(url: str, headers: Headers, body: bytes, own: Sequence[Network], seconds: float = SECONDS) -> Outcome:
    """What came of it: any status of 200 to 299 is a delivery, whatever the answer says besides."""
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(seconds):
            status = await _exchange(parts, headers, body, own)
    except TimeoutError:
        return Outcome(DeliveryFailure.TIMEOUT)
    except NameUnknownError:
        return Outcome(DeliveryFailure.NAME_UNKNOWN)
    except AddressRefusedError:
        return Outcome(DeliveryFailure.ADDRESS_REFUSED)
    except ssl.SSLError:
        return Outcome(DeliveryFailure.TLS_FAILED)
    except (OSError, h11.ProtocolError):
        return Outcome(DeliveryFailure.UNREACHABLE)
    return Outcome(None if 200 <= status < 300 else DeliveryFailure.REFUSED, status)


async def _exchange(parts: SplitResult, headers: Headers, body: bytes, own: Sequence[Network]) -> int:
    """The status of the answer. Raises as `resolve` does, OSError, h11.ProtocolError."""
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    place = await resolve(host, port, own)
    if parts.scheme != "https" and not place.own:
        raise AddressRefusedError(host)
    reader, writer = await _connect(parts, place, port)
    with closing(writer):
        connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEADERS)
        writer.write(_request(connection, parts, headers, body))
        await writer.drain()
        return await _status(connection, reader)


async def _connect(
    parts: SplitResult, place: Reachable, port: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the very address that was looked at; a certificate has to be that of the name all the same."""
    if parts.scheme == "http":
        return await asyncio.open_connection(place.address, port)
    context = ssl.create_default_context()
    return await asyncio.open_connection(place.address, port, ssl=context, server_hostname=parts.hostname)


def _request(connection: h11.Connection, parts: SplitResult, headers: Headers, body: bytes) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    about = [("host", parts.netloc), ("content-length", str(len(body))), ("connection", "close"), *headers]
    events = (h11.Request(method="POST", target=target, headers=about), h11.Data(data=body), h11.EndOfMessage())
    return b"".join(connection.send(event) or b"" for event in events)


async def _status(connection: h11.Connection, reader: asyncio.StreamReader) -> int:
    """The status of the answer; what follows its headers is not read."""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(LARGEST_HEADERS))
        elif isinstance(event, h11.Response):
            return event.status_code
        elif not isinstance(event, h11.InformationalResponse):
            raise ConnectionResetError("the connection ended before an answer")
