"""Small worlds worked out by hand: they prove the oracle, which then judges everything else."""

from datetime import date, timedelta

import pytest

from .oracle import Limit
from .oracle.activities import Raw
from .oracle.examples import MIDNIGHTS, NOW, THE_12TH, TINY, at, company, ends, joined, left, says, stay, summary, total

ALL = ("CALL", "WEBINAR", "MEETING", "TOTAL")


def test_one_leaving_as_another_joins_are_never_both_counted() -> None:
    assert total(*stay("09:00", "10:00", "a"), *stay("10:00", "11:00", "b")) == (1, 1, 120.0, 2)


def test_a_peak_is_dated_where_it_is_first_reached() -> None:
    stays = stay("09:00", "11:00", "a") + stay("10:00", "12:00", "b", "f") + stay("10:30", "10:45", "c")

    found = summary(*stays, *stay("11:30", "12:00", "a"), *stay("11:30", "12:00", "d"))["total"]

    assert (found["peakConnections"]["value"], found["peakConnections"]["at"]) == (3, at("10:30"))
    assert (found["peakEvents"]["value"], found["peakEvents"]["at"]) == (2, at("10:00"))
    assert found["participationMinutes"] == 120 + 120 + 15 + 30 + 30


def test_a_stay_over_midnight_is_in_both_days_and_once_in_the_period() -> None:
    oracle = company(*stay(at("23:00", 11), at("00:30", 12), "a"))

    days = oracle.daily_peaks(MIDNIGHTS[1], MIDNIGHTS[3], ["TOTAL"], NOW)

    assert [(row["day"].day, row["connections"], row["connectionsAt"]) for row in days] == [
        (11, 1, at("23:00", 11)),
        (12, 1, at("00:00", 12)),
    ]
    assert [(row["eventsHeld"], row["participationMinutes"]) for row in days] == [(1, 60.0), (1, 30.0)]
    assert oracle.period_summary(MIDNIGHTS[1], MIDNIGHTS[3], NOW)["total"]["eventsHeld"] == 1


def test_a_level_carried_in_may_be_the_peak() -> None:
    before = [*stay(at("23:00", 11), "01:00", "a"), *stay(at("23:00", 11), "01:00", "b")]

    found = summary(*before, *stay("09:00", "10:00", "c"))["total"]["peakConnections"]

    assert (found["value"], found["at"]) == (2, at("00:00"))


def test_a_stay_that_ends_as_the_bucket_begins_is_not_in_it() -> None:
    assert total(*stay(at("23:00", 11), at("00:00", 12), "a")) == (0, 0, 0.0, 0)
    assert total(*stay(at("00:00", 13), at("01:00", 13), "a")) == (0, 0, 0.0, 0)


def test_a_stay_of_no_length_holds_its_event_and_nothing_else() -> None:
    assert total(joined("00:00", "a", id="1"), left("00:00", "a", id="2")) == (0, 1, 0.0, 1)
    assert summary(joined("00:00", "a", id="1"), left("00:00", "a", id="2"))["total"]["peakEvents"]["at"] is None


def test_roles_make_speakers_and_listeners_in_a_webinar_alone() -> None:
    stays = [*stay("09:00", "10:00", "a", role="PARTICIPANT"), *stay("09:00", "10:00", "b")]
    change = says("stay.roleChanged", "09:30", connection="a", role="SPEAKER")
    described = says("event.started", at("09:00", 13), kind="WEBINAR")

    meeting, webinar = summary(*stays, change)["total"], summary(*stays, change, described)["webinars"]

    assert (meeting["peakSpeakers"]["value"], meeting["peakListeners"]["value"]) == (2, 0)
    assert (webinar["peakSpeakers"]["value"], webinar["peakSpeakers"]["at"]) == (1, at("09:30"))
    assert summary(*stay("09:00", "10:00", "a", role="MODERATOR"), described)["webinars"]["peakSpeakers"]["value"] == 1
    assert (webinar["peakListeners"]["value"], webinar["peakListeners"]["at"]) == (2, at("09:00"))


def test_a_join_while_open_adds_what_was_missing_for_the_whole_stay() -> None:
    change = says("stay.roleChanged", "09:10", connection="a", role="PARTICIPANT")
    again = joined("09:20", "a", role="MODERATOR", user="other", externalId="x", service="BOT")

    [found] = company(joined("09:00", "a", user="u"), change, again, left("10:00", "a")).stays(NOW)

    assert found.roles == ((at("09:00"), "MODERATOR"), (at("09:10"), "PARTICIPANT"))
    assert (found.person, found.service) == (("user", "u"), "BOT")


def test_a_role_that_lasts_no_time_is_no_segment() -> None:
    first = joined("09:00", "a", id="1", role="SPEAKER")
    change = says("stay.roleChanged", "10:00", connection="a", role="PARTICIPANT", id="2")
    early, late = [left("10:00", "a", id="3")], [left("09:00", "a", id="1b"), change | {"time": first["time"]}]

    stays = [company(first, change, *early).stays(NOW), company(first, *late).stays(NOW)]

    assert [[each.roles for each in found] for found in stays] == [[((at("09:00"), "SPEAKER"),)]] * 2


def test_an_open_stay_counts_up_to_now() -> None:
    assert total(joined("09:00", "a"), now=at("09:07")) == (1, 1, 7.0, 1)


def test_a_stay_that_joins_after_now_has_no_length_yet() -> None:
    [found] = company(joined("09:05", "a")).stays(at("09:00"))

    assert (found.left, found.until(at("09:00"))) == (None, at("09:05"))
    assert total(joined("09:05", "a"), now=at("09:00")) == (0, 1, 0.0, 1)


def test_an_event_grows_stale_at_equality_and_ends_at_its_latest_activity() -> None:
    activities = [joined("09:00", "a"), says("event.started", "09:20")]

    assert ends(*activities, now=at("09:20", 13) - TINY) == [(None, False)]
    assert ends(*activities, now=at("09:20", 13)) == [(at("09:20"), True)]


def test_the_end_of_the_event_is_read_last_at_its_instant() -> None:
    end = says("event.ended", "10:00", id="0", source="0")

    assert ends(joined("10:00", "a"), end, now=at("12:00")) == [(at("10:00"), True)]
    assert ends(joined("09:00", "a"), left("10:00", "a"), end, now=at("12:00")) == [(at("10:00"), False)]


def test_after_the_end_a_join_opens_again_and_a_leave_closes_only_the_newest() -> None:
    first, second = joined("09:00", "a"), joined("11:00", "a")
    end, leave = says("event.ended", "10:00"), left("11:30", "a")

    assert ends(first, end, second, leave) == [(at("10:00"), True), (at("11:30"), False)]


def test_a_real_leave_after_the_end_wins() -> None:
    change = says("stay.roleChanged", "10:30", connection="a", role="SPEAKER")
    oracle = company(joined("09:00", "a"), says("event.ended", "10:00"), change, left("11:00", "a"))

    [found] = oracle.stays(NOW)

    assert (found.left, found.inferred) == (at("11:00"), False)
    assert found.roles == ((at("09:00"), None), (at("10:30"), "SPEAKER"))


def test_a_leave_or_a_role_while_nobody_is_in_says_nothing() -> None:
    role = says("stay.roleChanged", "09:00", connection="a", role="SPEAKER")
    activities = [left("08:00", "a"), role, *stay("10:00", "11:00", "a"), left("12:00", "a")]

    [found] = company(*activities).stays(NOW)

    assert (found.joined, found.left, found.roles) == (at("10:00"), at("11:00"), ((at("10:00"), None),))


def test_a_service_is_kept_and_never_counted() -> None:
    activities = stay("09:00", "10:00", "a", service="RECORDER")

    assert total(*activities) == (0, 0, 0.0, 0)
    assert [each.service for each in company(*activities).stays(NOW)] == ["RECORDER"]


def test_people_have_three_namespaces() -> None:
    stays = stay("09:00", "10:00", "a", user="x", externalId="y") + stay("09:00", "10:00", "b", externalId="x")
    stays += stay("09:00", "10:00", "x") + stay("09:00", "10:00", "x", "f") + stay("09:00", "10:00", "c", user="x")

    assert total(*stays) == (5, 2, 300.0, 4)


def test_a_breakout_is_a_part_of_the_event_at_the_top() -> None:
    tree = [says("event.started", "09:00", "sub", parent="top", kind="CALL")]
    tree += [
        says("event.started", "09:00", "subsub", parent="sub"),
        says("event.started", "09:00", "top", kind="WEBINAR"),
    ]
    activities = [*tree, *stay("09:00", "10:00", "a", "subsub"), joined("09:30", "a", "sub")]

    found = summary(*activities, says("event.ended", "10:00", "top"), says("event.cancelled", "11:00", "top"))

    assert (found["webinars"]["peakConnections"]["value"], found["webinars"]["eventsHeld"]) == (2, 1)
    assert (found["calls"]["eventsHeld"], found["eventsCreated"]) == (0, 1)
    assert found["total"]["participationMinutes"] == 60 + 30


def test_what_happens_in_a_breakout_keeps_the_whole_event_from_growing_stale() -> None:
    activities = [joined("09:00", "a", "top"), says("event.started", "10:00", "sub", parent="top")]
    apart = [joined("09:00", "a", "top"), says("event.started", "10:00", "sub")]

    assert ends(*activities, now=at("09:30", 13)) == [(None, False)]
    assert ends(*apart, now=at("09:30", 13)) == [(at("09:00"), True)]


def test_a_parent_that_leads_in_a_circle_says_nothing() -> None:
    circle = [says("event.started", "09:00", "x", parent="y"), says("event.started", "09:00", "y", parent="x")]
    outside = says("event.started", "09:00", "z", parent="x")

    stays = company(*circle, outside, joined("09:00", "a", "z"), joined("09:00", "a", "y")).stays(NOW)

    assert [(each.event, each.top) for each in stays] == [("y", "y"), ("z", "x")]
    assert summary(*circle, outside)["eventsCreated"] == 2


def test_a_correction_holds_for_good_and_may_come_first() -> None:
    wrong, right = joined("09:00", "a", id="1"), joined("09:30", "a", id="2", replaces="1")
    gone = says("activity.retracted", "09:00", None, id="3", replaces="2")

    assert total(right, left("10:00", "a"), wrong) == (1, 1, 30.0, 1)
    assert total(gone, wrong, right, left("10:00", "a")) == (0, 0, 0.0, 0)
    assert total(wrong, left("10:00", "a"), gone | {"source": "t", "replaces": "1"}) == (1, 1, 60.0, 1)


def test_of_one_identity_the_content_that_came_first_stays() -> None:
    refused = joined("09:30", "a", id="1") | {"replaces": "2"}

    assert total(joined("09:00", "a", id="1"), left("10:00", "a", id="2"), refused) == (1, 1, 60.0, 1)


@pytest.mark.parametrize(
    "flaw",
    [
        {"type": "turnout.stay.danced"},
        {"time": "1999-12-31T23:59:59Z"},
        {"time": (NOW + timedelta(minutes=5) + TINY).isoformat()},
        {"replaces": "x"},
        {"id": ""},
        {"source": "s\x7f"},
        {"data": {"event": "e"}},
        {"data": {"event": "e", "connection": "c", "name": ""}},
        {"data": {"event": "e", "connection": "c" * 201}},
        {"type": "turnout.event.started", "data": {"event": "e", "parent": "e"}},
        {"type": "turnout.event.started", "data": {"event": "e", "createdAt": "2024-06-15T00:00:00Z"}},
    ],
)
def test_what_the_quarantine_takes_counts_for_nothing(flaw: Raw) -> None:
    assert company(joined("09:00", "c", id="x") | flaw).facts(NOW).activities == []


def test_the_latest_instant_allowed_is_five_minutes_ahead() -> None:
    assert len(company(joined(NOW + timedelta(minutes=5), "c" * 200)).stays(NOW)) == 1


def test_descriptions_win_member_by_member_in_the_order_of_bytes() -> None:
    stays = stay("09:00", "10:00", "a")
    last = says("event.started", "09:00", source="\U0001d11e", template="yoga", kind=None)
    first = says("event.planned", "09:00", source="\uff5e", template="WEBINAR", kind="CALL", startsAt=NOW)

    rows = summary(*stays, last, first)["eventsByTemplate"]

    assert rows == [{"kind": "CALL", "template": "yoga", "eventsHeld": 1}]


def test_templates_tell_the_kind_and_are_listed_in_order() -> None:
    templates = {"v": "WEBINAR", "w": "CLUB_CALL", "x": "zoo", "y": "Zoo", "z": None}
    told = [says("event.started", "09:00", event, template=name) for event, name in templates.items()]

    rows = summary(*told, *(each for event in templates for each in stay("09:00", "10:00", "a", event)))

    listed = [(row["kind"], row["template"]) for row in rows["eventsByTemplate"]]
    assert listed == [
        ("MEETING", "Zoo"),
        ("MEETING", "zoo"),
        ("MEETING", None),
        ("WEBINAR", "WEBINAR"),
        ("CALL", "CLUB_CALL"),
    ]


def test_a_call_is_a_group_call_by_template_or_when_three_overlapped() -> None:
    call = says("event.started", "09:00", kind="CALL")
    three = [*stay("09:00", "10:00", "a"), *stay("09:00", "10:00", "b"), *stay("09:59", "11:00", "c")]
    two = [*three[:4], *stay("10:00", "11:00", "c"), *stay("09:00", "10:00", "d", service="BOT")]

    counts = [summary(call, *stays) for stays in (three, two)]
    by_template = summary(call, *three, says("event.started", "09:01", template="PERSONAL_CALL"))

    assert [(each["personalCalls"], each["groupCalls"]) for each in (*counts, by_template)] == [(0, 1), (1, 0), (1, 0)]


def test_created_counts_meetings_and_webinars_cancelled_ones_included() -> None:
    cancelled = [says("event.planned", "09:00", "x", startsAt=NOW), says("event.cancelled", "10:00", "x")]
    call = says("event.started", "09:00", "y", kind="CALL")
    elsewhere = [says("event.started", "09:00", "z", createdAt=at("23:59", 11)), left(at("00:00", 13), "a", "later")]

    assert summary(*cancelled, call, *elsewhere)["eventsCreated"] == 1


def test_an_event_exists_from_the_first_activity_that_names_it() -> None:
    as_parent = says("event.started", "09:00", "sub", parent="top")
    only_left = left("23:59", "a", "lone")

    assert summary(as_parent)["eventsCreated"] == 1
    assert summary(as_parent, says("event.started", at("00:00", 13), "top"))["eventsCreated"] == 1
    assert summary(only_left)["eventsCreated"] == 1


def test_not_held_is_past_not_cancelled_and_without_a_stay() -> None:
    planned = says("event.planned", at("09:00", 11), startsAt=at("10:00"))
    cancelled = says("event.cancelled", at("10:00", 11))
    again = says("event.planned", at("11:00", 11), startsAt=at("11:00"))
    answers = [(planned,), (planned, cancelled), (planned, cancelled, again), (planned, *stay(NOW, NOW, "a"))]

    assert [summary(*each)["eventsNotHeld"] for each in answers] == [1, 0, 1, 0]
    assert [summary(planned, now=at("10:00") - wait)["eventsNotHeld"] for wait in (0 * TINY, TINY)] == [1, 0]


def test_a_limit_is_the_one_that_holds_on_the_day_of_the_peak() -> None:
    june = Limit("CONNECTIONS", "TOTAL", 4, date(2024, 6, 1), date(2024, 6, 11))
    listed = (june, Limit("CONNECTIONS", "TOTAL", 3), Limit("CONNECTIONS", "TOTAL", 2), Limit("EVENTS", "TOTAL", 0))
    oracle = company(*stay(at("23:00", 11), "01:00", "a"), limits=listed)

    late = oracle.period_summary(*THE_12TH, NOW)["total"]
    both = oracle.period_summary(MIDNIGHTS[1], MIDNIGHTS[3], NOW)["total"]

    assert late["peakConnections"] == {"value": 1, "at": at("00:00"), "limit": 2, "share": 0.5, "headroom": 1}
    assert both["peakConnections"] | {"at": 0} == {"value": 1, "at": 0, "limit": 4, "share": 0.25, "headroom": 3}
    assert late["peakEvents"] | {"at": 0} == {"value": 1, "at": 0, "limit": 0, "share": None, "headroom": -1}
    assert late["peakSpeakers"] | {"at": 0} == {"value": 1, "at": 0, "limit": None, "share": None, "headroom": None}


def test_without_a_peak_the_limit_is_that_of_the_last_instant_or_of_now() -> None:
    limits = tuple(Limit("EVENTS", "CALL", day, date(2024, 6, day), date(2024, 6, day)) for day in (13, 14, 15))
    oracle = company(limits=limits)

    ended, running = (oracle.period_summary(MIDNIGHTS[1], MIDNIGHTS[last], NOW) for last in (4, 9))
    days = oracle.daily_peaks(MIDNIGHTS[2], MIDNIGHTS[6], ["CALL"], NOW)

    assert [each["calls"]["peakEvents"]["limit"] for each in (ended, running)] == [13, 14]
    assert [row["eventsLimit"] for row in days] == [None, 13, 14, 14]


def test_a_mean_counts_zeros_and_cut_days_but_not_tomorrow() -> None:
    activities = [*stay("09:00", "10:00", "a"), *stay("09:00", "10:00", "b"), *stay("09:00", "10:00", "c")]
    oracle = company(*activities)

    found = oracle.period_summary(at("23:00", 11), MIDNIGHTS[9], NOW)["total"]
    ahead = oracle.period_summary(MIDNIGHTS[6], MIDNIGHTS[9], NOW)["total"]

    assert (found["meanDailyPeakConnections"], found["meanDailyPeakEvents"]) == (3 / 4, 1 / 4)
    assert ahead["meanDailyPeakConnections"] == 0.0


def test_days_come_ascending_then_sections_in_the_enums_order_cut_to_the_period() -> None:
    rows = company().daily_peaks(at("23:00", 11), at("01:00", 12), ALL, NOW)

    assert [(row["day"].day, row["section"]) for row in rows] == [
        (day, section) for day in (11, 12) for section in ("TOTAL", "MEETING", "WEBINAR", "CALL")
    ]
    assert [row["listeners"] for row in rows[:4]] == [0, None, 0, None]


def test_all_time_starts_on_the_local_day_of_the_earliest_activity_that_counts() -> None:
    gone = [left(at("09:00", 10), "a", id="1"), says("activity.retracted", "09:00", None, replaces="1")]

    assert company(*gone, left("23:30", "a"), zone="Asia/Kolkata").first_day(NOW) == date(2024, 6, 13)
    assert company(*gone).first_day(NOW) is None
