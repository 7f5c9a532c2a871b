"""From where a request came, for those who ask later."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Caller:
    """Address and program of a client, and the id that its answer has; a command has none of them."""

    address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None


NOBODY: Final = Caller()
