from datetime import datetime
from typing import Any

from .activities import Raw
from .examples import MIDNIGHTS, NOW, THE_12TH, at, company, tells

Shown = list[tuple[int | None, str, str, str | None, int, int]]


def signed_in(time: datetime | str = "09:00", user: str = "u", **members: Any) -> Raw:
    return tells("user.signedIn", time, user=user, **members)


def shown(rows: list[dict[str, Any]]) -> Shown:
    columns = ("device", "client", "os", "signIns", "users")
    return [(row["day"] and row["day"].day, *(row[name] for name in columns)) for row in rows]


def clients(*activities: Raw, limit: int = 50) -> Shown:
    return shown(company(*activities).clients(*THE_12TH, NOW, per_day=False, limit=limit))


def test_what_a_sign_in_does_not_say_is_unknown() -> None:
    assert clients(signed_in(device=None)) == [(None, "UNKNOWN", "Unknown", None, 1, 1)]
    assert clients(signed_in(device="TV", client="Web", os="X")) == [(None, "TV", "Web", "X", 1, 1)]


def test_sign_ins_count_each_and_users_once() -> None:
    assert clients(signed_in(), signed_in("10:00"), signed_in(user="v")) == [(None, "UNKNOWN", "Unknown", None, 3, 2)]


def test_most_sign_ins_come_first_then_device_client_and_system() -> None:
    told = [signed_in(device=device, client="Web", os=os) for device in ("TV", "MOBILE") for os in (None, "b", "B")]
    told += [signed_in(device="MOBILE", client="app"), signed_in(client="often"), signed_in(client="often")]

    ranked = [row[1:4] for row in clients(*told)]

    systems = ("B", "b", None)
    mobiles = [("MOBILE", "Web", os) for os in systems]
    televisions = [("TV", "Web", os) for os in systems]
    assert ranked == [("UNKNOWN", "often", None), *mobiles, ("MOBILE", "app", None), *televisions]


def test_beyond_the_limit_the_others_are_one_row_with_distinct_users() -> None:
    told = [signed_in(client="a"), signed_in(client="a"), signed_in(client="b"), signed_in(client="c")]
    told += [signed_in(client="c", user="v"), signed_in(client="Other", user="v")]

    assert clients(*told, limit=4)[-1] == (None, "UNKNOWN", "b", None, 1, 1)
    assert clients(*told, limit=3)[3:] == [(None, "UNKNOWN", "Other", None, 1, 1)]
    assert clients(*told, limit=1) == [(None, "UNKNOWN", "a", None, 2, 1), (None, "UNKNOWN", "Other", None, 4, 2)]


def test_each_day_has_its_own_rows_and_others() -> None:
    told = [signed_in(at("23:59", 11), client=client) for client in "ab"] + [signed_in(at("00:00", 13), client="c")]

    rows = company(*told).clients(MIDNIGHTS[0], MIDNIGHTS[9], NOW, per_day=True, limit=1)
    whole = company(*told).clients(MIDNIGHTS[0], MIDNIGHTS[9], NOW, per_day=False, limit=2)

    assert [row[:3] for row in shown(rows)] == [(11, "UNKNOWN", "a"), (11, "UNKNOWN", "Other"), (13, "UNKNOWN", "c")]
    assert [row[2:] for row in shown(whole)] == [("a", None, 1, 1), ("b", None, 1, 1), ("Other", None, 1, 1)]


def test_a_period_cuts_its_days() -> None:
    told = [signed_in("09:00"), signed_in("10:00"), signed_in("11:00")]

    rows = company(*told).clients(at("10:00"), at("11:00"), NOW, per_day=True, limit=50)

    assert shown(rows) == [(12, "UNKNOWN", "Unknown", None, 1, 1)]
