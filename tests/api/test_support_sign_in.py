"""Who is let in at the endpoint of support, how long for, and that nobody else is."""

from datetime import datetime

import httpx
from graphql import get_introspection_query

from tests.databases import Database
from turnout.tenants.accesses import open_access
from turnout.tenants.company import Company
from turnout.tenants.staff import suspend_staff
from turnout.tenants.staff_sessions import PREFIX
from turnout.tenants.support import support

from .clients import Client
from .staffing import OPEN, SIGN_IN, Staff, operations, signed_in

WHO = "{ support { member { name } } }"


async def test_without_a_token_nothing_but_signing_in_is_answered(http: httpx.AsyncClient, staff: Staff) -> None:
    codes = {name: await Staff(http).code(operation) for name, operation in operations()}

    assert codes.pop("signIn") == "STAFF_SIGN_IN_FAILED"
    assert len(codes) > 15
    assert set(codes.values()) == {"UNAUTHENTICATED"}


async def test_everything_is_answered_to_support(staff: Staff, acme: Company, globex: Company) -> None:
    answer = await staff.query(dict(operations())["support"])

    assert answer["support"]["member"] == {"name": "Ann"}
    assert answer["support"]["company"]["slug"] == "acme"
    assert [row["slug"] for row in answer["support"]["companies"]["nodes"]] == ["acme", "globex"]
    assert [row["name"] for row in answer["support"]["staff"]] == ["Ann"]


async def test_what_companies_sign_in_with_is_unknown_to_support_and_the_reverse(
    staff: Staff, at_acme: Client, acme: Company, database: Database, now: datetime
) -> None:
    with support(database.support) as session:
        access = open_access(session, acme.slug, "ticket 7", now).token
    unknown_here = await Staff(staff.http, PREFIX + "0" * 43).post(WHO)
    unknown_there = await Client(staff.http, token=PREFIX + "0" * 43).post("{ company { slug } }")

    here = [await Staff(staff.http, token).post(WHO) for token in (at_acme.token, at_acme.key, access, "x")]
    there = await Client(staff.http, token=staff.token).post("{ company { slug } }")

    assert {(answer.status_code, answer.content) for answer in here} == {(401, unknown_here.content)}
    assert (there.status_code, there.content) == (401, unknown_there.content)


async def test_companies_do_not_find_the_schema_of_support(staff: Staff, at_acme: Client) -> None:
    shown = (await at_acme.query(get_introspection_query()))["__schema"]
    closed = await Staff(staff.http).code(get_introspection_query())

    assert "Support" not in {kind["name"] for kind in shown["types"]}
    assert closed == "UNAUTHENTICATED"
    assert await at_acme.codes("{ support { member { name } } }") == ["GRAPHQL_VALIDATION_FAILED"]
    assert (await staff.query("{ __schema { queryType { name } } }"))["__schema"]["queryType"]["name"] == "Query"


async def test_wrong_unknown_and_suspended_get_the_same_answer_to_the_byte(
    staff: Staff, database: Database, now: datetime
) -> None:
    async def tried(name: str, password: str) -> tuple[int, bytes]:
        answer = await Staff(staff.http).post(SIGN_IN, {"name": name, "password": password})
        return answer.status_code, answer.content

    answers = [await tried(*attempt) for attempt in (("Ann", "wrong"), ("nobody", staff.password), ("", ""))]
    with support(database.support) as session:
        suspend_staff(session, "Ann", now)
    answers.append(await tried("Ann", staff.password))

    assert len(set(answers)) == 1


async def test_signing_out_ends_the_session_at_once(staff: Staff) -> None:
    other = await signed_in(staff.http, "Ann", staff.password)

    assert await staff.query("mutation { signOut }") == {"signOut": True}

    assert (await staff.post(WHO)).status_code == 401
    assert (await other.query(WHO))["support"]["member"] == {"name": "Ann"}


async def test_a_member_who_is_suspended_is_shut_out_with_what_they_have_opened(
    staff: Staff, acme: Company, database: Database, now: datetime
) -> None:
    token = (await staff.query(OPEN))["openAccess"]["token"]

    with support(database.support) as session:
        suspend_staff(session, "Ann", now)

    assert (await staff.post(WHO)).status_code == 401
    assert (await Client(staff.http, token=token).post("{ company { slug } }")).status_code == 401
