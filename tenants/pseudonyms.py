"""Pseudonyms: what stands for an id, a name or a title before somebody who may not read people."""

import base64
import hmac
from typing import Final

# 80 bits: of a hundred million ids of a company, two share a pseudonym with a chance of one in two hundred.
LENGTH: Final = 16
_PURPOSE: Final = b"turnout pseudonyms"


class Pseudonyms:
    """Those of one company: always the same for the same thing, and telling nothing to whoever has not its secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, _PURPOSE, "sha256")

    def of(self, kind: str, thing_id: str, prefix: str) -> str:
        """Such as user_k5x2…: made from what it is and its id, so that a new name changes nothing."""
        mac = hmac.digest(self._key, f"{kind}\0{thing_id}".encode(), "sha256")
        return f"{prefix}_{base64.b32encode(mac)[:LENGTH].decode().lower()}"
