"""Whoever has subscribed: who they are, again and again, and what they are told when something goes wrong."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import structlog

from turnout.graphql.context import Context
from turnout.graphql.errors import PASSING, expected, internal, told
from turnout.graphql.execution import Answer
from turnout.tenants.credential import Credential
from turnout.tenants.vigil import Vigil

# Between two looks at whether somebody may still listen, when nothing happens and when much does.
TICK: Final = 2.0
_EVERY: Final = timedelta(seconds=1)
_log: structlog.stdlib.BoundLogger = structlog.get_logger("turnout.server")


class Listener:
    """Somebody who is authenticated again before every answer, once a second at most.

    `authenticate` raises UNAUTHENTICATED for a credential that is valid no more.
    """

    def __init__(self, context: Context, authenticate: Callable[[], Awaitable[Credential]]) -> None:
        self.context = context
        self._authenticate = authenticate
        self._vigil = Vigil(self._again, context.clock, every=_EVERY)

    @property
    def company_id(self) -> int:
        """Whose company it is."""
        return self.context.identified().company.company_id

    @property
    def is_embedded(self) -> bool:
        """Whether it is a view that somebody else's page shows."""
        return self.context.identified().kind == "embed"

    async def following(self) -> Context:
        """The context of the next answer. Raises UNAUTHENTICATED, BUSY and psycopg.OperationalError."""
        await self._vigil.check()
        self.context = self.context.following(self.context.credential)
        return self.context

    async def look(self) -> None:
        """Raises UNAUTHENTICATED for who may listen no more. What cannot be found out now will be before an answer."""
        try:
            await self._vigil.check()
        except Exception as cause:
            error = expected(cause)
            if error is None or error.code not in PASSING:
                raise

    async def _again(self) -> None:
        self.context = self.context.following(await self._authenticate())

    def shown(self, cause: Exception) -> dict[str, Any]:
        """What is said of an error that ends a subscription; one of ours is logged."""
        error = expected(cause)
        if error is None:
            _log.error("subscription_failed", request_id=self.context.caller.request_id, exc_info=cause)
        return told(error or internal())


def content_of(answer: Answer) -> dict[str, Any]:
    """An answer as clients read it."""
    content: dict[str, Any] = {} if answer.refused else {"data": answer.data}
    if answer.errors:
        content = {"errors": answer.errors} | content
    if answer.extensions:
        content["extensions"] = answer.extensions
    return content
