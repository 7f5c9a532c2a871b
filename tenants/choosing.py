"""How a company comes to a password of its own choice: by changing the one it has, or by a link of support."""

from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.activation import PREFIX, RANDOM
from turnout.tenants.audit import Act, Actor, ActorKind, note_within
from turnout.tenants.caller import Caller
from turnout.tenants.connection import Door, Statement
from turnout.tenants.credential import Credential, SessionKind
from turnout.tenants.hashing import HASHER, QUEUE
from turnout.tenants.password_rules import check_chosen
from turnout.tenants.passwords import exact, readable
from turnout.tenants.secrets import digest
from turnout.tenants.sessions import Begun, Candidate, Clock, SignedIn, begin_session, note_beginning, signed_in
from turnout.tenants.throttling import admit, settle

LENGTH_OF_LINK: Final = len(PREFIX) + RANDOM
_SQL: Final = statements("turnout.tenants", "sessions.sql")


async def change_password(
    door: Door, credential: Credential, current: str, new: str, clock: Clock, actor: Actor
) -> None:
    """Let a chosen password take the place of the one that a session began with; the session goes on.

    Every other session of the old one ends; when that was to end, so does the new one, unless it was for activation
    alone. Raises TurnoutError WEAK_PASSWORD, WRONG_PASSWORD, THROTTLED, BUSY and
    SESSION_ENDED.
    """
    company = credential.company
    await QUEUE.run(partial(_check, current, new, company.slug, company.name))
    attempt = await admit(door, company.slug, actor.caller.address, clock())
    old = await _password_of(door, credential)
    hashed = await attempt.queue.run(partial(_hash_if_right, old, current, new))
    if hashed is None:
        raise attempt.refusal(_wrong())
    async with door.write(company.company_id) as connection:
        await _replace(connection, credential.credential_id, old, hashed, clock())
        await settle(connection, attempt, clock())
        await note_within(connection, company.company_id, actor, Act("password.changed", str(old.password_id)), clock())


async def activate(
    door: Door, link: str, password: str, clock: Clock, *, caller: Caller, kind: SessionKind = SessionKind.BEARER
) -> SignedIn:
    """Choose a password on a link that support has issued, and begin a session with it. A link works once.

    Raises TurnoutError LINK_INVALID, the same for one that is unknown, used, revoked or expired, WEAK_PASSWORD, BUSY.
    """
    found = await _find_link(door, link, clock())
    if found is None:
        raise _invalid_link()
    company_id, slug, name = found
    hashed = await QUEUE.run(partial(_checked_hash, password, slug, name))
    begun = await _use(door, company_id, link, hashed, kind, caller, clock())
    return await signed_in(door, begun, clock())


def _check(current: str, new: str, *names: str) -> None:
    check_chosen(new, *names)
    if readable(new) == readable(current):
        raise TurnoutError("WEAK_PASSWORD", "This is the password that is to be changed.", "Choose another one.")


def _hash_if_right(old: Candidate, current: str, new: str) -> str | None:
    return HASHER.hash(exact(new) or b"") if old.is_right(current) else None


def _checked_hash(password: str, *names: str) -> str:
    check_chosen(password, *names)
    return HASHER.hash(exact(password) or b"")


async def _password_of(door: Door, credential: Credential) -> Candidate:
    asked = {"session_id": credential.credential_id}
    statement = Statement(_SQL["find_password_of_session"], asked, Candidate)
    [found] = await door.read(credential.company.company_id, [statement])
    if isinstance(found, Exception):
        raise found
    if not found:
        raise _ended()
    return found[0]


async def _replace(
    connection: AsyncConnection[Any], session_id: UUID, old: Candidate, hashed: str, now: datetime
) -> None:
    changed = {"session_id": session_id, "old": old.password_id, "new": uuid4(), "hash": hashed, "now": now}
    if await (await connection.execute(_SQL["change_password"], changed)).fetchone() is None:
        raise _ended()  # and nothing of it is kept


async def _find_link(door: Door, link: str, now: datetime) -> tuple[int, str, str] | None:
    if len(link) != LENGTH_OF_LINK or not link.isascii():
        return None
    found = await door.authenticate(Statement(_SQL["find_link"], {"digest": digest(link), "now": now}, _row))
    return found[0] if found else None


async def _use(
    door: Door, company_id: int, link: str, hashed: str, kind: SessionKind, caller: Caller, now: datetime
) -> Begun:
    password_id = uuid4()
    used = {"digest": digest(link), "password_id": password_id, "hash": hashed, "now": now}
    async with door.write(company_id) as connection:
        row = await (await connection.execute(_SQL["use_link"], used)).fetchone()
        if row is None:
            raise _invalid_link()
        begun = await begin_session(connection, company_id, password_id, kind, caller, now)
        if begun is None:
            raise _invalid_link()
        actor = Actor(ActorKind.COMPANY, row[1], row[0], caller)
        await note_within(connection, company_id, actor, Act("link.used", str(row[0])), now)
        await note_beginning(connection, company_id, begun, caller, now)
    return begun


def _wrong() -> TurnoutError:
    return TurnoutError("WRONG_PASSWORD", "The current password is wrong.", "Enter the one that you signed in with.")


def _ended() -> TurnoutError:
    return TurnoutError("SESSION_ENDED", "The session or its password has just been ended.", "Sign in again.")


def _invalid_link() -> TurnoutError:
    return TurnoutError(
        "LINK_INVALID", "The link is unknown, was used before, or has expired.", "Ask support for a new one."
    )


def _row(company_id: int, slug: str, name: str) -> tuple[int, str, str]:
    return company_id, slug, name
