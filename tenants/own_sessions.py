"""The sessions of a company as it sees them itself, and how they end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from turnout.database.statements import statements
from turnout.tenants.audit import Act, Actor, note_within
from turnout.tenants.company import Company
from turnout.tenants.connection import Door, Statement
from turnout.tenants.credential import SessionKind
from turnout.tenants.sessions import IDLE

MOST_LISTED: Final = 200
_SQL: Final = statements("turnout.tenants", "sessions.sql")


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that has not ended; `label` is that of its password."""

    session_id: UUID
    kind: str
    label: str | None
    began_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str | None
    user_agent: str | None

    @property
    def session_kind(self) -> SessionKind:
        """How it is carried."""
        return SessionKind(self.kind)


async def list_sessions(door: Door, company: Company, now: datetime) -> list[OpenSession]:
    """The open sessions of a company, the 200 that were seen latest."""
    asked = {"now": now, "idle_since": now - IDLE, "most": MOST_LISTED}
    [found] = await door.read(company.company_id, [Statement(_SQL["list_sessions"], asked, OpenSession)])
    if isinstance(found, Exception):
        raise found
    return found


async def end_session(door: Door, company: Company, session_id: UUID, actor: Actor, now: datetime) -> bool:
    """End one session of a company at once; says whether there was one."""
    async with door.write(company.company_id) as connection:
        cursor = await connection.execute(_SQL["end_session"], {"session_id": session_id})
        if ended := bool(await cursor.fetchone()):
            await note_within(connection, company.company_id, actor, Act("session.ended", str(session_id)), now)
    return ended


async def end_other_sessions(door: Door, company: Company, session_id: UUID, actor: Actor, now: datetime) -> int:
    """End all sessions of a company but one, at once; says how many there were."""
    async with door.write(company.company_id) as connection:
        cursor = await connection.execute(_SQL["end_other_sessions"], {"session_id": session_id})
        ended = await cursor.fetchall()
        for (other,) in ended:
            await note_within(connection, company.company_id, actor, Act("session.ended", str(other)), now)
    return len(ended)
