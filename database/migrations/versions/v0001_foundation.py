"""Companies and their credentials, facts, marks and day rollups, behind the wall from the first row on."""

from turnout.database.migrations import run_files

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_files("v0001_tenants.sql", "v0001_facts.sql", "v0001_rollups.sql")
