"""A JSON array taken apart into the texts of its items, which nobody has read yet."""

import re
from typing import Final

import msgspec

_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|["\[\]{},]', re.DOTALL)
_OPENING: Final = {b"]": b"[", b"}": b"{"}


def items(body: bytes) -> list[bytes]:
    """The items of an array, in their order. Raises ValueError when the body is no array, or a broken one.

    What is wrong inside an item, such as half a surrogate pair where a text was cut, does not make the array a broken
    one: that item alone is the worse for it.
    """
    try:
        return [bytes(item) for item in _ARRAY.decode(body)]
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, RecursionError):
        return _by_brackets(body.strip(b" \t\r\n"))


def _by_brackets(body: bytes) -> list[bytes]:
    """The items by their commas and brackets alone: whatever their depth, and whatever is wrong with them."""
    if not body.startswith(b"["):
        raise ValueError("it does not begin with [")
    found, start, path = list[bytes](), 1, list[bytes]()
    for token in _TOKEN.finditer(body):
        sign = token.group()
        if sign in {b"[", b"{"}:
            path.append(sign)
        elif sign in _OPENING and (not path or path.pop() != _OPENING[sign]):
            raise ValueError(f"a bracket is closed that is not open (byte {token.start()})")
        elif sign == b'"':
            raise ValueError(f"a text does not end (byte {token.start()})")
        if (sign == b"," and len(path) == 1) or not path:
            found.append(body[start : token.start()].strip())
            start = token.end()
        if not path:
            return _checked(found, rest=body[start:])
    raise ValueError("it does not end")


def _checked(found: list[bytes], rest: bytes) -> list[bytes]:
    if rest:
        raise ValueError("something follows it")
    if found == [b""]:
        return []
    if b"" in found:
        raise ValueError("an item is missing between two commas")
    return found
