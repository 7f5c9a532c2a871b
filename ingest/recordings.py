"""Recordings: when each of them ran."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from turnout.database.columns import Instants, Numbers
from turnout.database.statements import statements
from turnout.ingest.setting import Setting
from turnout.ingest.storage import Since

_SQL: Final = statements("turnout.ingest", "recordings.sql")


@dataclass(frozen=True, slots=True)
class Trees:
    """Events at the top that a batch is about; of `whole` ones all must be read again, `moved` ones end otherwise."""

    all: set[int]
    whole: set[int]
    moved: set[int]


async def fold_recordings(setting: Setting, told: Since, trees: Trees) -> None:
    """Bring runs to what was told of recordings and of their events, and mark the days of all that this moves.

    The events are locked, and whatever was told of is settled: the event that a recording belongs to may end it.
    """
    stored: dict[int, datetime | None] = {**told}
    if trees.all or trees.moved:
        for number, since in await _found(setting, trees):
            stored[number] = min((at for at in (since, told.get(number)) if at), default=None)
    if stored:
        await setting.run(_SQL["fold_runs"], stored=Numbers(stored), sinces=Instants(stored.values()))


async def _found(setting: Setting, trees: Trees) -> list[tuple[int, datetime | None]]:
    rows = await setting.rows(
        _SQL["find_runs"], tops=Numbers(trees.all | trees.moved), whole=Numbers(trees.whole), moved=Numbers(trees.moved)
    )
    return [(number, since) for number, since in rows]
