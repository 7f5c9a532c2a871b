"""Bodies of requests: as large as they may be, and no slower than a client that is still there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from starlette.requests import Request

from turnout.database.errors import TurnoutError

KIB: Final = 1024
MIB: Final = 1024 * KIB
# Seconds for a body that is held whole, and between two pieces of one that is not: then nobody waits any more.
PATIENCE: Final = 30.0
# Seconds in which a body that is refused may go on.
LINGER: Final = 5.0


def media_type(request: Request) -> str:
    """The media type of the body, without its parameters. Raises UNSUPPORTED_MEDIA_TYPE unless it is plain UTF-8."""
    name, *parameters = request.headers.get("content-type", "").lower().split(";")
    charsets = [
        value.strip(' "') for key, _, value in (p.partition("=") for p in parameters) if key.strip() == "charset"
    ]
    if any(charset not in {"utf-8", "utf8"} for charset in charsets):
        raise unsupported("The body must be UTF-8.", "Send it as UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise unsupported("The body must not be compressed.", "Send it without Content-Encoding.")
    return name.strip()


def unsupported(message: str, hint: str) -> TurnoutError:
    """UNSUPPORTED_MEDIA_TYPE."""
    return TurnoutError("UNSUPPORTED_MEDIA_TYPE", message, hint)


async def read_body(request: Request, most: int) -> bytes:
    """The whole body.

    Raises TOO_LARGE beyond `most` bytes, BODY_TIMEOUT when it does not come, and ClientDisconnect when it breaks off.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            return b"".join([chunk async for chunk in chunks(request, most)])
    except TimeoutError:
        raise _too_slow() from None


async def chunks(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body as it comes; raises as `read_body` does, but is patient as long as something comes."""
    size, stream = 0, request.stream()
    if _announced(request) > most:
        await _linger(request, stream)
        raise _too_large(most)
    while chunk := await _next(stream):
        size += len(chunk)
        if size > most:
            await _linger(request, stream)
            raise _too_large(most)
        yield chunk


async def _next(stream: AsyncIterator[bytes]) -> bytes:
    try:
        async with asyncio.timeout(PATIENCE):
            return await anext(stream, b"")
    except TimeoutError:
        raise _too_slow() from None


async def _linger(request: Request, stream: AsyncIterator[bytes]) -> None:
    """Let the client finish, for a while: who is cut off while still sending never reads why."""
    if request.headers.get("expect", "").lower() == "100-continue":
        return  # it waits for leave to send
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            async for _ in stream:
                pass


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else 0


def _too_slow() -> TurnoutError:
    return TurnoutError("BODY_TIMEOUT", f"The body did not come within {PATIENCE:.0f} seconds.", "Send it again.")


def _too_large(most: int) -> TurnoutError:
    size = f"{most // MIB} MiB" if most >= MIB else f"{most // KIB} KiB"
    return TurnoutError("TOO_LARGE", f"The body is larger than {size}.", "Send it in several requests.")
