"""`turnout sql-login …`: what the BI tools of companies log in with."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from turnout.server.commands.options import AdminUrl, AsJson, Data, Label, Slug
from turnout.server.commands.printing import print_rows, say

if TYPE_CHECKING:
    from psycopg import Connection

    from turnout.server.deployment import Administration
    from turnout.tenants.sql_logins import IssuedSqlLogin

app = typer.Typer(help="Read-only logins to the database for the BI tools of companies.", no_args_is_help=True)
COLUMNS = ("role", "label", "issuedBy", "createdAt", "expiresAt", "revokedAt", "lastUsedAt", "sessions")


@app.command()
def issue(
    slug: Slug,
    label: Label = None,
    expires_days: Annotated[int, typer.Option(help="After how many days it ends.")] = 365,
    data: Data = None,
    admin_url: AdminUrl = None,
) -> None:
    """Make a login that sees the views of one company, and print its connection string, once."""
    from turnout.server.commands.staff import now
    from turnout.server.deployment import administration
    from turnout.tenants.keys import lifetime
    from turnout.tenants.sql_logins import issue_sql_login
    from turnout.tenants.support import driver, support

    expires_at = now() + lifetime(expires_days)
    with administration(data, admin_url) as found, support(found.conninfo) as session:
        issued = issue_sql_login(session, slug, now(), label=label, expires_at=expires_at)
        url = _url(found, driver(session), issued)
        cautions = [*_cautions(found, driver(session), issued.role_name)]
    say(f"SQL login {issued.role_name} of {slug}, until {expires_at:%Y-%m-%d}. It is shown this once:")
    typer.echo(url)
    for caution in cautions:
        say(caution)


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False, data: Data = None) -> None:
    """List the logins that a company was ever given, and who of them is connected."""
    from turnout.server.commands.staff import staff
    from turnout.tenants.sql_logins import list_sql_logins

    with staff(data) as session:
        rows = list_sql_logins(session, slug)
    cells = (
        (r.role_name, r.label, r.issued_by, r.created_at, r.expires_at, r.revoked_at, r.last_used_at, r.sessions)
        for r in rows
    )
    print_rows(COLUMNS, cells, as_json=as_json)


@app.command()
def revoke(
    slug: Slug,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="The login's name.", show_default=False)],
    data: Data = None,
    admin_url: AdminUrl = None,
) -> None:
    """End a login and its sessions at once. Safe to run again."""
    from turnout.server.commands.staff import now
    from turnout.server.deployment import administration
    from turnout.tenants import sql_logins
    from turnout.tenants.support import driver, support

    with administration(data, admin_url) as found:
        with support(found.conninfo) as session:
            sql_logins.end_sql_login(session, slug, role, now())
        with support(found.conninfo) as session:
            sql_logins.drop_sql_logins(driver(session), [role])
    say(f"Revoked the SQL login {role} of {slug}; its sessions have ended.")


def _url(found: "Administration", admin: "Connection[Any]", issued: "IssuedSqlLogin") -> str:
    from turnout.server.logins import connection_url, way_to

    embedded = found.embedded
    way = {"host": "127.0.0.1", "port": str(embedded.port)} if embedded else way_to(admin, found.login)
    return connection_url(way, issued.role_name, issued.password, found.database)


def _cautions(found: "Administration", admin: "Connection[Any]", role: str) -> list[str]:
    """What whoever runs the server should know of this one."""
    from turnout.tenants.sql_logins import is_catalogue_open, other_databases

    if found.embedded:
        if found.embedded.tcp:
            return []
        port = found.embedded.port
        return [f"It works on this machine while `turnout serve --sql-port {port}` runs; another port goes there."]
    said: list[str] = []
    if others := other_databases(admin, role):
        said.append(f"pg_hba.conf should let it connect to {found.database} alone: it may also to {', '.join(others)}.")
    if is_catalogue_open(admin):
        said.append(
            "Advisory locks and large objects are open to it: `turnout database prepare` by a superuser closes them."
        )
    return said
