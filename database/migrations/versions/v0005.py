"""What makes reading, writing and computing faster, and rollups of segments: the facts stay as they are."""

from turnout.database.migrations import run_files

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_files("v0005_writes.sql", "v0005_presence.sql", "v0005_created.sql", "v0005_overview.sql")
    run_files("v0005_writes.sql", "v0005_presence.sql", "v0005_alerts.sql")
    run_files("v0005_writes.sql", "v0005_presence.sql", "v0005_segments.sql")
