"""How often somebody may try to sign in. Nobody who has succeeded before is kept out by what others try."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Any, Final

from psycopg import AsyncConnection

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.addresses import plain_address
from turnout.tenants.connection import Door, Statement
from turnout.tenants.hashing import OF_COMPANIES, HashingQueue, Queues, busy

_NOWHERE: Final = "0.0.0.0/32"
_PREFIX_OF_6: Final = 64
_SQL: Final = statements("turnout.tenants", "sessions.sql")


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that may be made, and counts as a failure until it is settled.

    `known` is an address that has succeeded with this name. It may always try; `wait` is for how many seconds it would
    have been refused otherwise, and whoever enters something wrong then is told so.
    """

    account: bytes
    network: str
    known: bool
    wait: int
    queues: Queues

    @property
    def queue(self) -> HashingQueue:
        """Where its password is verified: what others try takes no place from an address that is known."""
        is_aside = self.wait or (self.known and not self.queues.prompt.has_room)
        return self.queues.slow if is_aside else self.queues.prompt

    @property
    def success(self) -> dict[str, Any]:
        """What settle_sign_in takes, but for the instant."""
        return {"account": self.account, "address": self.network, "known": self.known}

    def refusal(self, otherwise: TurnoutError) -> TurnoutError:
        """What somebody is told whose password is wrong."""
        return _throttled(self.wait) if self.wait else otherwise


@dataclass(frozen=True, slots=True)
class Throttled:
    """A name with which signing in has begun to wait: of a company, by its slug, of a member of support, or nobody's.

    `address` is the network that waits; None means all that have never succeeded with the name.
    """

    company: str | None
    staff: str | None
    address: str | None
    failures: int


async def admit(door: Door, name: str, address: str | None, now: datetime, queues: Queues = OF_COMPANIES) -> Attempt:
    """Begin an attempt to sign in with a name from an address, before anything is looked up or hashed.

    Per name and address 5 failures are free, then it waits 1, 2, 4 … 300 seconds until the next; what has failed is
    forgotten after an hour without a failure. An address may fail 30 times a minute over all names, and all addresses
    that have never succeeded 100 times an hour with one name. A name that no company has is counted like any other.
    Raises TurnoutError THROTTLED with the `seconds` to wait; and BUSY, which is not counted, for an address that is not
    known while too many others are waiting.
    """
    account, network = hashlib.sha256(name.encode()).digest(), network_of(address)
    asked = {"account": account, "address": network, "now": now}
    if not queues.prompt.has_room and not await _knows(door, account, network):
        raise busy()
    [(wait, known)] = await door.authenticate(Statement(_SQL["admit_sign_in"], asked, _row))
    if wait and not known:
        raise _throttled(wait)
    return Attempt(account, network, known, wait, queues)


async def settle(connection: AsyncConnection[Any], attempt: Attempt, now: datetime) -> None:
    """The attempt has succeeded: it is not counted, and its address is known from now on."""
    await connection.execute(_SQL["settle_sign_in"], attempt.success | {"now": now})


async def settle_alone(door: Door, attempt: Attempt, now: datetime) -> None:
    """The same for who belongs to no company, in a transaction of its own. Raises TurnoutError BUSY."""
    await door.authenticate(Statement(_SQL["settle_sign_in"], attempt.success | {"now": now}, bool))


async def note_throttled(door: Door) -> list[Throttled]:
    """Write to the audits of companies and of support who has begun to wait, a hundred at most; returns them all.

    Not where somebody is refused: only names that somebody has are noted, and nobody may learn which by their watch.
    Raises TurnoutError BUSY.
    """
    return await door.authenticate(Statement(_SQL["note_throttled_sign_ins"], {}, Throttled))


def network_of(address: str | None) -> str:
    """Whose address it is: one of IPv4, or the 64 bits of IPv6 within which everybody has as many as they like."""
    plain = plain_address(address)
    if plain is None:
        return _NOWHERE
    return str(ip_network((plain, _PREFIX_OF_6), strict=False)) if ":" in plain else f"{plain}/32"


async def _knows(door: Door, account: bytes, network: str) -> bool:
    asked = {"account": account, "address": network}
    [known] = await door.authenticate(Statement(_SQL["knows_sign_in"], asked, bool))
    return known


def _throttled(seconds: int) -> TurnoutError:
    return TurnoutError(
        "THROTTLED",
        "Signing in has failed too often.",
        f"Try again in {seconds} seconds. Whoever has signed in from the same address before need not wait.",
        seconds=seconds,
    )


def _row(wait: int, known: bool) -> tuple[int, bool]:
    return wait, known
