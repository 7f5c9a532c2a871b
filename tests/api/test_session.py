"""signIn and signOut."""

from datetime import datetime, timedelta

import httpx

from .clients import Client

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
