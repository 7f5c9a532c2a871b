"""Accounts of support staff: each of one person, with a generated password that is shown once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from psycopg.rows import args_row
from sqlmodel import Session

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.audit import COMMAND, Act, Actor, note, note_of_staff
from turnout.tenants.hashing import HASHER
from turnout.tenants.passwords import generate
from turnout.tenants.support import driver

LONGEST_NAME: Final = 100
_SQL: Final = statements("turnout.tenants", "staff.sql")


@dataclass(frozen=True, slots=True)
class IssuedStaffPassword:
    """The password of a member of support. The text is nowhere else."""

    staff_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class ListedStaff:
    """A member of support; `last_used_at` is when they last signed in."""

    staff_id: UUID
    name: str
    created_at: datetime
    suspended_at: datetime | None
    last_used_at: datetime | None


def add_staff(session: Session, name: str, now: datetime, *, actor: Actor = COMMAND) -> IssuedStaffPassword:
    """Give somebody an account. Raises TurnoutError INVALID_STAFF_NAME, STAFF_EXISTS."""
    _check_name(name)
    staff_id, text = uuid4(), generate()
    added = _run(session, "add", staff_id=staff_id, name=name, hash=_hashed(text), now=now)
    if not added:
        raise TurnoutError(
            "STAFF_EXISTS",
            f"There is an account {name!r} already.",
            "An account is of one person: choose another name, or `turnout support password` for a new password.",
        )
    note_of_staff(session, actor, Act("staff.added", name), now)
    return IssuedStaffPassword(staff_id, text)


def list_staff(session: Session) -> list[ListedStaff]:
    """Every account, by name."""
    with driver(session).cursor(row_factory=args_row(ListedStaff)) as cursor:
        return cursor.execute(_SQL["list"]).fetchall()


def renew_password(session: Session, name: str, now: datetime, *, actor: Actor = COMMAND) -> IssuedStaffPassword:
    """Give a member of support another password; all that was begun with the old one ends. Raises UNKNOWN_STAFF."""
    text = generate()
    staff_id = _of(_run(session, "renew", name=name, hash=_hashed(text)), name)
    _end_all(session, staff_id, now, actor)
    note_of_staff(session, actor, Act("staff.password_renewed", name), now)
    return IssuedStaffPassword(staff_id, text)


def suspend_staff(session: Session, name: str, now: datetime, *, actor: Actor = COMMAND) -> None:
    """Shut a member of support out at once: sessions end, and so does what they may read. Raises UNKNOWN_STAFF."""
    staff_id = _of(_run(session, "suspend", name=name, now=now), name)
    _end_all(session, staff_id, now, actor)
    note_of_staff(session, actor, Act("staff.suspended", name), now)


def restore_staff(session: Session, name: str, now: datetime, *, actor: Actor = COMMAND) -> None:
    """Let a member of support sign in again, with the password they have. Raises UNKNOWN_STAFF."""
    _of(_run(session, "restore", name=name), name)
    note_of_staff(session, actor, Act("staff.restored", name), now)


def _end_all(session: Session, staff_id: UUID, now: datetime, actor: Actor) -> None:
    """End the sessions of a member of support and what they may read, which the companies see."""
    _run(session, "end_sessions", staff_id=staff_id)
    for company_id, access_id in _run(session, "close_accesses", staff_id=staff_id, now=now):
        note(session, company_id, actor, Act("access.closed", str(access_id)), now)


def _run(session: Session, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 -- any SQL value
    cursor = driver(session).execute(_SQL[statement], parameters)
    return cursor.fetchall() if cursor.description else []


def _of(rows: list[tuple[Any, ...]], name: str) -> UUID:
    """The account that a statement has changed."""
    if not rows:
        raise TurnoutError(
            "UNKNOWN_STAFF", f"There is no account {name!r}.", "`turnout support list` shows the accounts there are."
        )
    return rows[0][0]


def _hashed(text: str) -> str:
    return HASHER.hash(text.replace("-", ""))


def _check_name(name: str) -> None:
    if not (name.isprintable() and name == name.strip() and 0 < len(name) <= LONGEST_NAME):
        raise TurnoutError(
            "INVALID_STAFF_NAME",
            f"{name!r} cannot be the name of an account.",
            f"Use 1 to {LONGEST_NAME} characters on one line, such as the name or address of the person.",
        )
