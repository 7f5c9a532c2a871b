"""What support does for companies and finds of them, and that each act is noted."""

from collections.abc import Generator
from datetime import datetime

import psycopg
import pytest

from tests.databases import Database
from turnout.tenants.companies import NewCompany, add_company
from turnout.tenants.company import Company
from turnout.tenants.sql_logins import drop_sql_logins, issue_sql_login
from turnout.tenants.support import support

from .asking import everything
from .clients import Client
from .staffing import MUTATION, Staff, acts, field_of_support, operations, signed_in

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
