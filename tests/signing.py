"""Passwords to sign in with, and what has become of them."""

from datetime import datetime
from typing import Any

from turnout.tenants.connection import Door
from turnout.tenants.passwords import IssuedPassword, issue_password
from turnout.tenants.sessions import SignedIn, find_session
from turnout.tenants.support import support

from .databases import Database


def issue(database: Database, slug: str, now: datetime) -> IssuedPassword:
    with support(database.support) as session:
        return issue_password(session, slug, None, now)


async def the_id(door: Door, signed_in: SignedIn, now: datetime) -> Any:
    found = await find_session(door, signed_in.token, now)
    return found and found.credential_id
