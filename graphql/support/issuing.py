"""What support gives to companies to sign in with, and takes back."""

from datetime import datetime
from typing import Annotated

import strawberry

from turnout.graphql.support.arguments import Label, Slug
from turnout.graphql.support.context import Info, uuid_of
from turnout.graphql.support.credentials import IssuedKey, IssuedLink, IssuedPassword
from turnout.tenants import activation, key_rows, keys, passwords, sql_logins
from turnout.tenants.rotation import overlap_of
from turnout.tenants.support_keys import demand_impersonal, rotate_impersonal

Overlap = Annotated[
    float,
    strawberry.argument(
        description="For how many hours the old one goes on beside the new one; 0 ends it at once. At most 168."
    ),
]
PasswordId = Annotated[strawberry.ID, strawberry.argument(name="id", description="The password's id.")]
KeyId = Annotated[strawberry.ID, strawberry.argument(name="id", description="The key's id.")]


@strawberry.field(
    graphql_type=IssuedPassword,
    description="Give a company one more password, shown this once. It is the company's until it is rotated.",
)
async def issue_password(
    info: Info,
    company: Slug,
    label: Label = None,
    expires_at: Annotated[
        datetime | None, strawberry.argument(description="From when it is refused; null when it stays.")
    ] = None,
    must_change: Annotated[
        bool,
        strawberry.argument(description="Whether it is good for nothing but choosing another one, within 72 hours."),
    ] = False,
) -> passwords.IssuedPassword:
    """Issue a password."""
    return await info.context.act(
        lambda session, now, actor: passwords.issue_password(
            session, company, label, now, actor=actor, expires_at=expires_at, must_change=must_change
        )
    )


@strawberry.field(
    graphql_type=IssuedLink,
    description="Give a company a link on which it chooses its password, once, within 24 hours: support never sees it.",
)
async def issue_link(info: Info, company: Slug, label: Label = None) -> activation.IssuedLink:
    """Issue a link."""
    return await info.context.act(
        lambda session, now, actor: activation.issue_link(session, company, label, now, actor=actor)
    )


@strawberry.field(description="End a link that nobody has used, at once.")
async def revoke_link(
    info: Info,
    company: Slug,
    link_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="The link's id.")],
) -> bool:
    """Revoke a link."""
    id_ = uuid_of(link_id)
    await info.context.act(lambda session, now, actor: activation.revoke_link(session, company, id_, now, actor=actor))
    return True


@strawberry.field(graphql_type=IssuedPassword, description="Give a company another password instead of one it has.")
async def rotate_password(
    info: Info, company: Slug, password_id: PasswordId, overlap_hours: Overlap = 24
) -> passwords.IssuedPassword:
    """Rotate a password."""
    id_, overlap = uuid_of(password_id), overlap_of(overlap_hours)
    return await info.context.act(
        lambda session, now, actor: passwords.rotate_password(session, company, id_, now, overlap=overlap, actor=actor)
    )


@strawberry.field(description="End a password and every session begun with it, at once.")
async def revoke_password(info: Info, company: Slug, password_id: PasswordId) -> bool:
    """Revoke a password."""
    id_ = uuid_of(password_id)
    await info.context.act(
        lambda session, now, actor: passwords.revoke_password(session, company, id_, now, actor=actor)
    )
    return True


@strawberry.field(
    graphql_type=IssuedKey,
    description=(
        "Give a company a key for its programs, shown this once. Those that reach people, with read:people or "
        "admin:keys or of one user, the company makes itself."
    ),
)
async def issue_key(
    info: Info,
    company: Slug,
    scopes: Annotated[
        list[str], strawberry.argument(description="What it may be used for, such as `read:stats`, `write:events`.")
    ],
    label: Label = None,
    expires_days: Annotated[int, strawberry.argument(description="After how many days it ends.")] = 365,
    addresses: Annotated[
        list[str] | None, strawberry.argument(description="Where it may be used from, such as `192.0.2.0/24`.")
    ] = None,
    user_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="Refused: keys of one user the company makes itself.")
    ] = None,
) -> key_rows.IssuedKey:
    """Issue a key."""
    info.context.signed_in()
    demand_impersonal(scopes, user_id)
    lasting = keys.lifetime(expires_days)
    return await info.context.act(
        lambda session, now, actor: keys.issue_key(
            session,
            company,
            scopes,
            now,
            label=label,
            lasting=lasting,
            addresses=addresses or (),
            actor=actor,
        )
    )


@strawberry.field(
    graphql_type=IssuedKey, description="Give a company another key instead of one it has that support could give it."
)
async def rotate_key(info: Info, company: Slug, key_id: KeyId, overlap_hours: Overlap = 24) -> key_rows.IssuedKey:
    """Rotate a key."""
    id_, overlap = uuid_of(key_id), overlap_of(overlap_hours)
    return await info.context.act(
        lambda session, now, actor: rotate_impersonal(session, company, id_, now, overlap=overlap, actor=actor)
    )


@strawberry.field(description="End a key at once.")
async def revoke_key(info: Info, company: Slug, key_id: KeyId) -> bool:
    """Revoke a key."""
    id_ = uuid_of(key_id)
    await info.context.act(lambda session, now, actor: keys.revoke_key(session, company, id_, now, actor=actor))
    return True


@strawberry.field(
    description=(
        "End a login for BI tools: from now on it sees no rows, and its sessions are ended within seconds. Its role "
        "stays on the database server, good for nothing, until `turnout sql-login revoke` drops it. Safe to run again."
    )
)
async def revoke_sql_login(
    info: Info, company: Slug, name: Annotated[str, strawberry.argument(description="The login's name.")]
) -> bool:
    """Revoke an SQL login."""
    await info.context.act(
        lambda session, now, actor: sql_logins.revoke_sql_login(session, company, name, now, actor=actor)
    )
    return True
