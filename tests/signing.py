"""Passwords to sign in with, and what has become of them."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import uuid4

from sqlmodel import Session

from turnout.tenants.caller import NOBODY
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.credential import SessionKind
from turnout.tenants.hashing import HASHER
from turnout.tenants.models import CompanyPasswordRow
from turnout.tenants.passwords import IssuedPassword, generate, issue_password
from turnout.tenants.sessions import SignedIn, begin_session, find_session, note_beginning
from turnout.tenants.support import support

from .databases import Database


def issue(database: Database, slug: str, now: datetime) -> IssuedPassword:
    with support(database.support) as session:
        return issue_password(session, slug, None, now)


def keep_password(session: Session, company: Company, now: datetime) -> IssuedPassword:
    """A password as if it had been issued, where nothing is about that: of one slug it is hashed once in a run."""
    text, hashed = password_of(company.slug)
    row = CompanyPasswordRow(
        company_id=company.company_id, password_id=uuid4(), hash=hashed, label=None, created_at=now
    )
    session.add(row)
    session.flush()
    return IssuedPassword(row.password_id, text)


@cache
def password_of(slug: str) -> tuple[str, str]:
    """A password and its hash; no two companies of a database have the same."""
    text = generate()
    return text, HASHER.hash(text.replace("-", ""))


async def begin(door: Door, company: Company, password: IssuedPassword, now: datetime) -> str:
    """The token of a session as if somebody had signed in, where nothing is about that."""
    kind = SessionKind.BEARER
    async with door.write(company.company_id) as connection:
        begun = await begin_session(connection, company.company_id, password.password_id, kind, NOBODY, now)
        assert begun
        await note_beginning(connection, company.company_id, begun, NOBODY, now)
    return begun.token


async def the_id(door: Door, signed_in: SignedIn, now: datetime) -> Any:
    found = await find_session(door, signed_in.token, now)
    return found and found.credential_id
