from datetime import date, datetime
from typing import Any

import pytest

from .activities import Raw
from .examples import (
    MIDNIGHTS,
    NOW,
    THE_12TH,
    TINY,
    at,
    company,
    registered,
    says,
    stored,
    summary,
    tells,
    uploaded,
)
from .limits import Limit


def deleted(time: datetime | str, file: str = "f", **members: Any) -> Raw:
    return tells("file.deleted", time, file=file, **members)


def recording_deleted(time: datetime | str, **members: Any) -> Raw:
    return tells("recording.deleted", time, recording="r", **members)


def size(*activities: Raw, now: datetime = NOW) -> tuple[int, float]:
    """Bytes uploaded on the 12th, and bytes in use at its end."""
    found = summary(*activities, now=now)
    return found["uploadedBytes"], found["storage"]["used"]


def owners(*activities: Raw) -> dict[str | None, tuple[int, int, int]]:
    """Bytes in use, bytes uploaded and files of each owner."""
    rows = company(*activities).disk_usage(*THE_12TH, NOW)
    return {row["userId"]: (row["usedBytes"], row["uploadedBytes"], row["files"]) for row in rows}


def test_every_upload_counts_and_the_latest_version_is_in_use() -> None:
    twice = [uploaded("09:00", 3), uploaded("10:00", 4)]

    assert size(*twice) == (7, 4.0)
    assert size(*twice, deleted("11:00")) == (7, 0.0)
    assert size(*twice, deleted("11:00"), uploaded("12:00", 1)) == (8, 1.0)


def test_deleting_what_is_not_there_says_nothing() -> None:
    assert size(deleted("08:00"), uploaded("09:00", 3)) == (3, 3.0)
    assert size(uploaded("09:00", 3), deleted("10:00"), deleted("11:00"), deleted("11:00", "other")) == (3, 0.0)


def test_at_one_instant_versions_follow_the_order_of_reading() -> None:
    assert size(uploaded("09:00", 3, id="2"), uploaded("09:00", 4, id="1")) == (7, 3.0)
    assert size(uploaded("09:00", 3, id="1"), deleted("09:00", id="2")) == (3, 0.0)
    assert size(uploaded("09:00", 3, id="2"), deleted("09:00", id="1")) == (3, 3.0)


def test_storage_is_read_at_the_last_instant_of_the_period() -> None:
    last, to = at("00:00", 13) - TINY, at("00:00", 13)

    assert [size(uploaded(moment, 3)) for moment in (last, to)] == [(3, 3.0), (0, 0.0)]
    assert [size(uploaded("09:00", 3), deleted(moment)) for moment in (last, to)] == [(3, 0.0), (3, 3.0)]


def test_storage_of_a_running_period_is_read_now() -> None:
    assert size(uploaded("12:00", 3), now=at("12:00")) == (3, 3.0)
    assert size(uploaded("12:00", 3), uploaded("12:01", 4), now=at("12:00")) == (7, 3.0)


def test_a_recording_adds_to_storage_only() -> None:
    assert size(stored("09:00", 5)) == (0, 5.0)
    assert size(stored("09:00", 5), stored("10:00", 6)) == (0, 6.0)
    assert size(stored("09:00", 5), recording_deleted("10:00")) == (0, 0.0)
    assert size(stored("09:00", 5), recording_deleted("10:00"), stored("11:00", 6)) == (0, 6.0)


def test_a_recording_stored_without_bytes_opens_nothing_and_ends_nothing() -> None:
    assert size(stored("09:00", None)) == (0, 0.0)
    assert size(stored("09:00", 5), stored("10:00", None, seconds=1.5)) == (0, 5.0)
    assert owners(stored("09:00", None, owner="u")) == {}


def test_storage_is_held_against_the_limit_of_the_last_day() -> None:
    limits = [Limit("STORAGE_BYTES", "TOTAL", 0), Limit("STORAGE_BYTES", "TOTAL", 4, date(2024, 6, 13))]
    oracle = company(uploaded("09:00", 5), limits=tuple(limits))

    ends = [oracle.period_summary(MIDNIGHTS[2], MIDNIGHTS[day], NOW)["storage"] for day in (3, 4)]

    assert ends[0] == {"used": 5.0, "limit": 0.0, "share": None, "headroom": -5.0}
    assert ends[1] == {"used": 5.0, "limit": 4.0, "share": 1.25, "headroom": -1.0} == oracle.storage(MIDNIGHTS[9], NOW)
    assert summary(uploaded("09:00", 5))["storage"] == {"used": 5.0, "limit": None, "share": None, "headroom": None}


def test_a_file_has_one_owner_for_all_time() -> None:
    first, second = uploaded("09:00", 3, owner="u"), uploaded(at("09:00", 13), 4, owner="v")

    assert owners(first) == {"u": (3, 3, 1)}
    assert owners(first, second) == {"v": (3, 3, 1)}
    assert owners(first, uploaded("10:00", 4, owner=None)) == {"u": (4, 7, 1)}
    assert owners(uploaded("09:00", 3)) == {None: (3, 3, 1)}


def test_a_recording_is_its_owners_and_only_without_one_its_events() -> None:
    event = [says("event.started", "09:00", "sub", parent="top", owner="nobody")]
    event += [says("event.started", "09:00", "top", owner="u")]
    said = tells("recording.started", "09:00", recording="r", event="sub")
    other = tells("recording.stopped", "11:00", recording="r", event="elsewhere")

    assert owners(*event, said, stored("10:00", 5)) == {"u": (5, 0, 1)}
    assert owners(*event, said, stored("10:00", 5), other) == {None: (5, 0, 1)}
    assert owners(*event, said, stored("10:00", 5), stored("12:00", None, owner="v")) == {"v": (5, 0, 1)}
    assert owners(stored("10:00", 5)) == {None: (5, 0, 1)}


def test_the_owner_of_the_room_owns_the_recording_of_its_event() -> None:
    room = tells("room.created", at("09:00", 13), room="room", owner="u")

    assert owners(room, says("event.started", "09:00", room="room"), stored("10:00", 5, event="e")) == {"u": (5, 0, 1)}


def test_owners_are_listed_with_something_in_use_or_uploaded() -> None:
    gone = [uploaded("09:00", 3, "1", owner="gone"), deleted("10:00", "1")]
    before = [uploaded(at("09:00", 11), 3, "2", owner="before"), deleted(at("10:00", 11), "2")]
    kept = uploaded(at("09:00", 11), 4, "3", owner="kept")
    empty = [uploaded("09:00", 0, "4", owner="empty"), registered("09:00", "empty", name="Eve")]

    found = owners(*gone, *before, kept, *empty)

    assert found == {"gone": (0, 3, 0), "kept": (4, 0, 1), "empty": (0, 0, 1)}
    assert [row["name"] for row in company(*empty).disk_usage(*THE_12TH, NOW)] == ["Eve"]


@pytest.mark.parametrize("flaw", [-1, 1.5, "1", True, None])
def test_a_size_is_a_whole_number_from_0_up(flaw: object) -> None:
    broken = uploaded("09:00", 1)

    assert company(uploaded("09:00", 0)).facts(NOW).activities != []
    assert company(broken | {"data": broken["data"] | {"bytes": flaw}}).facts(NOW).activities == []
