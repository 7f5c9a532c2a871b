"""The demo companies' accounts: added on the first start, signed in to with passwords that later starts show again."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from sqlmodel import Session

from turnout.server.demo.companies import COMPANIES
from turnout.server.demo.company import DemoCompany
from turnout.server.demo.contracts import limits
from turnout.server.demo.history import DAYS_BACK, History
from turnout.server.demo.telling import Happening
from turnout.server.demo.world import world
from turnout.tenants.companies import NewCompany, add_company, list_companies
from turnout.tenants.company import Company
from turnout.tenants.passwords import issue_password, list_passwords, revoke_password

LABEL: Final = "demo"
FILE: Final = "demo-passwords.json"


class Kept(msgspec.Struct, frozen=True):
    """A password of the demo, written down; real ones never are."""

    password_id: str
    text: str


@dataclass(frozen=True)
class Account:
    """A company of the demo as it is in the database, and all that has happened in it."""

    demo: DemoCompany
    company: Company
    password: str
    told: Sequence[Happening]


def open_accounts(session: Session, folder: Path | None, now: datetime, *, days_back: int = DAYS_BACK) -> list[Account]:
    """The companies, added where they are missing, each with a password that works.

    The passwords are kept in the folder, readable by its owner alone. Without one each start issues new ones.
    """
    there = {listed.company.slug: listed for listed in list_companies(session)}
    kept, accounts = _read(folder), list[Account]()
    for demo in COMPANIES:
        since = there[demo.slug].created_at if demo.slug in there else now
        history = History.since(demo, since, days_back)
        told = world(history, now)
        company = there[demo.slug].company if demo.slug in there else _add(session, history, told, now)
        kept[demo.slug] = _working_password(session, demo.slug, kept.get(demo.slug), now)
        accounts.append(Account(demo, company, kept[demo.slug].text, told))
    _write(folder, kept)
    return accounts


def _add(session: Session, history: History, told: Sequence[Happening], now: datetime) -> Company:
    demo, bought = history.company, limits(history, told)
    new = NewCompany(demo.slug, demo.name, demo.time_zone, demo.billing_anchor_day, limits=bought)
    return add_company(session, new, now)


def _working_password(session: Session, slug: str, kept: Kept | None, now: datetime) -> Kept:
    """The one that is kept unless it was revoked; else a new one in place of those that nobody knows any more."""
    active = [listed for listed in list_passwords(session, slug) if listed.revoked_at is None]
    if kept and any(str(listed.password_id) == kept.password_id for listed in active):
        return kept
    for forgotten in active:
        if forgotten.label == LABEL:
            revoke_password(session, slug, forgotten.password_id, now)
    issued = issue_password(session, slug, LABEL, now)
    return Kept(str(issued.password_id), issued.text)


def _read(folder: Path | None) -> dict[str, Kept]:
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=dict[str, Kept]) if folder else {}
    except (FileNotFoundError, msgspec.DecodeError):
        return {}


def _write(folder: Path | None, kept: Mapping[str, Kept]) -> None:
    if folder and _read(folder) != kept:
        fd, temporary = tempfile.mkstemp(prefix=f".{FILE}.", dir=folder)  # for nobody else to read
        with os.fdopen(fd, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(kept)))
        Path(temporary).replace(folder / FILE)
