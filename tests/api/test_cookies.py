"""Sessions in cookies: for pages of this very server, and for nobody else."""

import httpx
import pytest

from .clients import Client

SIGN_IN = """
mutation ($company: String!, $password: String!) {
  signIn(company: $company, password: $password, cookie: true) { token mustChangePassword company { slug } }
}
"""
WHO = "{ company { slug } }"
OWN = {"sec-fetch-site": "same-origin"}


async def signed_in(client: Client, **headers: str) -> httpx.Response:
    """Signed in with a cookie by somebody without a credential, who does not keep it."""
    variables = {"company": "acme", "password": client.password}
    answer = await Client(client.http).post(SIGN_IN, variables, **headers)
    client.http.cookies.clear()
    return answer


async def sent(client: Client, answer: httpx.Response, query: str = WHO, **headers: str) -> httpx.Response:
    """A question sent with the cookie of an answer."""
    cookie = answer.headers["set-cookie"].partition(";")[0]
    return await Client(client.http).post(query, None, **({"cookie": cookie} | headers))


def codes(answer: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in answer.json().get("errors", [])]


async def test_a_cookie_is_for_this_host_and_for_no_script(at_acme: Client) -> None:
    answer = await signed_in(at_acme)

    name, _, rest = answer.headers["set-cookie"].partition("=")
    token, *attributes = rest.split("; ")
    assert name == "__Host-turnout"
    assert token.startswith("turnout_session_")
    assert set(attributes) == {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"}


async def test_the_body_has_no_token(at_acme: Client) -> None:
    answer = await signed_in(at_acme)

    assert answer.json()["data"]["signIn"] == {"token": None, "mustChangePassword": False, "company": {"slug": "acme"}}
    assert "turnout_session_" not in answer.text


async def test_a_cookie_asks_for_its_company(at_acme: Client) -> None:
    answer = await sent(at_acme, await signed_in(at_acme), **OWN)

    assert answer.json()["data"] == {"company": {"slug": "acme"}}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": "http://turnout.test"},
        {"origin": "https://turnout.test.evil.test"},
        {"sec-fetch-site": "cross-site", "origin": "https://turnout.test"},
    ],
)
async def test_a_cookie_sent_by_any_other_page_is_refused(at_acme: Client, headers: dict[str, str]) -> None:
    cookie = await signed_in(at_acme)

    answer = await sent(at_acme, cookie, "mutation { signOut }", **headers)

    assert (answer.status_code, codes(answer)) == (403, ["FORBIDDEN_ORIGIN"])
    assert (await sent(at_acme, cookie, **OWN)).json()["data"] == {"company": {"slug": "acme"}}


async def test_a_browser_that_says_only_its_origin_is_believed(at_acme: Client) -> None:
    answer = await sent(at_acme, await signed_in(at_acme), origin="https://turnout.test")

    assert answer.json()["data"] == {"company": {"slug": "acme"}}


async def test_a_page_of_somebody_else_begins_no_session_in_a_cookie(at_acme: Client) -> None:
    answer = await signed_in(at_acme, origin="https://evil.test")

    assert codes(answer) == ["FORBIDDEN_ORIGIN"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_what_a_page_may_send_without_asking_is_not_read(at_acme: Client, media: str) -> None:
    cookie = (await signed_in(at_acme)).headers["set-cookie"].partition(";")[0]

    answer = await at_acme.http.post(
        "/graphql", content=b'{"query": "{ __typename }"}', headers={"content-type": media, "cookie": cookie} | OWN
    )

    assert answer.status_code == 415


async def test_signing_out_ends_the_session_and_clears_the_cookie(at_acme: Client) -> None:
    cookie = await signed_in(at_acme)

    out = await sent(at_acme, cookie, "mutation { signOut }", **OWN)

    assert out.json()["data"] == {"signOut": True}
    assert out.headers["set-cookie"] == "__Host-turnout=; Max-Age=0; Secure; HttpOnly; SameSite=Lax; Path=/"
    assert codes(await sent(at_acme, cookie, **OWN)) == ["UNAUTHENTICATED"]


async def test_whoever_has_a_cookie_that_has_ended_may_sign_in_again(at_acme: Client) -> None:
    cookie = await signed_in(at_acme)
    await sent(at_acme, cookie, "mutation { signOut }", **OWN)

    again = await signed_in(at_acme, cookie=cookie.headers["set-cookie"].partition(";")[0], **OWN)

    assert again.json()["data"]["signIn"]["company"] == {"slug": "acme"}


async def test_a_token_is_no_cookie_and_a_cookie_no_token(at_acme: Client) -> None:
    token = (await signed_in(at_acme)).headers["set-cookie"].partition(";")[0].partition("=")[2]

    as_header = await Client(at_acme.http, token=token).post(WHO)
    as_cookie = await Client(at_acme.http).post(WHO, None, cookie=f"__Host-turnout={at_acme.token}", **OWN)

    assert (as_header.status_code, codes(as_header)) == (401, ["UNAUTHENTICATED"])
    assert codes(as_cookie) == ["UNAUTHENTICATED"]
