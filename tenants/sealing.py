"""What a company is handed and must neither read nor forge: sealed with its own secret, for one purpose."""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class Seal:
    """Seals bytes into a text and opens it again. The same bytes for the same purpose give the same text."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESSIV(secret)

    def close(self, content: bytes, purpose: bytes) -> str:
        """A text of letters, digits, `-` and `_` that says nothing to whoever has not the secret."""
        return base64.urlsafe_b64encode(self._cipher.encrypt(content, [purpose])).rstrip(b"=").decode()

    def open(self, text: str, purpose: bytes) -> bytes | None:
        """What was sealed; None for whatever this secret has not sealed for this purpose."""
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            return self._cipher.decrypt(sealed, [purpose])
        except (InvalidTag, binascii.Error, ValueError):
            return None
