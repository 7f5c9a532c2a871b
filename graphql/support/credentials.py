"""What companies and their programs sign in with, as support sees it: never a secret, but when it is issued."""

from datetime import datetime

import strawberry

from turnout.tenants.keys import ListedKey


@strawberry.type(description="A password of a company; its text is kept nowhere.")
class Password:
    """Rows are tenants' listed passwords."""

    password_id: strawberry.ID = strawberry.field(name="id", description="What rotating and revoking take.")
    label: str | None = strawberry.field(description="What support staff know it by.")
    issued_by: str | None = strawberry.field(description="The member of support who has issued it; null for a command.")
    created_at: datetime = strawberry.field(description="When it was issued.")
    expires_at: datetime | None = strawberry.field(description="From when it is refused; null when it stays.")
    must_change: bool = strawberry.field(description="Whether it is good for nothing but choosing another one.")
    chosen: bool = strawberry.field(description="Whether the company has chosen it: nobody else has ever seen it.")
    last_used_at: datetime | None = strawberry.field(description="When somebody last signed in with it.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")


@strawberry.type(description="A link on which a company chooses its password, once.")
class ActivationLink:
    """Rows are tenants' listed links."""

    link_id: strawberry.ID = strawberry.field(name="id", description="What revoking takes.")
    label: str | None = strawberry.field(description="What support staff know it by.")
    issued_by: str | None = strawberry.field(description="The member of support who has issued it; null for a command.")
    created_at: datetime = strawberry.field(description="When it was issued.")
    expires_at: datetime = strawberry.field(description="From when it is refused.")
    used_at: datetime | None = strawberry.field(description="When the company chose a password on it.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")


def _one_user(root: strawberry.Parent[ListedKey]) -> bool:
    return root.user_key is not None


@strawberry.type(description="An API key of a company; its text is kept nowhere.")
class Key:
    """Rows are tenants' listed keys."""

    key_id: strawberry.ID = strawberry.field(name="id", description="What rotating and revoking take.")
    prefix: str = strawberry.field(description="What it begins with, to know it by.")
    scopes: list[str] = strawberry.field(description="What it may be used for.")
    label: str | None = strawberry.field(description="What it is known by.")
    issued_by: str | None = strawberry.field(description="Who has issued it; null for a command.")
    one_user: bool = strawberry.field(
        resolver=_one_user, description="Whether it sees one user's own things alone; whose is the company's to know."
    )
    addresses: list[str] = strawberry.field(description="Where it may be used from; empty for anywhere.")
    created_at: datetime = strawberry.field(description="When it was issued.")
    expires_at: datetime = strawberry.field(description="From when it is refused.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    replaced_by: strawberry.ID | None = strawberry.field(description="The key that takes its place, if it was rotated.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")


@strawberry.type(
    description=(
        "A login to the database for BI tools, which the command `turnout sql-login issue` makes: it takes an "
        "administrator of the database, whom this server does not have."
    )
)
class SqlLogin:
    """Rows are tenants' listed SQL logins."""

    role_name: str = strawberry.field(name="name", description="Its name, of random letters; what revoking takes.")
    label: str | None = strawberry.field(description="What support staff know it by.")
    issued_by: str | None = strawberry.field(description="The member of support who has issued it; null for a command.")
    created_at: datetime = strawberry.field(description="When it was issued.")
    expires_at: datetime | None = strawberry.field(description="From when it is refused; null when it stays.")
    last_used_at: datetime | None = strawberry.field(
        description="When somebody was last seen connected with it, to the minute; null if never. Short visits escape."
    )
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")
    sessions: int = strawberry.field(description="How many are connected with it at the moment.")


@strawberry.type(description="A password that has just been issued.")
class IssuedPassword:
    """Rows are tenants' issued passwords."""

    password_id: strawberry.ID = strawberry.field(name="id", description="What rotating and revoking take.")
    text: str = strawberry.field(name="password", description="The password itself, shown this once.")


@strawberry.type(description="A link that has just been issued.")
class IssuedLink:
    """Rows are tenants' issued links."""

    link_id: strawberry.ID = strawberry.field(name="id", description="What revoking takes.")
    secret: str = strawberry.field(description="The secret of the link, shown this once: whoever has it may choose.")
    expires_at: datetime = strawberry.field(description="From when it is refused.")


@strawberry.type(description="A key that has just been issued.")
class IssuedKey:
    """Rows are tenants' issued keys."""

    key_id: strawberry.ID = strawberry.field(name="id", description="What rotating and revoking take.")
    text: str = strawberry.field(name="key", description="The key itself, shown this once.")
    expires_at: datetime = strawberry.field(description="From when it is refused.")
