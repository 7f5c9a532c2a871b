from datetime import date, datetime

from .activities import Raw
from .examples import (
    HOUR,
    MIDNIGHTS,
    NOW,
    THE_12TH,
    TINY,
    at,
    company,
    joined,
    registered,
    removed,
    says,
    stay,
    summary,
    tells,
    uploaded,
)
from .limits import Limit


def users(*activities: Raw, now: datetime = NOW) -> tuple[int, float]:
    """New ones on the 12th, and those registered at its end."""
    found = summary(*activities, now=now)
    return found["newUsers"], found["registeredUsers"]["used"]


def names(*activities: Raw) -> list[tuple[str, str | None]]:
    return [(row["userId"], row["name"]) for row in company(*activities).user_stats(*THE_12TH, NOW)]


def test_a_user_is_new_once_until_registered_again_after_removal() -> None:
    once = [registered("09:00"), registered("10:00", name="Una")]

    assert users(*once) == (1, 1.0)
    assert users(*once, removed("11:00")) == (1, 0.0)
    assert users(*once, removed("11:00"), registered("12:00")) == (2, 1.0)


def test_who_is_removed_at_the_instant_of_registration_is_new_and_never_registered() -> None:
    assert users(registered("09:00", id="1"), removed("09:00", id="2")) == (1, 0.0)
    assert users(removed("09:00", id="1"), registered("09:00", id="2")) == (1, 1.0)


def test_removing_who_is_not_registered_says_nothing() -> None:
    assert users(removed("08:00"), registered("09:00"), removed("10:00"), removed("11:00")) == (1, 0.0)
    assert users(removed("08:00")) == (0, 0.0)
    assert users(joined("09:00", "a", user="u"), tells("user.signedIn", "09:00", user="v")) == (0, 0.0)


def test_users_are_counted_at_the_last_instant_of_the_period() -> None:
    last, to = at("00:00", 13) - TINY, at("00:00", 13)

    assert users(registered(last)) == (1, 1.0)
    assert users(registered(to)) == (0, 0.0)
    assert users(registered("09:00"), removed(to)) == (1, 1.0)
    assert users(registered("09:00"), removed(last)) == (1, 0.0)


def test_users_of_a_running_period_are_counted_now() -> None:
    assert users(registered("12:00"), now=at("12:00")) == (1, 1.0)
    assert users(registered("12:01"), now=at("12:00")) == (1, 0.0)
    assert users(registered("09:00"), removed("12:01"), now=at("12:00")) == (1, 1.0)


def test_users_are_held_against_the_limit_of_the_last_day() -> None:
    limits = tuple(Limit("USERS", "TOTAL", day, date(2024, 6, day), date(2024, 6, day)) for day in (12, 14))

    ended = company(registered("09:00"), limits=limits).period_summary(*THE_12TH, NOW)
    running = company(limits=limits).period_summary(MIDNIGHTS[0], MIDNIGHTS[9], NOW)

    assert ended["registeredUsers"] == {"used": 1.0, "limit": 12.0, "share": 1 / 12, "headroom": 11.0}
    assert running["registeredUsers"] == {"used": 0.0, "limit": 14.0, "share": 0.0, "headroom": 14.0}


def test_names_are_those_registered_last_and_kept_after_removal() -> None:
    activities = [registered("09:00", name="Una"), registered("10:00", name=None), uploaded("09:00", 1, owner="u")]
    later = [registered(at("09:00", 13), name="Ula"), removed(at("10:00", 13))]

    assert names(*activities) == [("u", "Una")]
    assert names(*activities, removed("11:00")) == [("u", "Una")]
    assert names(*activities, *later) == [("u", "Ula")]


def test_a_name_in_a_stay_is_no_users_name() -> None:
    assert names(registered("09:00"), *stay("09:00", "10:00", "a", user="u", name="Una")) == [("u", None)]


def test_listed_is_who_is_registered_at_the_end_and_who_has_a_figure() -> None:
    gone = [registered("09:00", "gone"), removed("10:00", "gone")]
    owner = says("event.started", "09:00", owner="owner")

    oracle = company(registered("09:00", "idle"), *gone, owner, uploaded("09:00", 0, owner="empty"))

    assert [row["userId"] for row in oracle.user_stats(*THE_12TH, NOW)] == ["idle", "owner"]
    assert oracle.user("gone", *THE_12TH, NOW) is None
    assert oracle.user("owner", MIDNIGHTS[3], MIDNIGHTS[4], NOW) is None
    found = oracle.user("idle", *THE_12TH, NOW)
    assert found is not None
    assert set(found.values()) == {"idle", None, 0}


def test_figures_are_the_largest_of_one_event_and_parallel_events_are_occupied_ones() -> None:
    webinar = [says("event.started", "08:00", "w", kind="WEBINAR", owner="u")]
    webinar += [*stay("09:00", "11:00", "a", "w", role="SPEAKER"), *stay("09:00", "10:00", "b", "w")]
    webinar += stay("09:30", "10:30", "c", "w")
    meeting = [says("event.started", "08:00", "m", owner="u"), *stay("10:00", "11:00", "a", "m")]
    meeting += stay("10:00", "11:00", "b", "m")
    idle = says("event.started", "08:00", "idle", owner="u")
    call = [says("event.started", "08:00", "c", kind="CALL", owner="u"), *stay("10:00", "11:00", "a", "c")]

    found = company(*webinar, *meeting, idle, *call).user("u", *THE_12TH, NOW)

    figures = {"maxSpeakers": 2, "maxListeners": 2, "maxParallelEvents": 2, "eventsCreated": 3, "eventsHeld": 2}
    assert found == {"userId": "u", "name": None, **figures, "eventsPlanned": 0, "diskBytes": 0}


def test_figures_are_those_inside_the_period() -> None:
    owned = says("event.started", at("22:00", 11), owner="u")
    activities = [owned, *stay(at("22:00", 11), at("01:00", 12), "a"), *stay(at("22:00", 11), at("23:00", 11), "b")]
    oracle = company(*activities)

    rows = [oracle.user("u", *period, NOW) or {} for period in ((MIDNIGHTS[1], MIDNIGHTS[2]), THE_12TH)]
    inside = oracle.user("u", at("00:30"), at("00:45"), NOW) or {}

    columns = ("maxSpeakers", "maxParallelEvents", "eventsCreated", "eventsHeld")
    assert [[row[name] for name in columns] for row in (*rows, inside)] == [[2, 1, 1, 1], [1, 1, 0, 1], [1, 1, 0, 1]]
    assert oracle.user("u", at("01:00"), at("02:00"), NOW) is None


def test_events_that_touch_are_not_parallel() -> None:
    told = [says("event.started", "08:00", event, owner="u") for event in ("d", "e")]

    found = company(*told, *stay("09:00", "10:00", "a", "d"), *stay("10:00", "11:00", "a")).user("u", *THE_12TH, NOW)

    assert found is not None
    assert (found["maxParallelEvents"], found["eventsHeld"]) == (1, 2)


def test_an_event_is_its_owners_and_only_without_one_its_rooms() -> None:
    rooms = [tells("room.created", "07:00", room="r", owner="old"), tells("room.created", at("07:00", 13), room="r")]
    own = says("event.started", "09:00", "own", owner="u", room="r")
    lent = says("event.started", "09:00", "lent", room="r")
    new = tells("room.created", at("08:00", 13), room="r", owner="new")

    before, after = company(*rooms, own, lent), company(*rooms, own, lent, new)

    owners = [[row["userId"] for row in each.user_stats(*THE_12TH, NOW)] for each in (before, after)]
    assert owners == [["old", "u"], ["new", "u"]]


def test_planned_counts_whatever_the_period() -> None:
    planned = says("event.planned", "09:00", startsAt=NOW + HOUR, owner="u")
    cancelled, again = says("event.cancelled", "10:00"), says("event.planned", "11:00", startsAt=NOW + TINY)
    earlier = says("event.planned", "11:00", startsAt=NOW)
    told = [(planned,), (planned, cancelled), (planned, cancelled, again), (planned, earlier)]

    found = [company(*each).user("u", MIDNIGHTS[0], MIDNIGHTS[1], NOW) for each in (*told, (planned, joined(NOW, "a")))]

    assert [row["eventsPlanned"] if row else 0 for row in found] == [1, 0, 1, 0, 0]
