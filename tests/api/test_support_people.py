"""How support comes to a company's people, and all the ways in which it does not."""

from datetime import datetime, timedelta

import pytest

from tests.databases import Database
from turnout.tenants.company import Company
from turnout.tenants.keys import issue_key
from turnout.tenants.support import support

from .asking import everything
from .clients import Client, activity, bearer, joined
from .staffing import OPEN, Staff, acts, field_of_support

PEOPLE = "{ userStats(period: {preset: LAST_30_DAYS}) { nodes { userId name } } }"


async def test_support_reads_people_only_by_an_access_which_can_be_closed(
    staff: Staff, at_acme: Client, now: datetime
) -> None:
    await at_acme.tell([activity("u", "turnout.user.registered", now, user="u1", name="Zoë")])

    opened = (await staff.query(OPEN))["openAccess"]
    reader = Client(staff.http, token=opened["token"])
    people = await reader.query(PEOPLE)
    await staff.query(f'mutation {{ closeAccess(company: "acme", id: "{opened["id"]}") }}')

    assert people["userStats"]["nodes"] == [{"userId": "u1", "name": "Zoë"}]
    assert opened["expiresAt"] == (now + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert (await reader.post(PEOPLE)).status_code == 401
    assert await staff.code(f'mutation {{ closeAccess(company: "acme", id: "{opened["id"]}") }}') == "UNKNOWN_ACCESS"
    assert await acts(staff) == [("access.closed", "Ann"), ("access.opened", "Ann")]


async def test_an_access_changes_nothing_and_signs_nobody_out(staff: Staff, acme: Company) -> None:
    reader = Client(staff.http, token=(await staff.query(OPEN))["openAccess"]["token"])

    assert await reader.codes("mutation { signOut }") == ["FORBIDDEN"]
    ingested = await reader.http.post(
        "/ingest", content=b"[]", headers={"content-type": "application/cloudevents-batch+json"} | bearer(reader.token)
    )
    assert (ingested.status_code, ingested.json()["code"]) == (403, "FORBIDDEN")


async def test_the_quarantine_shows_reasons_and_positions_and_nothing_that_was_sent(
    staff: Staff, at_acme: Client, now: datetime
) -> None:
    canary = "CANARY Zoë O'Brien"
    wrong = [
        joined("e", "c", now),
        activity("a", "turnout.stay.joined", now, event="e", connection="d", role=canary),
        activity("b", f"turnout.{canary}", now),
        activity("c", "turnout.event.planned", now, event=canary, parent=canary, startsAt=now.isoformat()),
    ]
    await at_acme.ingest([*wrong, {"id": canary}])

    shown = "totals { code } newest { code reason position }"
    answer = await staff.post(f'{{ support {{ company(slug: "acme") {{ quarantine(first: 9) {{ {shown} }} }} }} }}')

    found = answer.json()["data"]["support"]["company"]["quarantine"]
    assert sorted(row["position"] for row in found["newest"]) == [1, 2, 3, 4]
    assert {row["code"] for row in found["newest"]} >= {"INVALID", "UNKNOWN_TYPE", "PARENT_IS_ITSELF"}
    assert "CANARY" not in answer.text
    assert "Brien" not in answer.text
    assert ("quarantine.read", "Ann") in await acts(staff)


async def test_support_makes_no_key_that_reaches_people(staff: Staff, acme: Company) -> None:
    for scopes, user in ((["read:people"], "null"), (["read:stats", "admin:keys"], "null"), (["read:stats"], '"u1"')):
        asked = f"issueKey(company: $slug, scopes: $scopes, userId: {user}) {{ id }}"
        refused = await staff.code(
            f"mutation ($slug: String!, $scopes: [String!]!) {{ {asked} }}", slug="acme", scopes=scopes
        )
        assert refused == "NOT_FOR_SUPPORT"


@pytest.mark.parametrize(
    ("scopes", "user"), [(["read:people"], None), (["read:stats", "admin:keys"], None), (["read:stats"], "CANARY")]
)
async def test_support_rotates_no_key_that_reaches_people_and_does_not_see_whose_it_is(
    staff: Staff, acme: Company, database: Database, now: datetime, scopes: list[str], user: str | None
) -> None:
    with support(database.support) as session:
        key_id = issue_key(session, "acme", scopes, now, user_key=user).key_id

    refused = await staff.code(f'mutation {{ rotateKey(company: "acme", id: "{key_id}") {{ id }} }}')
    shown = await staff.query(f'{{ support {{ company(slug: "acme") {everything(field_of_support("company"))} }} }}')

    assert refused == "NOT_FOR_SUPPORT"
    assert [key["oneUser"] for key in shown["support"]["company"]["keys"]] == [user is not None]
    assert "CANARY" not in str(shown)
