"""What a request brings along: who asks, when, and the one reading that all its questions share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import strawberry

from turnout.analytics.reading import Reading, Refreshing
from turnout.database.errors import TurnoutError
from turnout.tenants.audit import Actor, ActorKind
from turnout.tenants.caller import Caller
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.credential import Credential, Scope
from turnout.tenants.desk import Desk


@dataclass(eq=False)
class Context:
    """One request: `token` is what it was sent with, `caller` from where, and under which id its errors are logged.

    `desk` is where support's work is done; None where nobody of support signs in.
    """

    door: Door
    refresher: Refreshing
    clock: Callable[[], datetime]
    caller: Caller
    desk: Desk | None = None
    credential: Credential | None = None
    token: str | None = None
    _readings: dict[int, Reading] = field(default_factory=dict[int, Reading])

    def actor(self) -> Actor:
        """Who asks, as the audit names them. Raises UNAUTHENTICATED when nobody has said so."""
        credential = self.identified()
        return Actor(_KINDS[credential.kind], credential.label, credential.credential_id, self.caller)

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
        credential = self.authenticated()
        if Scope.READ_STATS not in credential.scopes:
            raise TurnoutError(
                "FORBIDDEN",
                f"This key has no scope {Scope.READ_STATS}.",
                f"Sign in, or ask support for a key with the scope {Scope.READ_STATS}.",
            )
        return self.reading_of(credential.company)

    def reading_of(self, company: Company) -> Reading:
        """The reading of a company whose credential has been checked; always the same one within a request.

        A credential of one user reads nothing else anywhere.
        """
        if company.company_id not in self._readings:
            user_key = self.credential.user_key if self.credential else None
            self._readings[company.company_id] = Reading(
                self.door, self.refresher, company, self.clock, user_key=user_key
            )
        return self._readings[company.company_id]


_KINDS: Final = {
    "session": ActorKind.COMPANY,
    "key": ActorKind.KEY,
    "embed": ActorKind.KEY,
    "support": ActorKind.SUPPORT,
}

Info = strawberry.Info[Context, None]
