from datetime import datetime, timedelta
from typing import Any

import pytest

from .activities import Raw
from .examples import HOUR, MIDNIGHTS, NOW, THE_12TH, at, company, joined, says, stored, tells


def rec(verb: str, time: datetime | str, recording: str = "r", **members: Any) -> Raw:
    return tells(f"recording.{verb}", time, recording=recording, event=members.pop("event", "e"), **members)


def deleted(time: datetime | str) -> Raw:
    return tells("recording.deleted", time, recording="r")


def found(*activities: Raw, now: datetime = NOW) -> tuple[int, datetime | None, float]:
    """The peak of the 12th, its instant, and the minutes."""
    row = company(*activities).recordings(*THE_12TH, now)
    return row["peakRecordings"], row["peakRecordingsAt"], row["recordedMinutes"]


def minutes(*activities: Raw, now: datetime = NOW) -> float:
    return found(*activities, now=now)[2]


def kept(*activities: Raw, now: datetime = NOW) -> tuple[float, int]:
    """Minutes and bytes that exist at the end of the 12th."""
    row = company(*activities).recordings(*THE_12TH, now)
    return row["storedRecordingMinutes"], row["storedRecordingBytes"]


def test_a_recording_runs_less_its_pauses() -> None:
    told = [rec("started", "09:00"), rec("paused", "09:10"), rec("resumed", "09:30"), rec("stopped", "10:00")]

    assert found(*told) == (1, at("09:00"), 40.0)
    assert minutes(*told[:2], told[3]) == 10.0
    assert minutes(*told[1:]) == 0.0
    assert minutes(*told, rec("resumed", "11:00"), rec("stopped", "12:00")) == 40.0


def test_started_twice_it_runs_on_and_started_after_a_stop_it_runs_again() -> None:
    assert minutes(rec("started", "09:00"), rec("started", "09:20"), rec("stopped", "09:30")) == 30.0
    assert (
        minutes(rec("started", "09:00"), rec("paused", "09:10"), rec("started", "09:20"), rec("stopped", "09:30"))
        == 20.0
    )
    again = [rec("started", "10:00"), rec("stopped", "10:05")]
    assert minutes(rec("started", "09:00"), rec("stopped", "09:30"), *again) == 35.0


def test_recordings_that_meet_at_one_instant_are_never_both_counted() -> None:
    one = [rec("started", "09:00"), rec("stopped", "10:00")]

    assert found(*one, rec("started", "10:00", "q"), rec("stopped", "11:00", "q")) == (1, at("09:00"), 120.0)
    assert found(*one, rec("started", "09:59", "q"), rec("stopped", "11:00", "q")) == (2, at("09:59"), 121.0)
    assert found(rec("started", at("23:00", 11)), rec("stopped", "01:00")) == (1, MIDNIGHTS[2], 60.0)


@pytest.mark.parametrize("event", ["e", "top"])
def test_never_stopped_it_ends_with_its_event_or_the_one_above(event: str) -> None:
    family = [says("event.started", "08:00", "e", parent="top"), rec("started", "09:00")]
    ended = says("event.ended", "10:00", event)

    assert minutes(*family, ended) == 60.0
    assert minutes(*family, ended, rec("resumed", "10:30")) == 60.0
    assert minutes(*family, ended, rec("stopped", "11:00")) == 120.0
    assert minutes(*family, ended, rec("started", "11:00"), rec("stopped", "12:00")) == 120.0
    assert minutes(*family, says("event.ended", "08:30", event), now=at("12:00")) == 180.0


def test_without_an_end_it_runs_until_now_and_of_a_silent_event_until_its_last_activity() -> None:
    told = [rec("started", "09:00"), joined("10:00", "c")]

    assert minutes(*told, now=at("11:00")) == 120.0
    assert minutes(*told, now=at("10:00", 13)) == 60.0
    assert minutes(*told, rec("stopped", "12:00"), now=at("10:00", 13)) == 180.0
    assert minutes(told[0], rec("paused", "09:30"), now=at("11:00")) == 30.0


def test_what_was_never_started_ran_as_was_said_when_it_was_stored() -> None:
    told = stored("12:00", 5, seconds=600, startedAt=at("09:00"), event="e")

    assert found(told) == (1, at("09:00"), 10.0)
    assert found(stored("12:00", None, seconds=600)) == (0, None, 10.0)
    assert found(stored("12:00", None, startedAt=at("09:00"))) == (0, None, 0.0)
    assert minutes(told, stored("13:00", None, seconds=60)) == 1.0
    assert minutes(told, rec("started", "11:00"), rec("stopped", "11:30")) == 30.0


def test_nothing_ahead_of_now_has_been_recorded_yet() -> None:
    told = stored("12:00", 5, seconds=36000, startedAt=at("11:00"))

    assert minutes(told, now=at("12:30")) == 90.0
    assert minutes(stored("12:03", 5, seconds=60), now=at("12:00")) == 0.0
    assert minutes(rec("started", "11:00"), rec("stopped", "12:03"), now=at("12:00")) == 60.0


def test_deleting_lowers_what_is_stored_and_never_what_was_recorded() -> None:
    told = [rec("started", "09:00"), rec("stopped", "10:00"), stored("10:05", 5), deleted("11:00")]

    assert (minutes(*told), kept(*told)) == (60.0, (0.0, 0))
    assert (minutes(*told[:3]), kept(*told[:3])) == (60.0, (60.0, 5))
    assert kept(*told[:2]) == (0.0, 0)
    assert kept(*told, stored("12:00", None)) == (60.0, 0)
    assert kept(*told, now=at("10:30")) == (60.0, 5)


def test_what_is_stored_while_it_runs_grows() -> None:
    told = [stored("08:00", 5), rec("started", "09:00")]

    assert kept(*told, now=at("09:30")) == (30.0, 5)
    assert company(*told).recordings(*THE_12TH, at("12:00", 12) + 2 * HOUR)["storedRecordingMinutes"] == 300.0


def test_days_after_today_have_nothing() -> None:
    told = stored("10:00", 5, seconds=60)

    rows = company(told).recording_days(at("00:00", 12), at("00:00", 14), at("12:00") + timedelta(0))

    assert [(row["storedRecordingBytes"], row["recordedMinutes"]) for row in rows] == [(5, 1.0), (0, 0)]
