"""From the Authorization header of a request to whoever asks."""

import re
from datetime import datetime
from typing import Final

from turnout.tenants import accesses, embedding
from turnout.tenants.caller import NOBODY, Caller
from turnout.tenants.connection import Door
from turnout.tenants.credential import Credential, Scope
from turnout.tenants.key_texts import PREFIX
from turnout.tenants.keys import find_key
from turnout.tenants.sessions import find_session

__all__ = ["Credential", "Scope", "authenticate", "bearer"]

_BEARER: Final = re.compile(r"bearer ([0-9a-z_]{1,100})", re.IGNORECASE | re.ASCII)


async def authenticate(
    door: Door, authorization_header: str | None, now: datetime, caller: Caller = NOBODY
) -> Credential | None:
    """Whoever the header belongs to; None when it is missing, misshapen, unknown, ended, expired or used elsewhere.

    Raises TurnoutError BUSY when no connection to the database is free.
    """
    token = bearer(authorization_header)
    if token is None:
        return None
    if token.startswith(PREFIX):
        return await find_key(door, token, now, caller.address)
    if token.startswith(embedding.PREFIX):
        return await embedding.find_embed_token(door, token, now)
    if token.startswith(accesses.PREFIX):
        return await accesses.find_access(door, token, now)
    return await find_session(door, token, now)


def bearer(authorization_header: str | None) -> str | None:
    """The token of a header `Bearer TOKEN`; None for any other. No token of ours has other characters."""
    found = _BEARER.fullmatch(authorization_header or "")
    return found[1] if found else None
