"""Recordings, features, media, quality, rooms, hours, segments, live figures, closed periods and alerts."""

from turnout.database.migrations import run_files

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_files(
        "v0004_throttling.sql",
        "v0004_recordings.sql",
        "v0004_features.sql",
        "v0004_breakdown.sql",
        "v0004_segments.sql",
        "v0004_live.sql",
        "v0004_closing.sql",
        "v0004_alerts.sql",
        "v0004_foresight.sql",
    )
