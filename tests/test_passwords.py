"""Passwords: how they are made, how they are read, how many there are, and how they end."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from argon2 import extract_parameters
from sqlmodel import Session

from turnout.database.errors import TurnoutError
from turnout.tenants.activation import issue_link, list_links
from turnout.tenants.audit import Actor, ActorKind
from turnout.tenants.company import Company
from turnout.tenants.hashing import DUMMY, HASHER, verify
from turnout.tenants.passwords import (
    ALPHABET,
    MOST_VERIFIED,
    IssuedPassword,
    generate,
    issue_password,
    list_passwords,
    readable,
    revoke_password,
    revoke_passwords,
    rotate_password,
)
from turnout.tenants.support import support

from .databases import Database

GENERATED = "K7QFM-2XLPA-9RTBC-HD4VE"
SYMBOLS = b"K7QFM2XLPA9RTBCHD4VE"


def test_a_password_has_100_random_bits_in_symbols_that_nobody_confuses() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set(ALPHABET) & set("0O1I")
    assert re.fullmatch(rf"([{ALPHABET}]{{5}}-){{3}}[{ALPHABET}]{{5}}", generate())
    assert len({generate() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "entered",
    [
        GENERATED,
        GENERATED.lower(),
        GENERATED.replace("-", ""),
        f"  {GENERATED}\n",
        "K7QF-M2XL-PA9R-TBCH-D4VE",
        GENERATED.replace("L", "1"),
        GENERATED.replace("L", "I"),
        GENERATED.replace("L", "l"),
    ],
)
def test_a_generated_password_is_read_however_it_was_written_down(entered: str) -> None:
    assert readable(entered) == SYMBOLS


@pytest.mark.parametrize("entered", ["", "correct horse-Battery", " blank ", "pässwörd", "K7QFM-2XLPA", "a\0b"])
def test_any_other_text_is_read_as_it_is(entered: str) -> None:
    assert readable(entered) == entered.encode()


@pytest.mark.parametrize("entered", ["\ud800", "a" * 1025, "ä" * 513, "-" * 10_000_000])
def test_what_is_no_text_or_too_long_is_not_read_at_all(entered: str) -> None:
    assert readable(entered) is None


def test_only_an_argon2id_hash_of_a_password_is_kept(database: Database, acme: Company, now: datetime) -> None:
    issued = issue(database, "acme", now)

    with psycopg.connect(database.admin) as admin:
        [(hashed,)] = admin.execute("select hash from turnout.company_password").fetchall()
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify(hashed, issued.text.replace("-", "").encode())


def test_the_dummy_hash_costs_what_a_real_one_costs() -> None:
    assert extract_parameters(DUMMY) == extract_parameters(HASHER.hash("x"))


def test_passwords_are_listed_without_their_text_the_latest_first(
    database: Database, acme: Company, now: datetime
) -> None:
    first = issue(database, "acme", now, "front desk")
    second = issue(database, "acme", now + timedelta(hours=1))

    with support(database.support) as session:
        listed = list_passwords(session, "acme")

    assert [(row.password_id, row.label) for row in listed] == [
        (second.password_id, None),
        (first.password_id, "front desk"),
    ]
    assert first.text not in repr(listed)


def test_a_company_has_three_passwords_at_most(
    database: Database, acme: Company, globex: Company, now: datetime
) -> None:
    first, *_ = [issue(database, "acme", now) for _ in range(3)]

    with pytest.raises(TurnoutError, match="TOO_MANY_PASSWORDS"):
        issue(database, "acme", now)
    issue(database, "globex", now)
    with support(database.support) as session:
        revoke_password(session, "acme", first.password_id, now)
    issue(database, "acme", now)


def test_one_of_several_passwords_is_revoked_alone(database: Database, acme: Company, now: datetime) -> None:
    first, second = issue(database, "acme", now), issue(database, "acme", now)

    with support(database.support) as session:
        revoke_password(session, "acme", first.password_id, now)

    assert active(database, "acme") == {second.password_id}


def test_revoking_all_passwords_of_a_company_leaves_the_others_theirs(
    database: Database, acme: Company, globex: Company, now: datetime
) -> None:
    issue(database, "acme", now)
    issue(database, "acme", now)
    theirs = issue(database, "globex", now)

    with support(database.support) as session:
        revoked = revoke_passwords(session, "acme", now)

    assert revoked == 2
    assert active(database, "acme") == set()
    assert active(database, "globex") == {theirs.password_id}


def test_a_password_is_not_revoked_twice_or_by_another_company(
    database: Database, acme: Company, globex: Company, now: datetime
) -> None:
    ours, theirs = issue(database, "acme", now), issue(database, "globex", now)
    with support(database.support) as session:
        revoke_password(session, "acme", ours.password_id, now)

    for password_id in (ours.password_id, theirs.password_id, uuid4()):
        with pytest.raises(TurnoutError, match="UNKNOWN_PASSWORD"), support(database.support) as session:
            revoke_password(session, "acme", password_id, now)


def test_a_label_that_would_disturb_a_terminal_is_refused(now: datetime) -> None:
    for label in ("", "\x1b[2J", "a\nb", "x" * 101):
        with pytest.raises(TurnoutError, match="INVALID_LABEL"), Session() as session:  # of no database
            issue_password(session, "acme", label, now)


def test_an_activation_secret_ends_after_three_days_unless_told_otherwise(
    database: Database, acme: Company, now: datetime
) -> None:
    soon = now + timedelta(hours=1)
    with support(database.support) as session:
        usual = issue_password(session, "acme", None, now, must_change=True)
        told = issue_password(session, "acme", None, now, must_change=True, expires_at=soon)
        listed = {row.password_id: (row.kind, row.expires_at) for row in list_passwords(session, "acme")}

    assert listed == {
        usual.password_id: ("ACTIVATION", now + timedelta(hours=72)),
        told.password_id: ("ACTIVATION", soon),
    }


def test_a_password_that_has_expired_keeps_no_place(database: Database, acme: Company, now: datetime) -> None:
    ends = now + timedelta(hours=1)
    with support(database.support) as session:
        for _ in range(3):
            issue_password(session, "acme", None, now, expires_at=ends)

    issue(database, "acme", ends)

    with pytest.raises(TurnoutError, match="INVALID_EXPIRY"), support(database.support) as session:
        issue_password(session, "acme", None, ends, expires_at=ends)


def test_rotation_keeps_label_and_end_and_the_old_one_for_a_while(
    database: Database, acme: Company, now: datetime
) -> None:
    ends = now + timedelta(days=30)
    with support(database.support) as session:
        old = issue_password(session, "acme", "auditor", now, expires_at=ends)
        new = rotate_password(session, "acme", old.password_id, now + timedelta(hours=1), overlap=timedelta(days=2))
        listed = {row.password_id: (row.label, row.expires_at) for row in list_passwords(session, "acme")}

    assert listed == {
        old.password_id: ("auditor", now + timedelta(days=2, hours=1)),
        new.password_id: ("auditor", ends),
    }


def test_one_of_three_passwords_is_rotated_at_a_time(database: Database, acme: Company, now: datetime) -> None:
    first, second, _ = [issue(database, "acme", now) for _ in range(3)]
    with support(database.support) as session:
        rotate_password(session, "acme", first.password_id, now)

    with pytest.raises(TurnoutError, match="TOO_MANY_PASSWORDS"), support(database.support) as session:
        rotate_password(session, "acme", second.password_id, now)
    with support(database.support) as session:
        rotate_password(session, "acme", second.password_id, now, overlap=timedelta(0))

    assert len(active(database, "acme")) == MOST_VERIFIED


def test_open_links_are_revoked_with_all_passwords(database: Database, acme: Company, now: datetime) -> None:
    with support(database.support) as session:
        over = issue_link(session, "acme", None, now - timedelta(days=2)).link_id
        link = issue_link(session, "acme", None, now).link_id

        assert revoke_passwords(session, "acme", now) == 0

    with support(database.support) as session:
        listed = {row.link_id: row.revoked_at for row in list_links(session, "acme")}
    with psycopg.connect(database.admin) as admin:
        noted = admin.execute("select target from turnout.audit where action = 'link.revoked'").fetchall()
    assert listed == {over: None, link: now}
    assert noted == [(str(link),)]


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=7, seconds=1)])
def test_an_overlap_is_of_seven_days_at_most(
    database: Database, acme: Company, now: datetime, overlap: timedelta
) -> None:
    old = issue(database, "acme", now)

    with pytest.raises(TurnoutError, match="INVALID_OVERLAP"), support(database.support) as session:
        rotate_password(session, "acme", old.password_id, now, overlap=overlap)


def test_whatever_support_does_with_passwords_is_noted_without_a_secret(
    database: Database, acme: Company, now: datetime
) -> None:
    berta = Actor(ActorKind.SUPPORT, "berta")
    with support(database.support) as session:
        first = issue_password(session, "acme", "desk", now, actor=berta)
        second = rotate_password(session, "acme", first.password_id, now, actor=berta)
        revoke_password(session, "acme", second.password_id, now, actor=berta)
        revoke_passwords(session, "acme", now)

    with psycopg.connect(database.admin) as admin:
        notes = admin.execute(
            "select action, name, target, details::text from turnout.audit"
            " where action <> 'company.added' order by audit_id"
        ).fetchall()
    assert [note[:3] for note in notes] == [
        ("password.issued", "berta", str(first.password_id)),
        ("password.rotated", "berta", str(first.password_id)),
        ("password.revoked", "berta", str(second.password_id)),
        ("password.revoked", None, str(first.password_id)),
    ]
    assert not any(secret.text[:5] in str(notes) for secret in (first, second))


def issue(database: Database, slug: str, now: datetime, label: str | None = None) -> IssuedPassword:
    with support(database.support) as session:
        return issue_password(session, slug, label, now)


def active(database: Database, slug: str) -> set[object]:
    with support(database.support) as session:
        return {row.password_id for row in list_passwords(session, slug) if row.revoked_at is None}
