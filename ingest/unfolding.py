"""From new signals to events and stays as they now are, and to marks on every day whose numbers may have moved."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from turnout.database.columns import Flags, Instants, Numbers
from turnout.database.statements import statements
from turnout.ingest.activities import Activity
from turnout.ingest.features import fold_features, mark_features
from turnout.ingest.locking import Locked
from turnout.ingest.measures import mark_samples
from turnout.ingest.naming import Names
from turnout.ingest.recordings import Trees, fold_recordings
from turnout.ingest.retracting import Retraction
from turnout.ingest.rooms import describe_rooms, take_owners_over
from turnout.ingest.setting import Setting
from turnout.ingest.signals import EVENT_SIGNALS, is_about_a_stay
from turnout.ingest.storage import instants_of_trees, settle_stored
from turnout.ingest.telling import Told
from turnout.ingest.users import settle_users

_SQL: Final = statements("turnout.ingest", "events.sql") | statements("turnout.ingest", "stays.sql")
_ENDED: Final = "turnout.event.ended"


@dataclass(slots=True)
class _Found:
    """What a batch touches: connections to fold, trees, those to fold or mark whole, instants whose days are marked.

    `features` and `recordings`: whether any of the trees has some.
    """

    connections: set[int]
    trees: set[int] = field(default_factory=set[int])
    whole_trees: set[int] = field(default_factory=set[int])
    marked_trees: set[int] = field(default_factory=set[int])
    instants: list[datetime] = field(default_factory=list[datetime])
    moved: bool = False
    features: bool = False
    recordings: bool = False

    def mark_instants(self, instants: list[datetime | None]) -> None:
        self.instants += [instant for instant in instants if instant is not None]


async def unfold(
    setting: Setting, counting: list[Activity], names: Names, locked: Locked, taken_back: Retraction, told: Told
) -> None:
    """Bring everything to what the activities say of it now. The events and all above them are locked."""
    stays = [activity for activity in counting if is_about_a_stay(activity)]
    found = _Found({link for activity in stays if (link := names.connection(activity)) is not None})
    found.connections |= taken_back.connections
    found.mark_instants([*told.instants])
    found.marked_trees |= await describe_rooms(setting, told.rooms)
    await _unfold_events(setting, found, counting, names, locked, taken_back)
    open_too = bool(taken_back.named or found.marked_trees)
    featured = found.trees if found.features else set[int]()
    await fold_features(setting, told.features, featured, found.whole_trees & featured, open_too=open_too)
    await mark_samples(setting, told.samples)
    found.mark_instants([*await settle_users(setting.connection, setting.company_id, told.users)])
    found.mark_instants([*await settle_stored(setting.connection, setting.company_id, set(told.stored), locked)])
    recorded = found.trees if found.recordings else set[int]()
    moved = found.marked_trees - (found.trees - recorded)
    await fold_recordings(setting, told.stored, Trees(recorded, found.whole_trees & recorded, moved))
    await _mark(setting, found)


async def _unfold_events(
    setting: Setting, found: _Found, counting: list[Activity], names: Names, locked: Locked, taken_back: Retraction
) -> None:
    named = {event for activity in counting for event in names.events_of(activity)} | taken_back.named
    if not named:
        return
    await _settle(setting, locked.tops_of(named), locked)
    await _count_activity(setting, found, counting, names, taken_back)
    await _describe(setting, found, counting, names, taken_back)
    tops = await _tops(setting, found, locked, named)
    found.whole_trees |= await _tops(setting, found, locked, _ended(counting, names) | taken_back.described)
    if taken_back.named:
        found.marked_trees |= await _tops(setting, found, locked, taken_back.named)
    if found.moved or taken_back.named or tops != named:
        await setting.run(_SQL["count_tree_activity"], tops=Numbers(tops | found.whole_trees))
    found.trees = tops | found.whole_trees
    await _fold(setting, found, open_too=bool(taken_back.named or found.marked_trees))


async def _settle(setting: Setting, tops: set[int], locked: Locked) -> None:
    """Before new activity moves it, write down where what was open in a long silent event has ended."""
    silent = locked.silent_since(tops, setting.now - setting.stale_after)
    if silent:
        await setting.run(_SQL["settle_stale"], tops=Numbers(silent))


async def _tops(setting: Setting, found: _Found, locked: Locked, events: set[int]) -> set[int]:
    """The events at the top of these; asked anew only when the batch has moved breakouts about."""
    if not found.moved or not events:
        return locked.tops_of(events)
    return {top for _, top in await setting.rows(_SQL["find_tops"], events=Numbers(events))}


def _ended(counting: list[Activity], names: Names) -> set[int]:
    return {event for activity in counting if activity.type == _ENDED and (event := names.event(activity)) is not None}


async def _count_activity(
    setting: Setting, found: _Found, counting: list[Activity], names: Names, taken_back: Retraction
) -> None:
    heard = [(event, activity.at, True) for activity in counting if (event := names.event(activity)) is not None]
    heard += [(event, activity.at, False) for activity in counting if (event := names.parent(activity)) is not None]
    moved = await setting.rows(
        _SQL["touch_events"],
        events=Numbers(event for event, _, _ in heard),
        ats=Instants(at for _, at, _ in heard),
        owns=Flags(own for _, _, own in heard),
    )
    if taken_back.named:
        moved += await setting.rows(_SQL["recount_events"], events=Numbers(taken_back.named))
    for _, instants in moved:
        found.mark_instants(instants)


async def _describe(
    setting: Setting, found: _Found, counting: list[Activity], names: Names, taken_back: Retraction
) -> None:
    """Events themselves: their described members, and where they stand among events and breakouts."""
    described = {
        event
        for activity in counting
        if activity.type in EVENT_SIGNALS and activity.type != _ENDED and (event := names.event(activity)) is not None
    } | taken_back.described
    if not described:
        return
    moved: list[int] = []
    for event, renamed, has_moved, instants in await setting.rows(_SQL["describe_events"], events=Numbers(described)):
        found.mark_instants(instants)
        if renamed:
            found.marked_trees.add(event)
        if has_moved:
            moved.append(event)
    found.marked_trees |= await take_owners_over(setting.connection, setting.company_id, described)
    if moved:
        await _move(setting, found, moved)


async def _move(setting: Setting, found: _Found, events: list[int]) -> None:
    found.moved = True
    for old_top, new_top, instants in await setting.rows(_SQL["root_events"], events=Numbers(events)):
        found.whole_trees |= {old_top, new_top}
        found.marked_trees |= {old_top, new_top}
        found.mark_instants(instants)


async def _fold(setting: Setting, found: _Found, *, open_too: bool) -> None:
    [(unclosed, found.features, found.recordings)] = await setting.rows(
        _SQL["find_unclosed"], tops=Numbers(found.trees), open_too=open_too
    )
    found.connections.update(unclosed)
    if found.whole_trees:
        whole = Numbers(found.whole_trees)
        found.connections |= {link for (link,) in await setting.rows(_SQL["find_connections_of_trees"], tops=whole)}
    if not found.connections:
        return
    for top, starts_at, undecided_call in await setting.rows(
        _SQL["fold_stays"], connections=Numbers(found.connections)
    ):
        found.mark_instants([starts_at])
        if undecided_call:
            found.marked_trees.add(top)


async def _mark(setting: Setting, found: _Found) -> None:
    if found.marked_trees:
        await setting.run(_SQL["mark_trees"], tops=Numbers(found.marked_trees))
        await setting.run(_SQL["mark_created"], tops=Numbers(found.marked_trees))
        await setting.run(_SQL["mark_posts"], tops=Numbers(found.marked_trees))
        await mark_features(setting, found.marked_trees)
        found.mark_instants([at for (at,) in await setting.rows(_SQL["find_plans"], tops=Numbers(found.marked_trees))])
        found.mark_instants([*await instants_of_trees(setting.connection, setting.company_id, found.marked_trees)])
    if found.instants:
        await setting.run(_SQL["mark_instants"], instants=Instants(found.instants))
