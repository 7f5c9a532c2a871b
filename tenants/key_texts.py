"""What a key looks like: a prefix that says what it is, random characters, and a checksum."""

import re
import zlib
from typing import Final

from turnout.tenants.secrets import base62, random_base62

PREFIX: Final = "turnout_live_key_"
RANDOM: Final = 32
CHECKSUM: Final = 6
SHOWN: Final = len(PREFIX) + 6
_SHAPE: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM + CHECKSUM}}}")


def generate() -> str:
    """A new key of 190 random bits with a checksum behind it, in characters that a double click selects."""
    begun = PREFIX + random_base62(RANDOM)
    return begun + _checksum(begun)


def is_whole(text: str) -> bool:
    """Whether a text has the shape of a key and its checksum is right: typing errors need no database."""
    return bool(_SHAPE.fullmatch(text)) and text.endswith(_checksum(text[:-CHECKSUM]))


def _checksum(begun: str) -> str:
    return base62(zlib.crc32(begun.encode()), CHECKSUM)
