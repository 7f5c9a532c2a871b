"""Staff of support, links, limited keys, logins for BI, and an audit of all of it."""

from turnout.database.migrations import run_files

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_files(
        "v0003_credentials.sql",
        "v0003_keys.sql",
        "v0003_staff.sql",
        "v0003_sql_login.sql",
        "v0003_audit.sql",
        "v0003_one_user.sql",
    )
