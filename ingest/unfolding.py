"""From new signals to events and stays as they now are, and to marks on every day whose numbers may have moved."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, LiteralString

from psycopg import AsyncConnection

from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.naming import Names
from turnout.ingest.retracting import Retraction
from turnout.ingest.signals import EVENT_SIGNALS

_SQL: Final = statements("turnout.ingest", "events.sql") | statements("turnout.ingest", "stays.sql")
_ENDED: Final = "turnout.event.ended"


@dataclass(slots=True)
class _Unfolding:
    """One batch on its way: what is to be folded and what is to be marked, as it becomes known."""

    connection: AsyncConnection[Any]
    company_id: int
    now: datetime
    connections: set[int] = field(default_factory=set[int])
    whole_trees: set[int] = field(default_factory=set[int])
    marked_trees: set[int] = field(default_factory=set[int])
    instants: list[datetime] = field(default_factory=list[datetime])

    async def rows(self, statement: LiteralString, **parameters: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 -- any SQL value
        shared = {"company": self.company_id, "as_of": self.now}
        cursor = await self.connection.execute(statement, shared | parameters)
        return await cursor.fetchall() if cursor.description else []

    def mark_instants(self, instants: list[datetime | None]) -> None:
        self.instants += [instant for instant in instants if instant is not None]


async def unfold(
    connection: AsyncConnection[Any],
    company_id: int,
    counting: list[Activity],
    names: Names,
    taken_back: Retraction,
    now: datetime,
) -> None:
    """Bring events and stays to what their signals say now. The events and all above them are locked."""
    work = _Unfolding(connection, company_id, now)
    work.connections = {link for activity in counting if (link := names.connection(activity)) is not None}
    work.connections |= taken_back.connections
    named = {
        event for activity in counting for event in (names.event(activity), names.parent(activity)) if event is not None
    }
    named |= taken_back.named
    if not named:
        return
    await work.rows(_SQL["settle_stays"], tops=list(await _tops(work, named)))
    await _count_activity(work, counting, names, taken_back)
    await _describe(work, counting, names, taken_back)
    tops = await _tops(work, named)
    work.whole_trees |= await _tops(work, _ended(counting, names) | taken_back.described)
    if taken_back.named:
        work.marked_trees |= await _tops(work, taken_back.named)
    await work.rows(_SQL["count_tree_activity"], tops=list(tops | work.whole_trees))
    await _fold(work, tops, open_too=bool(taken_back.named or work.marked_trees))
    await _mark(work)


async def _tops(work: _Unfolding, events: set[int]) -> set[int]:
    if not events:
        return set()
    return {top for _, top in await work.rows(_SQL["find_tops"], events=list(events))}


def _ended(counting: list[Activity], names: Names) -> set[int]:
    return {event for activity in counting if activity.type == _ENDED and (event := names.event(activity)) is not None}


async def _count_activity(work: _Unfolding, counting: list[Activity], names: Names, taken_back: Retraction) -> None:
    heard = [(event, activity.at, True) for activity in counting if (event := names.event(activity)) is not None]
    heard += [(event, activity.at, False) for activity in counting if (event := names.parent(activity)) is not None]
    moved = await work.rows(
        _SQL["touch_events"],
        events=[event for event, _, _ in heard],
        ats=[at for _, at, _ in heard],
        owns=[own for _, _, own in heard],
    )
    if taken_back.named:
        moved += await work.rows(_SQL["recount_events"], events=list(taken_back.named))
    for _, instants in moved:
        work.mark_instants(instants)


async def _describe(work: _Unfolding, counting: list[Activity], names: Names, taken_back: Retraction) -> None:
    """Events themselves: their described members, and where they stand among events and breakouts."""
    described = {
        event
        for activity in counting
        if activity.type in EVENT_SIGNALS and activity.type != _ENDED and (event := names.event(activity)) is not None
    } | taken_back.described
    if not described:
        return
    moved: list[int] = []
    for event, renamed, has_moved, instants in await work.rows(_SQL["describe_events"], events=list(described)):
        work.mark_instants(instants)
        if renamed:
            work.marked_trees.add(event)
        if has_moved:
            moved.append(event)
    if moved:
        await _move(work, moved)


async def _move(work: _Unfolding, events: list[int]) -> None:
    for old_top, new_top, instants in await work.rows(_SQL["root_events"], events=events):
        work.whole_trees |= {old_top, new_top}
        work.marked_trees |= {old_top, new_top}
        work.mark_instants(instants)


async def _fold(work: _Unfolding, tops: set[int], *, open_too: bool) -> None:
    trees = list(tops | work.whole_trees)
    work.connections |= {link for (link,) in await work.rows(_SQL["find_unclosed"], tops=trees, open_too=open_too)}
    if work.whole_trees:
        whole = list(work.whole_trees)
        work.connections |= {link for (link,) in await work.rows(_SQL["find_connections_of_trees"], tops=whole)}
    if not work.connections:
        return
    for top, starts_at, undecided_call in await work.rows(_SQL["fold_stays"], connections=list(work.connections)):
        work.mark_instants([starts_at])
        if undecided_call:
            work.marked_trees.add(top)


async def _mark(work: _Unfolding) -> None:
    if work.marked_trees:
        await work.rows(_SQL["mark_trees"], tops=list(work.marked_trees))
        work.mark_instants([at for (at,) in await work.rows(_SQL["find_plans"], tops=list(work.marked_trees))])
    if work.instants:
        await work.rows(_SQL["mark_instants"], instants=work.instants)
