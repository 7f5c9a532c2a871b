"""The endpoint of support staff: what they do, and that nobody else can."""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any, cast

import httpx
import psycopg
import pytest
from graphql import GraphQLField, GraphQLObjectType, get_introspection_query, is_required_argument

from tests.databases import Database
from turnout.graphql.support.schema import support_schema
from turnout.tenants.accesses import open_access
from turnout.tenants.companies import NewCompany, add_company
from turnout.tenants.company import Company
from turnout.tenants.keys import issue_key
from turnout.tenants.sql_logins import drop_sql_logins, issue_sql_login
from turnout.tenants.staff import suspend_staff
from turnout.tenants.staff_sessions import PREFIX
from turnout.tenants.support import support

from .asking import everything
from .clients import Client, activity, bearer, joined
from .staffing import SIGN_IN, Staff, signed_in

QUERY = cast("GraphQLObjectType", support_schema.core.query_type)
MUTATION = cast("GraphQLObjectType", support_schema.core.mutation_type)
WHO = "{ support { member { name } } }"
NOWHERE = "00000000-0000-0000-0000-000000000000"
# One of each argument that a field may require.
ARGUMENTS = {
    "slug": '"acme"',
    "company": '"acme"',
    "name": '"Acme"',
    "timeZone": '"Asia/Kolkata"',
    "limit": "{metric: USERS, value: 5}",
    "id": f'"{NOWHERE}"',
    "scopes": '["read:stats"]',
    "reason": '"ticket 7"',
    "password": '"nothing"',
}


def arguments(field: GraphQLField) -> str:
    given = [f"{name}: {ARGUMENTS[name]}" for name, argument in field.args.items() if is_required_argument(argument)]
    return f"({', '.join(given)})" if given else ""


def selection(field: GraphQLField) -> str:
    """Everything that a field has, with the arguments that the fields below it require."""
    return everything(field).replace("company {", f"company{arguments(field_of_support('company'))} {{")


def field_of_support(name: str) -> GraphQLField:
    return cast("GraphQLObjectType", support_schema.core.type_map["Support"]).fields[name]


def operations() -> list[tuple[str, str]]:
    """Each root field as an operation of its own, with everything that it has."""
    return [
        (name, f"{kind} {{ {name}{arguments(field)} {selection(field)} }}")
        for kind, root in (("query", QUERY), ("mutation", MUTATION))
        for name, field in root.fields.items()
    ]


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


OPEN = 'mutation { openAccess(company: "acme", reason: "ticket 7") { id token expiresAt } }'
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


async def acts(staff: Staff, but: tuple[str, ...] = ("company.added", "password.issued", "key.issued")) -> list[Any]:
    """What the audit of acme says was done by whom, the latest first, but for what the fixtures do."""
    found = await staff.query('{ support { company(slug: "acme") { audit { action name } } } }')
    rows = found["support"]["company"]["audit"]
    return [(row["action"], row["name"]) for row in rows if row["action"].split("_")[0] not in but and row["name"]]


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


WALK = """
mutation {
  addCompany(slug: "acme", name: "Acme", timeZone: "Europe/Berlin", limits: [{metric: USERS, value: 9}]) { slug }
  renameCompany(company: "acme", name: "Acme 2") { name }
  changeCompany(company: "acme", billingAnchorDay: 15, staleAfterHours: 30) { billingAnchorDay staleAfterHours }
  setLimit(company: "acme", limit: {metric: CONNECTIONS, section: WEBINAR, value: 500, from: "2026-01-01"}) { slug }
  issuePassword(company: "acme", label: "front desk") { id password }
  issueActivationLink(company: "acme") { id secret }
  issueKey(company: "acme", scopes: ["read:stats"], label: "BI") { id key }
}
"""


async def test_a_company_is_provided_for_and_what_was_done_is_noted(staff: Staff) -> None:
    done = await staff.query(WALK)
    company = (
        await staff.query(f'{{ support {{ company(slug: "acme") {everything(field_of_support("company"))} }} }}')
    )["support"]["company"]

    assert (company["name"], company["billingAnchorDay"], company["staleAfterHours"]) == ("Acme 2", 15, 30)
    assert [row["metric"] for row in company["limits"]] == ["CONNECTIONS", "USERS"]
    assert [(row["id"], row["label"], row["issuedBy"]) for row in company["passwords"]] == [
        (done["issuePassword"]["id"], "front desk", "Ann")
    ]
    assert [row["id"] for row in company["keys"]] == [done["issueKey"]["id"]]
    assert {row["name"] for row in company["audit"]} == {"Ann"}
    acts = "company.added company.renamed company.changed limit.set password.issued link.issued key.issued"
    assert {row["action"] for row in company["audit"]} - {"quarantine.read"} == set(acts.split())
    secrets = [done["issuePassword"]["password"], done["issueActivationLink"]["secret"], done["issueKey"]["key"]]
    assert not [secret for secret in secrets if secret in str(company)]


async def test_what_was_issued_is_rotated_and_revoked(staff: Staff) -> None:
    done = await staff.query(WALK)
    password, key, link = (done[name]["id"] for name in ("issuePassword", "issueKey", "issueActivationLink"))

    await staff.query(f'mutation {{ revokeActivationLink(company: "acme", id: "{link}") }}')
    rotated = await staff.query(
        f'mutation {{ rotatePassword(company: "acme", id: "{password}", overlapHours: 1) {{ id }} '
        f'rotateKey(company: "acme", id: "{key}", overlapHours: 1) {{ id }} }}'
    )
    await staff.query(
        f'mutation {{ revokePassword(company: "acme", id: "{rotated["rotatePassword"]["id"]}") '
        f'revokeKey(company: "acme", id: "{rotated["rotateKey"]["id"]}") }}'
    )

    seen = await staff.query('{ support { company(slug: "acme") { passwords { revokedAt } keys { revokedAt } } } }')
    for issued in seen["support"]["company"].values():  # all at one instant: in the order of their ids
        assert sorted(bool(row["revokedAt"]) for row in issued) == [False, True]


async def test_every_mutation_is_noted_with_who_has_done_it(staff: Staff, database: Database) -> None:
    """By enumeration: what is refused here leaves nothing, all else leaves an entry of the member."""
    refused = {"signIn", "signOut", "revokeActivationLink", "rotatePassword", "revokePassword", "rotateKey"}
    refused |= {"revokeKey", "revokeSqlLogin", "closeAccess", "removeLimit", "changeCompany"}
    for name, operation in operations()[1:]:
        if name not in refused:
            answer = (await staff.post(operation)).json()
            assert "errors" not in answer, answer

    noted = {action for action, _ in await acts(staff, but=())} - {"quarantine.read"}

    assert len(noted) == len(MUTATION.fields) - len(refused)


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


@pytest.fixture
def sql_login(database: Database, acme: Company, now: datetime) -> Generator[str]:
    """The name of a login for BI tools; roles are of the whole server, and nobody else takes them away."""
    with support(database.admin) as session:
        name = issue_sql_login(session, acme.slug, now, label="Power BI").role_name
    yield name
    with psycopg.connect(database.admin) as admin:
        drop_sql_logins(admin, [name])


async def test_logins_for_bi_are_listed_and_revoked(
    staff: Staff, database: Database, sql_login: str, globex: Company
) -> None:
    listed = "{ support { company(slug: %s) { sqlLogins { name label lastUsedAt revokedAt sessions } } } }"
    revoke = "mutation ($company: String!, $name: String!) { revokeSqlLogin(company: $company, name: $name) }"
    before = (await staff.query(listed % '"acme"'))["support"]["company"]["sqlLogins"]
    foreign = await staff.code(revoke, company=globex.slug, name=sql_login)

    await staff.query(revoke, company="acme", name=sql_login)

    after = (await staff.query(listed % '"acme"'))["support"]["company"]["sqlLogins"]
    login = {"name": sql_login, "label": "Power BI", "lastUsedAt": None, "revokedAt": None, "sessions": 0}
    assert before == [login]
    assert after == [login | {"revokedAt": "2026-03-02T12:00:00Z"}]
    assert foreign == "UNKNOWN_SQL_LOGIN"
    assert ("sql_login.revoked", "Ann") in await acts(staff, but=())


@pytest.mark.parametrize("column", ["SLUG", "STORAGE_SHARE", "LAST_ACTIVE_DAY", "SUSPENDED_AT", "PEAK_CONNECTIONS"])
async def test_companies_come_in_pages_of_any_order(
    staff: Staff, at_acme: Client, globex: Company, database: Database, now: datetime, column: str
) -> None:
    with support(database.support) as session:
        add_company(session, NewCompany("hooli", "Hooli", "Asia/Kolkata"), now)
    asked = f"""query ($after: String) {{ support {{ companies(first: 2, after: $after, orderBy: {{field: {column}}}) {{
      totalCount nodes {{ slug }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""

    first = (await staff.query(asked))["support"]["companies"]
    second = (await staff.query(asked, after=first["pageInfo"]["endCursor"]))["support"]["companies"]

    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (
        3,
        True,
        False,
    )
    assert sorted(row["slug"] for row in first["nodes"] + second["nodes"]) == ["acme", "globex", "hooli"]


async def test_a_cursor_is_good_for_the_session_it_was_given_to(staff: Staff, acme: Company, globex: Company) -> None:
    asked = "{ support { companies(first: 1%s) { pageInfo { endCursor } } } }"
    cursor = (await staff.query(asked % ""))["support"]["companies"]["pageInfo"]["endCursor"]
    other = await signed_in(staff.http, "Ann", staff.password)

    assert await other.code(asked % f', after: "{cursor}"') == "INVALID_CURSOR"
    assert "acme" not in cursor


async def test_companies_are_found_by_name_or_slug(staff: Staff, acme: Company, globex: Company) -> None:
    found = await staff.query('{ support { companies(search: "GLO") { nodes { name } totalCount } } }')

    assert found["support"]["companies"] == {"nodes": [{"name": "Globex"}], "totalCount": 1}


async def test_what_makes_no_sense_is_refused(staff: Staff, acme: Company) -> None:
    codes = {
        'mutation { revokeKey(company: "acme", id: "x") }': "INVALID_ID",
        'mutation { removeLimit(company: "acme", id: "x") { slug } }': "UNKNOWN_LIMIT",
        'mutation { changeCompany(company: "acme") { slug } }': "NOTHING_TO_CHANGE",
        'mutation { changeCompany(company: "acme", staleAfterHours: 0) { slug } }': "INVALID_STALE_AFTER",
        'mutation { setLimit(company: "acme", limit: {metric: USERS, value: -1}) { slug } }': "INVALID_LIMIT",
        'mutation { openAccess(company: "acme", reason: " ") { id } }': "INVALID_REASON",
        'mutation { openAccess(company: "acme", reason: "x", minutes: 61) { id } }': "INVALID_ACCESS_TIME",
        'mutation { suspendCompany(company: "nobody") { slug } }': "UNKNOWN_COMPANY",
        '{ support { company(slug: "nobody") { slug } } }': "UNKNOWN_COMPANY",
        '{ support { company(slug: "acme") { audit(first: 201) { at } } } }': "ARGUMENT_OUT_OF_RANGE",
    }

    assert {query: await staff.code(query) for query in codes} == codes
