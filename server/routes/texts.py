"""JSON from outside: whatever is wrong with it is the sender's to hear, not ours to stumble over."""

from collections.abc import Iterator
from typing import Any, TypeVar, cast

import msgspec

from turnout.database.errors import TurnoutError

T = TypeVar("T")


def read_json(body: bytes, shape: type[T]) -> T:
    """The body as the given shape. Raises MALFORMED_REQUEST for anything that is not exactly that."""
    try:
        text = body.decode("utf-8")
        decoded = msgspec.json.decode(text, type=shape)
    except UnicodeDecodeError:
        raise malformed("The body is not UTF-8.") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise malformed(f"The body cannot be read: {error}.") from None
    except RecursionError:
        raise malformed("The body is nested too deeply.") from None
    # No text in the database can hold NUL. Only an escape brings it in; half a surrogate pair has been refused above.
    if "\\u0000" in text and any("\0" in text for text in _texts(msgspec.to_builtins(decoded))):
        raise malformed("A text has the character NUL.")
    return decoded


def malformed(message: str) -> TurnoutError:
    """MALFORMED_REQUEST."""
    return TurnoutError("MALFORMED_REQUEST", message, "Send one JSON object with the member `query`, in UTF-8.")


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 -- whatever JSON can say
    """Every text in a value, the names of members included."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting.extend(cast("dict[Any, Any]", item).keys())
            waiting.extend(cast("dict[Any, Any]", item).values())
        elif isinstance(item, list):
            waiting.extend(cast("list[Any]", item))
