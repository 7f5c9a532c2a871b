"""The logins of a real server: made with generated passwords, which are shown once."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from turnout.database.migrating import LOGIN_ROLES, prepare
from turnout.database.statements import statements
from turnout.server.deployment import preparing_alone
from turnout.tenants.secrets import random_base62

PASSWORD_LENGTH: Final = 40
_OWN: Final = frozenset({"user", "password", "passfile", "dbname"})
_SQL: Final = statements("turnout.server", "logins.sql")


def prepare_server(admin_url: str, database: str, *, rotate: bool) -> dict[str, str]:
    """Prepare a server and give passwords to the roles that have none, or to all when they are to be rotated.

    Returns the connection string of each role that has a new password.
    Raises TurnoutError SERVER_TOO_OLD, and psycopg.Error for what the administrator cannot do.
    """
    with preparing_alone(admin_url) as admin:
        known = _with_password(admin)
        prepare(admin_url, database)
        return {
            role: connection_url(way_to(admin, admin_url), role, _new_password(admin, role), database)
            for role in LOGIN_ROLES
            if rotate or role not in known
        }


def _with_password(admin: psycopg.Connection[Any]) -> set[str]:
    """The roles that have a password; where that is secret, those that exist."""
    [(readable,)] = admin.execute(_SQL["readable_passwords"]).fetchall()
    query = _SQL["roles_with_password" if readable else "existing_roles"]
    return {role for (role,) in admin.execute(query, {"roles": list(LOGIN_ROLES)})}


def _new_password(admin: psycopg.Connection[Any], role: str) -> str:
    """Set it as its SCRAM verifier, so that the server's log never has the password itself."""
    password = random_base62(PASSWORD_LENGTH)
    verifier = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    admin.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(verifier)))
    return password


def way_to(admin: psycopg.Connection[Any], admin_url: str) -> dict[str, str]:
    """How the administrator got to the server, without who and to which database."""
    given = {name: str(value) for name, value in conninfo_to_dict(admin_url).items() if name not in _OWN}
    return {"host": admin.info.host, "port": str(admin.info.port)} | given


def connection_url(way: Mapping[str, str], role: str, password: str, database: str) -> str:
    """The connection string of a role, on that way."""
    others, host, port = dict(way), way["host"], way["port"]
    if host.startswith("/") or "," in host:  # sockets and lists of hosts have no place before the slash
        place = ""
    else:
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        del others["host"], others["port"]
    query = f"?{urlencode(others, quote_via=quote)}" if others else ""
    return f"postgresql://{role}:{password}@{place}/{quote(database, safe='')}{query}"
