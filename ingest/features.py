"""Features of events, such as captions or a shared screen: when each was on."""

from typing import Any, Final

from psycopg import AsyncConnection

from turnout.database.columns import Blobs, Instants, Numbers, Texts
from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.naming import Names
from turnout.ingest.setting import Setting
from turnout.ingest.vocabulary import FeatureSwitched

_SQL: Final = statements("turnout.ingest", "features.sql")
_WHATS: Final = {"turnout.feature.started": "STARTED", "turnout.feature.stopped": "STOPPED"}

FeatureKey = tuple[int, str, str]
"""The number of an event, a feature of it, and the connection whose it is: empty where it is the event's."""


async def add_feature_signals(
    connection: AsyncConnection[Any], company_id: int, activities: list[Activity], names: Names
) -> set[FeatureKey]:
    """Write down what activities say of features; which these are. Their events are locked until the commit."""
    about = [(activity, key) for activity in activities if (key := _key(activity, names))]
    if about:
        columns = _envelopes(company_id, [activity for activity, _ in about]) | _columns([key for _, key in about])
        await connection.execute(_SQL["add_feature_signals"], columns)
    return {key for _, key in about}


async def retract_feature_signals(
    connection: AsyncConnection[Any], company_id: int, digests: list[bytes]
) -> set[FeatureKey]:
    """Forget what these activities said; the features that they were about."""
    cursor = await connection.execute(
        _SQL["retract_feature_signals"], {"company": company_id, "digests": Blobs(digests)}
    )
    return {(event, feature, whose) for event, feature, whose in await cursor.fetchall()}


async def fold_features(
    setting: Setting, told: set[FeatureKey], trees: set[int], whole: set[int], *, open_too: bool
) -> None:
    """Bring features to what was told of them and of their events, and mark the days of every span that this moves.

    Of these trees those are folded that never stopped, of whole ones all. The events are locked.
    """
    if told or trees:
        await setting.run(
            _SQL["fold_features"],
            **_columns(sorted(told)),
            tops=Numbers(trees),
            whole=Numbers(whole),
            open_too=open_too,
        )


async def mark_features(setting: Setting, tops: set[int]) -> None:
    """Mark every day on which a feature of these trees was on."""
    await setting.run(_SQL["mark_features"], tops=Numbers(tops))


def _key(activity: Activity, names: Names) -> FeatureKey | None:
    said = activity.said
    if not isinstance(said, FeatureSwitched):
        return None
    return names.events[said.event], said.feature, said.connection or ""


def _envelopes(company_id: int, activities: list[Activity]) -> dict[str, Any]:
    return {
        "company": company_id,
        "digests": Blobs(activity.digest for activity in activities),
        "ats": Instants(activity.at for activity in activities),
        "sources": Texts(activity.source for activity in activities),
        "ids": Texts(activity.id for activity in activities),
        "whats": Texts(_WHATS[activity.type] for activity in activities),
    }


def _columns(keys: list[FeatureKey]) -> dict[str, Any]:
    return {
        "events": Numbers(event for event, _, _ in keys),
        "features": Texts(feature for _, feature, _ in keys),
        "connections": Texts(whose for _, _, whose in keys),
    }
