"""Secrets that programs hold: random base62 behind a prefix that says what they are, kept as a digest alone."""

import hashlib
import secrets
import string
from typing import Final

BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase


def random_base62(length: int) -> str:
    """So many random characters, of 5.95 bits each."""
    return "".join(secrets.choice(BASE62) for _ in range(length))


def base62(number: int, length: int) -> str:
    """A number in base 62, filled with zeros."""
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return digits


def digest(secret: str) -> bytes:
    """What is kept of a secret. No salt and no slow hash: nobody guesses 190 random bits."""
    return hashlib.sha256(secret.encode()).digest()
