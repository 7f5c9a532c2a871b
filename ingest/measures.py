"""What platforms measure of connections: how long media went which way, and samples of their quality."""

from datetime import datetime
from typing import Any, Final, TypeVar

from psycopg import AsyncConnection

from turnout.database.columns import Blobs, Flags, Instants, Numbers, Reals, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.naming import Names
from turnout.ingest.setting import Setting
from turnout.ingest.vocabulary import MediaMeasured, QualitySampled

_SQL: Final = statements("turnout.ingest", "measures.sql")
_MICROSECONDS: Final = 1_000_000

Samples = list[tuple[int, datetime]]
"""Samples of connections by number, each with its instant."""

Said = TypeVar("Said")


async def add_media(
    connection: AsyncConnection[Any], company_id: int, activities: list[Activity], names: Names
) -> list[datetime]:
    """Count measures of media; when they were taken."""
    measures = _about(activities, MediaMeasured)
    if measures:
        columns = {
            "directions": Texts(said.direction for _, said in measures),
            "tracks": Texts(said.track for _, said in measures),
            "lasted": Numbers(round(said.seconds * _MICROSECONDS) for _, said in measures),
        }
        about = [activity for activity, _ in measures]
        await connection.execute(_SQL["add_media"], _envelopes(company_id, about, names) | columns)
    return [activity.at for activity, _ in measures]


async def add_samples(
    connection: AsyncConnection[Any], company_id: int, activities: list[Activity], names: Names
) -> Samples:
    """Count samples of quality; of which connections they are."""
    samples = _about(activities, QualitySampled)
    if not samples:
        return []
    columns = {
        "losses": Reals(said.packetLoss for _, said in samples),
        "bitrates": Reals(said.bitrate for _, said in samples),
        "cpu": Flags(said.cpuTrouble for _, said in samples),
        "bandwidth": Flags(said.bandwidthTrouble for _, said in samples),
    }
    envelopes = _envelopes(company_id, [activity for activity, _ in samples], names)
    await connection.execute(_SQL["add_samples"], envelopes | columns)
    return list(zip(envelopes["connections"], envelopes["ats"], strict=True))


async def retract_media(connection: AsyncConnection[Any], company_id: int, digests: list[bytes]) -> list[datetime]:
    """Count these no more; when they were taken."""
    cursor = await connection.execute(_SQL["retract_media"], {"company": company_id, "digests": Blobs(digests)})
    return [at for (at,) in await cursor.fetchall()]


async def retract_samples(connection: AsyncConnection[Any], company_id: int, digests: list[bytes]) -> Samples:
    """Count these no more; of which connections they were."""
    cursor = await connection.execute(_SQL["retract_samples"], {"company": company_id, "digests": Blobs(digests)})
    return [(number, at) for number, at in await cursor.fetchall()]


async def mark_samples(setting: Setting, samples: Samples) -> None:
    """Mark the days of these, and of later ones of the same connections: which was a stay's first may have changed."""
    if samples:
        links, ats = [link for link, _ in samples], [at for _, at in samples]
        await setting.run(_SQL["mark_samples"], connections=links, ats=ats)


def _about(activities: list[Activity], kind: type[Said]) -> list[tuple[Activity, Said]]:
    return [(activity, activity.said) for activity in activities if isinstance(activity.said, kind)]


def _envelopes(company_id: int, activities: list[Activity], names: Names) -> dict[str, Any]:
    return {
        "company": company_id,
        "digests": Blobs(activity.digest for activity in activities),
        "ats": Instants(activity.at for activity in activities),
        "connections": Numbers(names.connection(activity) for activity in activities),
    }
