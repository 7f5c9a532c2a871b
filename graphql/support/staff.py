"""Members of support."""

from datetime import datetime

import strawberry


@strawberry.type(description="The member of support who asks.")
class Member:
    """Rows are tenants' members who have signed in."""

    name: str = strawberry.field(description="The name of the account, which is of one person.")


@strawberry.type(description="An account of support. Accounts are made on the command line: `turnout support add`.")
class StaffMember:
    """Rows are tenants' listed staff."""

    name: str = strawberry.field(description="The name of the account, which is of one person.")
    created_at: datetime = strawberry.field(description="When the account was made.")
    suspended_at: datetime | None = strawberry.field(
        description="Since when nobody can sign in to it; null while somebody can."
    )
    last_used_at: datetime | None = strawberry.field(description="When somebody last signed in to it; null if never.")
