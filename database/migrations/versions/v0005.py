"""What makes reading, writing and computing faster, rollups of segments, and the language of alerts."""

from turnout.database.migrations import run_files

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_files(
        "v0005_writes.sql",
        "v0005_presence.sql",
        "v0005_created.sql",
        "v0005_overview.sql",
        "v0005_alerts.sql",
        "v0005_segments.sql",
    )
