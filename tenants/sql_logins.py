"""Logins of companies for BI: read-only roles of Postgres that see the views of one company, and nothing else.

Roles belong to the server: making and dropping them takes an administrator's session, all else one of support.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql
from sqlmodel import Session

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.audit import COMMAND, Act, Actor, note
from turnout.tenants.companies import find_company, lock_company
from turnout.tenants.labels import check_label
from turnout.tenants.secrets import random_base62
from turnout.tenants.support import driver

PREFIX: Final = "bi_"
NAME_BYTES: Final = 12
PASSWORD_LENGTH: Final = 40
MOST_ACTIVE: Final = 10
CONNECTIONS: Final = 10
# What a session begins with. It may set these for itself; hence the watch (server/watchdog.py).
SETTINGS: Final = {
    "search_path": "bi",
    "timezone": "UTC",
    "default_transaction_read_only": "on",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    "transaction_timeout": "10min",
    "lock_timeout": "5s",
    "work_mem": "16MB",
    "max_parallel_workers_per_gather": "0",
}
# Those that only a superuser may set, or who was given the right to. Errors of statements, which quote what is stored
# and asked for, go to the tool that sent them and not to Postgres' log.
GUARDED_SETTINGS: Final = {"temp_file_limit": "1GB", "log_min_messages": "log"}
_SQL: Final = statements("turnout.tenants", "sql_logins.sql")


@dataclass(frozen=True)
class IssuedSqlLogin:
    """A new login. The password is nowhere else."""

    role_name: str
    password: str
    expires_at: datetime | None


@dataclass(frozen=True)
class ListedSqlLogin:
    """A login as support sees it. `last_used_at` is when somebody was last seen to be connected, to the minute."""

    role_name: str
    label: str | None
    issued_by: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    sessions: int


def issue_sql_login(
    admin: Session,
    slug: str,
    now: datetime,
    *,
    label: str | None = None,
    expires_at: datetime | None = None,
    actor: Actor = COMMAND,
) -> IssuedSqlLogin:
    """Make a role with a random name that sees the views of one company.

    Raises TurnoutError UNKNOWN_COMPANY, INVALID_LABEL, TOO_MANY_SQL_LOGINS; psycopg.Error for what the administrator
    cannot do.
    """
    check_label(label)
    connection = driver(admin)
    connection.execute(_SQL["act_as_owner"])
    company = lock_company(admin, slug)
    _demand_room(connection, company.company_id, slug, now)
    issued = IssuedSqlLogin(PREFIX + secrets.token_hex(NAME_BYTES), random_base62(PASSWORD_LENGTH), expires_at)
    connection.execute(_SQL["act_as_oneself"])
    _create_role(connection, issued)
    connection.execute(_SQL["act_as_owner"])
    row = {"role": issued.role_name, "label": label, "issued_by": actor.name, "created_at": now}
    connection.execute(_SQL["keep"], row | {"company": company.company_id, "expires_at": expires_at})
    note(admin, company.company_id, actor, Act("sql_login.issued", target=issued.role_name), now)
    return issued


def list_sql_logins(session: Session, slug: str) -> list[ListedSqlLogin]:
    """Every login a company was ever given, the latest first. Raises TurnoutError UNKNOWN_COMPANY."""
    company = find_company(session, slug)
    return [ListedSqlLogin(*row) for row in driver(session).execute(_SQL["list"], {"company": company.company_id})]


def revoke_sql_login(session: Session, slug: str, role_name: str, now: datetime, *, actor: Actor = COMMAND) -> None:
    """Let a login see nothing any more, from the commit on; the watch ends its sessions within seconds.

    Its row stays. The role is dropped by `drop_sql_login`. Raises TurnoutError UNKNOWN_COMPANY, UNKNOWN_SQL_LOGIN.
    """
    company = lock_company(session, slug)
    row = {"company": company.company_id, "role": role_name, "as_of": now}
    if not driver(session).execute(_SQL["revoke"], row).fetchall():
        raise TurnoutError(
            "UNKNOWN_SQL_LOGIN",
            f"The company {slug!r} has no SQL login {role_name!r}.",
            f"`turnout sql-login list {slug}` shows those it has.",
        )
    note(session, company.company_id, actor, Act("sql_login.revoked", target=role_name), now)


def end_sql_login(admin: Session, slug: str, role_name: str, now: datetime, *, actor: Actor = COMMAND) -> None:
    """The same for an administrator: nobody logs in with it any more either. Raises as `revoke_sql_login`."""
    connection = driver(admin)
    connection.execute(_SQL["act_as_owner"])
    revoke_sql_login(admin, slug, role_name, now, actor=actor)
    connection.execute(_SQL["act_as_oneself"])
    for role in _existing(connection, [role_name]):
        _execute_for(connection, _SQL["refuse_logins"], role)


def drop_sql_logins(admin: psycopg.Connection[Any], role_names: list[str]) -> None:
    """End the sessions of roles and drop those that there are still; in the transaction of the connection."""
    admin.execute(_SQL["end_sessions"], {"roles": role_names})
    for role in _existing(admin, role_names):
        for step in ("act_for_role", "drop_owned", "drop_role"):
            _execute_for(admin, _SQL[step], role)


def is_catalogue_open(admin: psycopg.Connection[Any]) -> bool:
    """Whether a login may do what only a superuser could have refused to everybody, such as taking advisory locks."""
    return admin.execute(_SQL["left_open"]).fetchall() == [(True,)]


def other_databases(admin: psycopg.Connection[Any], role_name: str) -> list[str]:
    """Databases of the server beside ours to which a role may connect, as far as pg_hba.conf lets it."""
    return [name for (name,) in admin.execute(_SQL["other_databases"], {"role": role_name})]


def _demand_room(connection: psycopg.Connection[Any], company_id: int, slug: str, now: datetime) -> None:
    [(active,)] = connection.execute(_SQL["active"], {"company": company_id, "as_of": now}).fetchall()
    if active >= MOST_ACTIVE:
        raise TurnoutError(
            "TOO_MANY_SQL_LOGINS",
            f"The company {slug!r} has {MOST_ACTIVE} SQL logins already.",
            f"Revoke one first: turnout sql-login list {slug}, then turnout sql-login revoke {slug} ROLE.",
        )


def _create_role(connection: psycopg.Connection[Any], issued: IssuedSqlLogin) -> None:
    """With the SCRAM verifier of its password, so that the server's log never has the password itself."""
    role, password = issued.role_name, issued.password
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    until = issued.expires_at.isoformat() if issued.expires_at else "infinity"
    given = {"connections": sql.Literal(CONNECTIONS), "verifier": sql.Literal(verifier), "until": sql.Literal(until)}
    _execute_for(connection, _SQL["create_role"], role, **given)
    for membership in ("let_role_see_views", "let_watch_end_role"):
        _execute_for(connection, _SQL[membership], role)
    for setting, value in _settings(connection).items():
        _execute_for(connection, _SQL["set_for_role"], role, setting=sql.Identifier(setting), value=sql.Literal(value))


def _settings(connection: psycopg.Connection[Any]) -> dict[str, str]:
    may_set = {name for (name,) in connection.execute(_SQL["may_set"], {"names": list(GUARDED_SETTINGS)})}
    return SETTINGS | {name: value for name, value in GUARDED_SETTINGS.items() if name in may_set}


def _existing(admin: psycopg.Connection[Any], role_names: list[str]) -> list[str]:
    return [role for (role,) in admin.execute(_SQL["existing"], {"roles": role_names})]


def _execute_for(
    connection: psycopg.Connection[Any], statement: LiteralString, role: str, **parts: sql.Composable
) -> None:
    connection.execute(sql.SQL(statement).format(role=sql.Identifier(role), **parts))
