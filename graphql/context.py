"""What a request brings along: who asks, when, and the one reading that all its questions share."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeVar

import strawberry
from sqlmodel import Session

from turnout.analytics.reading import Reading, Refreshing
from turnout.analytics.sealing import pseudonyms_of
from turnout.analytics.watching import Watches
from turnout.database.errors import TurnoutError
from turnout.graphql import allowing
from turnout.graphql.cost import Cost
from turnout.graphql.freshness import freshness
from turnout.graphql.meter import Meter
from turnout.tenants.alert_targets import Outlets
from turnout.tenants.audit import Actor, ActorKind
from turnout.tenants.caller import Caller
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.credential import Credential, Scope
from turnout.tenants.desk import Desk
from turnout.tenants.pseudonyms import Pseudonyms

Result = TypeVar("Result")

_KINDS: Final = {
    "session": ActorKind.COMPANY,
    "key": ActorKind.KEY,
    "embed": ActorKind.KEY,
    "support": ActorKind.SUPPORT,
}


@dataclass(eq=False)
class Browser:
    """What a browser says of the page that asks, and what the answer tells it to keep."""

    foreign: bool = False
    keep: str | None = None
    """The token of a session that it is to send from now on; an empty one makes it forget the one it has."""


@dataclass(eq=False)
class Context:
    """One request: `caller` says from where it came, and under which id its errors are logged.

    `desk` is where companies' keys are made and ended, `watches` knows what happens from now on; None where nobody does
    that. `outlets` is where alerts may go. `meter` counts what credentials spend; None where they may spend anything.
    """

    door: Door
    refresher: Refreshing
    clock: Callable[[], datetime]
    caller: Caller
    desk: Desk | None = None
    credential: Credential | None = None
    browser: Browser = field(default_factory=Browser)
    watches: Watches | None = None
    outlets: Outlets = field(default_factory=Outlets)
    meter: Meter | None = None
    _cost: Cost | None = None
    _readings: dict[int, Reading] = field(default_factory=dict[int, Reading])
    _disguises: Pseudonyms | None = None

    def following(self, credential: Credential | None) -> "Context":
        """The same for the next answer of a subscription, with who has been authenticated again and a new reading."""
        return replace(self, credential=credential, _cost=None, _readings={})

    def watching(self) -> Watches:
        """Whom to ask for what happens from now on."""
        if self.watches is None:
            raise RuntimeError("a service without watches cannot be subscribed to")
        return self.watches

    @property
    def is_known(self) -> bool:
        """Whether the request came with a credential."""
        return self.credential is not None

    def refusal_of(self, asked: frozenset[str]) -> TurnoutError | None:
        """Why the credential may not ask a document's fields; None when it may."""
        return allowing.refusal_of(self.credential, asked)

    def charge(self, cost: Cost) -> TurnoutError | None:
        """Count what the credential is about to spend. Without one there are only ways to sign in, which wait."""
        self._cost = cost
        return self.meter.charge(self.credential, cost.points) if self.meter and self.credential else None

    def extensions(self) -> dict[str, Any]:
        """As of when the answer holds and what it cost, for whoever may read."""
        credential = self.credential
        reads = credential and Scope.READ_STATS in credential.scopes and not credential.must_change
        cost = self._cost.extensions() if self._cost else {}
        return freshness(self.reading()) | cost if reads else {}

    def actor(self) -> Actor:
        """Who asks, as the audit names them. Raises UNAUTHENTICATED when nobody has said so."""
        credential = self.identified()
        return Actor(_KINDS[credential.kind], credential.label, credential.credential_id, self.caller)

    def signed_in(self) -> Credential:
        """Who has signed in. Raises UNAUTHENTICATED, and FORBIDDEN for whatever is no session."""
        credential = self.identified()
        if credential.kind != "session":
            raise TurnoutError(
                "FORBIDDEN", "This is for whoever has signed in.", "Sign in, and ask with the session's token."
            )
        return credential

    def authenticated(self) -> Credential:
        """Who asks, and may do so. Raises UNAUTHENTICATED, and PASSWORD_CHANGE_REQUIRED for an activation secret."""
        credential = self.identified()
        if credential.must_change:
            raise TurnoutError(
                "PASSWORD_CHANGE_REQUIRED",
                "This password is for choosing another one, and for nothing else.",
                "Choose one with the mutation changePassword; the session then goes on.",
            )
        return credential

    def identified(self) -> Credential:
        """Who asks, even where all they may do is choose a password. Raises UNAUTHENTICATED."""
        if self.credential is None:
            raise TurnoutError(
                "UNAUTHENTICATED",
                "This needs a credential, and the request has none.",
                "Sign in with the mutation signIn, or take an API key, and send it as `Authorization: Bearer …`.",
            )
        return self.credential

    def reading(self) -> Reading:
        """The reading of the company that asks. Raises UNAUTHENTICATED, and FORBIDDEN for a key that may not read."""
        return self.reading_of(self._reader(self.authenticated()).company)

    def company(self) -> Company:
        """The company that asks, also of a session that may do nothing yet. Raises as `reading` does."""
        return self._reader(self.identified()).company

    def _reader(self, credential: Credential) -> Credential:
        if Scope.READ_STATS not in credential.scopes:
            raise TurnoutError(
                "FORBIDDEN",
                f"This key has no scope {Scope.READ_STATS}.",
                f"Sign in, or ask support for a key with the scope {Scope.READ_STATS}.",
            )
        return credential

    def reading_of(self, company: Company) -> Reading:
        """The reading of a company whose credential has been checked; always the same one within a request.

        A credential of one user reads nothing else anywhere.
        """
        if company.company_id not in self._readings:
            user_key = self.credential.user_key if self.credential else None
            self._readings[company.company_id] = Reading(
                self.door, self.refresher, company, self.clock, user_key=user_key, people=self.reads_people
            )
        return self._readings[company.company_id]

    def managing_keys(self) -> Credential:
        """Who may see, make and end keys, and see what was done. Raises UNAUTHENTICATED, and FORBIDDEN for others."""
        return self._managing(Scope.ADMIN_KEYS)

    def managing_alerts(self) -> Credential:
        """Who may see and change rules on limits. Raises UNAUTHENTICATED, and FORBIDDEN for others."""
        return self._managing(Scope.ADMIN_ALERTS)

    def managing_segments(self) -> Credential:
        """Who may see, declare and remove segments. Raises UNAUTHENTICATED, and FORBIDDEN for others."""
        return self._managing(Scope.ADMIN_SEGMENTS)

    def _managing(self, scope: Scope) -> Credential:
        credential = self.authenticated()
        if scope not in credential.scopes or credential.kind not in {"session", "key"}:
            raise TurnoutError(
                "FORBIDDEN",
                f"This credential has no scope {scope}.",
                f"Sign in, or ask support for a key with the scope {scope}.",
            )
        return credential

    async def at_desk(self, work: Callable[[Session], Result]) -> Result:
        """The result of what support's role does for the company that asks. Raises what the work does, and BUSY."""
        if self.desk is None:
            raise RuntimeError("a service without a desk cannot do this")
        return await self.desk.run(work)

    @property
    def reads_people(self) -> bool:
        """Whether names, titles and the ids of people, events and rooms are shown as they are."""
        return self.credential is not None and Scope.READ_PEOPLE in self.credential.scopes

    async def learn_disguises(self) -> None:
        """Read what `disguises` needs. Raises UNAUTHENTICATED."""
        self._disguises = self._disguises or await pseudonyms_of(self.reading_of(self.authenticated().company))

    def disguises(self) -> Pseudonyms:
        """The pseudonyms of the company that asks. Raises RuntimeError when nobody has learnt them."""
        if self._disguises is None:
            raise RuntimeError("a field that belongs to people lies below no guarded root field")
        return self._disguises


Info = strawberry.Info[Context, None]
