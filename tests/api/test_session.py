"""signIn and signOut."""

from datetime import datetime, timedelta

import httpx

from tests.databases import Database
from turnout.tenants.activation import issue_link
from turnout.tenants.passwords import issue_password
from turnout.tenants.support import support

from .clients import Client

CHOSEN = "kein Schwein ruft mich an"

WHO = "{ company { slug } }"
SIGN_IN = """
mutation ($company: String!, $password: String!) {
  signIn(company: $company, password: $password) {
    token expiresAt mustChangePassword company { slug timeZone limits { value } }
  }
}
"""


async def signed_in(client: Client, company: str, password: str) -> httpx.Response:
    return await client.post(SIGN_IN, {"company": company, "password": password})


async def test_signing_in_gives_a_token_that_asks_for_the_company(
    nobody: Client, at_acme: Client, now: datetime
) -> None:
    session = (await signed_in(nobody, "acme", at_acme.password)).json()["data"]["signIn"]

    assert session["company"] == {"slug": "acme", "timeZone": "Europe/Berlin", "limits": []}
    assert session["expiresAt"] == (now + timedelta(hours=12)).isoformat().replace("+00:00", "Z")
    assert session["mustChangePassword"] is False
    assert await Client(nobody.http, token=session["token"]).query(WHO) == {"company": {"slug": "acme"}}


async def test_wrong_and_unknown_get_the_same_answer_to_the_byte(nobody: Client, at_acme: Client) -> None:
    attempts = [("acme", "wrong"), ("nobody", "wrong"), ("nobody", at_acme.password), ("", ""), ("ACME'--", "wrong")]

    answers = [await signed_in(nobody, *attempt) for attempt in attempts]

    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert answers[0].json()["errors"][0]["extensions"]["code"] == "SIGN_IN_FAILED"
    for answer in answers:
        assert {name: value for name, value in answer.headers.items() if name != "x-request-id"} == {
            name: value for name, value in answers[0].headers.items() if name != "x-request-id"
        }


async def test_signing_out_ends_the_session_at_once(at_acme: Client) -> None:
    out = await at_acme.query("mutation { signOut }")

    again = await at_acme.post("mutation { signOut }")

    assert out == {"signOut": True}
    assert (again.status_code, again.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


async def test_signing_out_ends_no_other_session(at_acme: Client, nobody: Client) -> None:
    other = (await signed_in(nobody, "acme", at_acme.password)).json()["data"]["signIn"]["token"]

    await at_acme.query("mutation { signOut }")

    assert await Client(nobody.http, token=other).query(WHO) == {"company": {"slug": "acme"}}


async def test_a_company_signs_in_beside_another_session(at_acme: Client, at_globex: Client) -> None:
    answer = (await signed_in(at_acme, "globex", at_globex.password)).json()

    assert answer["data"]["signIn"]["company"]["slug"] == "globex"


async def test_a_request_is_one_guess_however_many_it_holds(nobody: Client, at_acme: Client) -> None:
    guesses = [*["wrong"] * 19, at_acme.password]
    fields = [
        f'a{number}: signIn(company: "acme", password: "{guess}") {{ token }}' for number, guess in enumerate(guesses)
    ]

    codes = [await nobody.codes(f"mutation {{ {' '.join(fields)} }}") for _ in range(6)]

    assert codes == [["SIGN_IN_FAILED"]] * 5 + [["THROTTLED"]]


async def test_whoever_is_throttled_is_told_for_how_long(nobody: Client, at_acme: Client) -> None:
    for _ in range(5):
        await signed_in(nobody, "hooli", "wrong")

    answer = await signed_in(nobody, "hooli", "wrong")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert answer.json()["errors"][0]["extensions"]["seconds"] == 1


async def test_a_company_and_nobody_are_throttled_with_the_same_answer(nobody: Client, at_acme: Client) -> None:
    answers = {
        name: [
            (answer.status_code, answer.content) for _ in range(7) for answer in [await signed_in(client, name, "x")]
        ]
        for name, client in (("globex", nobody), ("hooli", nobody))
    }

    assert answers["globex"] == answers["hooli"]


async def test_an_activation_secret_says_so_until_a_password_is_chosen(
    nobody: Client, at_acme: Client, database: Database, now: datetime
) -> None:
    with support(database.support) as session:
        secret = issue_password(session, "acme", None, now, must_change=True).text
    session = (await signed_in(nobody, "acme", secret)).json()["data"]["signIn"]
    client = Client(nobody.http, token=session["token"])

    changed = await client.query(f'mutation {{ changePassword(current: "{secret}", new: "{CHOSEN}") }}')

    again = (await signed_in(nobody, "acme", CHOSEN)).json()["data"]["signIn"]
    assert (session["mustChangePassword"], again["mustChangePassword"]) == (True, False)
    assert changed == {"changePassword": True}


async def test_a_link_signs_in_with_a_password_of_ones_own(
    nobody: Client, at_acme: Client, database: Database, now: datetime
) -> None:
    with support(database.support) as session:
        link = issue_link(session, "acme", None, now).secret
    activate = f'mutation {{ activate(link: "{link}", password: "{CHOSEN}") {{ token company {{ slug }} }} }}'

    begun = (await nobody.query(activate))["activate"]

    assert await Client(nobody.http, token=begun["token"]).query(WHO) == {"company": begun["company"]}
    assert await nobody.codes(activate) == ["LINK_INVALID"]
