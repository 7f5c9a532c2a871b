"""How far a key reaches, and whether another reaches further."""

from dataclasses import dataclass, replace
from datetime import datetime

from turnout.database.errors import TurnoutError
from turnout.tenants.addresses import Network, lie_within


@dataclass(frozen=True, slots=True)
class Reach:
    """What a key may be used for, from where, until when, and for which one user; None means the whole company."""

    scopes: frozenset[str]
    addresses: tuple[Network, ...]
    expires_at: datetime
    user_key: str | None

    def ending_by(self, end: datetime) -> "Reach":
        """The same until an instant at the latest."""
        return replace(self, expires_at=min(self.expires_at, end))

    def excesses(self, other: "Reach") -> list[str]:
        """In what another key goes beyond this one."""
        beyond = {
            "scopes": not other.scopes <= self.scopes,
            "addresses": not lie_within(other.addresses, self.addresses),
            "expiry": other.expires_at > self.expires_at,
            "user": self.user_key not in (None, other.user_key),
        }
        return [bound for bound, exceeded in beyond.items() if exceeded]

    def demand(self, other: "Reach") -> None:
        """Raises TurnoutError KEY_TOO_STRONG when another key goes beyond this one."""
        if beyond := self.excesses(other):
            raise TurnoutError(
                "KEY_TOO_STRONG",
                f"The key would go beyond the one that makes it, in: {', '.join(beyond)}.",
                "Give it no more scopes, no wider addresses, no later end and no other user; or sign in to make it.",
            )
