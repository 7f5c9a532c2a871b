"""What is used of what was contracted, and closed billing periods, from the ingest to the answer."""

from datetime import timedelta
from typing import Any

from .asking import ask, refusal
from .clients import Client, activity, joined, leaves
from .staffing import Staff
from .stories import at
from .telling import Told

FIRST = "2026-02-01"
CLOSE = 'mutation { closeBillingPeriods(company: "acme") { slug } }'


def figure(rows: list[dict[str, Any]], metric: str, section: str = "TOTAL") -> dict[str, Any]:
    [row] = [row for row in rows if (row["metric"], row["section"]) == (metric, section)]
    return row


async def test_this_period_tells_every_figure_against_its_limit(told: Told) -> None:
    rows = await ask(told.little, "contractUsage")

    noon = "2026-03-02T12:00:00Z"
    assert figure(rows, "CONNECTIONS") == {
        "metric": "CONNECTIONS",
        "section": "TOTAL",
        "used": 4,
        "limit": 8,
        "share": 0.5,
        "headroom": 4,
        "at": "2026-03-01T09:40:00Z",
        "worstShare": 0.5,
        "worstShareAt": "2026-03-01T09:40:00Z",
    }
    assert figure(rows, "USERS") == {
        "metric": "USERS",
        "section": "TOTAL",
        "used": 3,
        "limit": 4,
        "share": 0.75,
        "headroom": 1,
        "at": noon,
        "worstShare": 0.75,
        "worstShareAt": noon,
    }
    assert figure(rows, "EVENTS")["share"] == 2
    calls = figure(rows, "EVENTS", "CALL")  # the limit begins on the day after the first of them
    assert (calls["used"], calls["limit"], calls["worstShare"]) == (1, None, 1 / 9)
    nothing = figure(rows, "LISTENERS", "WEBINAR")
    assert (nothing["share"], nothing["headroom"], nothing["worstShare"]) == (None, -2, None)
    assert figure(rows, "BILLED_MINUTES")["used"] == figure(rows, "PARTICIPATION_MINUTES")["used"] > 0
    assert "SPEAKERS" not in {row["metric"] for row in rows}


async def test_minutes_are_billed_for_billing_periods_alone(told: Told) -> None:
    days = {"dates": {"from": "2026-03-01", "to": "2026-03-02"}}

    rows = await ask(told.little, "contractUsage", period=days)
    summary = await ask(told.little, "periodSummary", period=days)
    billed = await ask(told.little, "periodSummary", period={"preset": "BILLING_PERIOD"})

    assert "BILLED_MINUTES" not in {row["metric"] for row in rows}
    assert summary["billedMinutes"] is None
    assert billed["billedMinutes"] == billed["total"]["participationMinutes"]


async def test_stays_are_rounded_up_when_the_contract_says_so(at_acme: Client, staff: Staff) -> None:
    change = 'changeCompany(company: "acme", billedMinutes: PER_STAY, billedFrom: "2026-01-01")'
    changed = await staff.query(f"mutation {{ {change} {{ billingRules {{ rounding from }} }} }}")
    for name, seconds in (("a", 61), ("b", 60), ("c", 1)):
        start = at("03-01 09:00")
        await at_acme.tell([joined("e", name, start), leaves("e", name, start + timedelta(seconds=seconds))])

    summary = await ask(at_acme, "periodSummary", period={"preset": "BILLING_PERIOD"})

    assert changed["changeCompany"]["billingRules"] == [{"rounding": "PER_STAY", "from": "2026-01-01"}]
    assert (summary["billedMinutes"], summary["total"]["participationMinutes"]) == (4, 122 / 60)


async def test_a_closed_period_says_the_same_for_ever_and_what_changed_is_told_with_its_reason(
    at_acme: Client, at_globex: Client, staff: Staff
) -> None:
    await at_acme.tell([joined("e", "a", at("02-10 09:00")), leaves("e", "a", at("02-10 09:30"))])
    await staff.query(CLOSE)
    first = await ask(at_acme, "closedPeriod", firstDay=FIRST)
    late = {"event": "late", "connection": "l"}
    await at_acme.tell(
        [
            activity("lj", "turnout.stay.joined", at("02-11 09:00"), **late),
            activity("ll", "turnout.stay.left", at("02-11 09:10"), **late),
        ]
    )
    await staff.query(CLOSE)

    again = await ask(at_acme, "closedPeriod", firstDay=FIRST, revision=1)
    latest = (await ask(at_acme, "billingPeriods"))["nodes"]
    found = await ask(at_acme, "periodDifferences", firstDay=FIRST, **{"from": 1, "to": 2})
    theirs = await ask(at_globex, "billingPeriods")

    assert again == first
    assert (first["reasons"], first["lastDay"]) == (["CLOSED"], "2026-02-28")
    assert [(row["firstDay"], row["revision"], row["reasons"]) for row in latest] == [(FIRST, 2, ["LATE_DATA"])]
    changed = {(row["metric"], row["section"]): (row["change"], row["reasons"]) for row in found["figures"]}
    assert changed == {
        (metric, section): (10, ["LATE_DATA"])
        for metric in ("PARTICIPATION_MINUTES", "BILLED_MINUTES")
        for section in ("TOTAL", "MEETING")
    }
    assert theirs["totalCount"] == 0
    assert (await refusal(at_globex, "closedPeriod", firstDay=FIRST))["code"] == "UNKNOWN_BILLING_PERIOD"


async def test_what_was_never_closed_is_refused(at_acme: Client, staff: Staff) -> None:
    await at_acme.tell([joined("e", "a", at("02-10 09:00")), leaves("e", "a", at("02-10 09:30"))])
    await staff.query(CLOSE)

    unknown = await refusal(at_acme, "closedPeriod", firstDay=FIRST, revision=2)
    reversed_ = await refusal(at_acme, "periodDifferences", firstDay=FIRST, **{"from": 2, "to": 1})

    assert (unknown["code"], unknown["maximum"]) == ("UNKNOWN_REVISION", 1)
    assert reversed_["code"] == "UNKNOWN_REVISION"
