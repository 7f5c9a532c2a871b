"""Users, sign-ins, rooms, messages, files and recordings; rollups in generations, so that a zone may change."""

from turnout.database.migrations import run_files

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_files("v0002_facts.sql", "v0002_rollups.sql", "v0002_views.sql")
