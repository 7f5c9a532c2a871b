"""What a request of support brings along: who asks, and the desk at which their work is done."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from sqlmodel import Session

from turnout.analytics.reading import Closing
from turnout.database.errors import TurnoutError
from turnout.graphql.cost import Cost
from turnout.graphql.meter import Meter
from turnout.tenants.audit import Actor
from turnout.tenants.caller import Caller
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk
from turnout.tenants.sealing import Seal
from turnout.tenants.staff_sessions import Member

Result = TypeVar("Result")


@dataclass(eq=False)
class SupportContext:
    """One request: `token` is what it was sent with, `member` whose it is; None when nobody has signed in.

    `meter` counts what sessions spend; None where they may spend anything.
    """

    desk: Desk
    door: Door
    refresher: Closing
    clock: Callable[[], datetime]
    caller: Caller
    member: Member | None = None
    token: str | None = None
    meter: Meter | None = None
    _cost: Cost | None = None

    @property
    def is_known(self) -> bool:
        """Whether the request came with a credential."""
        return self.member is not None

    def refusal_of(self, asked: frozenset[str]) -> TurnoutError | None:
        """Nothing is kept from whoever has signed in: what each field needs it says itself."""
        del asked

    def charge(self, cost: Cost) -> TurnoutError | None:
        """Count what the session is about to spend. Without one there is only signing in, which waits."""
        self._cost = cost
        return self.meter.charge(self.member, cost.points) if self.meter and self.member else None

    def extensions(self) -> dict[str, Any]:
        """What the answer cost, for whoever has signed in; what support sees is as it is now."""
        return self._cost.extensions() if self._cost and self.member else {}

    def signed_in(self) -> Member:
        """Who asks. Raises UNAUTHENTICATED when nobody has said so."""
        if self.member is None:
            raise TurnoutError(
                "UNAUTHENTICATED",
                "This needs a member of support, and the request is nobody's.",
                "Sign in with the mutation signIn, and send the token as `Authorization: Bearer …`.",
            )
        return self.member

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """What support finds. Raises UNAUTHENTICATED, and what the work does."""
        self.signed_in()
        return await self.desk.run(work)

    async def act(self, work: Callable[[Session, datetime, Actor], Result]) -> Result:
        """What support does, at this instant and in the name of who asks. Raises UNAUTHENTICATED, and what it does."""
        actor, now = self.signed_in().actor(self.caller), self.clock()
        return await self.desk.run(lambda session: work(session, now, actor))

    async def seal(self) -> Seal:
        """What cursors are sealed with: they are good for the session that they were given to."""
        return Seal(hashlib.sha512((self.token or "").encode()).digest())


Info = strawberry.Info[SupportContext, None]


def uuid_of(id_: str) -> UUID:
    """The id that a client sent. Raises INVALID_ID for what cannot be one."""
    try:
        return UUID(id_)
    except ValueError:
        raise TurnoutError("INVALID_ID", "This is no id.", "Take it from an answer.") from None
