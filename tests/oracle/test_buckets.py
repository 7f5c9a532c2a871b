from datetime import date

from .activities import Raw
from .examples import (
    MIDNIGHTS,
    NOW,
    THE_12TH,
    at,
    company,
    registered,
    removed,
    says,
    stay,
    stored,
    summary,
    tells,
    uploaded,
)


def posted(clock: str, day: int = 12, place: str = "MESSENGER") -> Raw:
    return tells("message.posted", at(clock, day), place=place)


def signed_in(clock: str, day: int = 12) -> Raw:
    return tells("user.signedIn", at(clock, day), user="u")


def test_messages_are_the_messengers_each_of_them() -> None:
    elsewhere = [posted("09:00", place=place) for place in ("PUBLIC_CHAT", "PRIVATE_CHAT", "QUESTION", "ANSWER")]
    in_event = says("message.posted", "09:00", place="MESSENGER", sender="u")

    found = summary(posted("00:00"), posted("09:00"), in_event, *elsewhere, posted("23:59", 11), posted("00:00", 13))

    assert found["messages"] == 3


def test_a_day_has_its_own_numbers_and_the_state_at_its_end() -> None:
    eleventh = [registered(at("09:00", 11)), uploaded(at("09:00", 11), 5), posted("23:59", 11), signed_in("10:00", 11)]
    twelfth = [uploaded("09:00", 4), stored("09:00", 2), removed("10:00"), registered("11:00"), signed_in("00:00")]
    call = [says("event.started", at("09:00", 11), kind="CALL"), *stay(at("23:00", 11), at("01:00", 12), "a")]
    meeting = says("event.started", at("09:00", 12), "f")

    days = company(*eleventh, *twelfth, *call, meeting).days(MIDNIGHTS[1], MIDNIGHTS[3], NOW)

    whole = {"personalCalls": 1, "groupCalls": 0, "newUsers": 1, "registeredUsers": 1, "signIns": 1}
    first = {"day": date(2024, 6, 11), "eventsCreated": 0, "messages": 1, "uploadedBytes": 5, "storageBytes": 5}
    second = {"day": date(2024, 6, 12), "eventsCreated": 1, "messages": 0, "uploadedBytes": 4, "storageBytes": 6}
    assert days == [first | whole, second | whole]


def test_a_call_that_becomes_a_group_call_later_is_one_on_all_its_days() -> None:
    call = [says("event.started", at("09:00", 11), kind="CALL"), *stay(at("23:00", 11), at("01:00", 12), "a")]
    others = [*stay("00:10", "00:20", "b"), *stay("00:10", "00:20", "c")]

    days = company(*call, *others).days(MIDNIGHTS[1], MIDNIGHTS[3], NOW)

    assert [(day["personalCalls"], day["groupCalls"]) for day in days] == [(0, 1), (0, 1)]


def test_the_days_of_a_period_are_cut_to_it() -> None:
    told = [registered("09:00"), removed("11:00"), uploaded("09:00", 5), uploaded("11:00", 3, "g"), signed_in("09:59")]

    [day] = company(*told).days(at("10:00"), at("11:00"), NOW)

    assert (day["newUsers"], day["uploadedBytes"], day["signIns"]) == (0, 0, 0)
    assert (day["registeredUsers"], day["storageBytes"]) == (1, 5)


def test_today_is_read_now_and_days_after_today_are_zeros() -> None:
    now = at("23:58")
    told = [
        registered("09:00"),
        uploaded("09:00", 5),
        registered("23:59", "v"),
        posted("00:01", 13),
        signed_in("23:59"),
    ]

    today, tomorrow = company(*told, signed_in("00:02", 13)).days(MIDNIGHTS[2], MIDNIGHTS[4], now)

    assert (today["newUsers"], today["registeredUsers"], today["storageBytes"], today["signIns"]) == (2, 1, 5, 1)
    assert {name: value for name, value in tomorrow.items() if value} == {"day": date(2024, 6, 13)}


def test_at_its_first_instant_a_day_is_today() -> None:
    [day] = company(registered("00:00")).days(*THE_12TH, at("00:00"))

    assert (day["newUsers"], day["registeredUsers"]) == (1, 1)


def test_what_was_retracted_or_replaced_counts_for_nothing() -> None:
    wrong = [uploaded("09:00", 5, id="1"), registered("09:00", id="2"), signed_in("09:00") | {"id": "3"}]
    gone = [says("activity.retracted", "10:00", None, replaces=each["id"]) for each in wrong]

    [day] = company(*gone, *wrong, uploaded("09:00", 4, replaces="1")).days(*THE_12TH, NOW)

    assert {name: value for name, value in day.items() if value} == {
        "day": date(2024, 6, 12),
        "uploadedBytes": 4,
        "storageBytes": 4,
    }
