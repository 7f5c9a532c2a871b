"""The sessions of a company as it sees and ends them."""

from typing import Any

from .clients import Client
from .test_session import WHO, signed_in

SESSIONS = "{ sessions { id kind label beganAt lastSeenAt expiresAt address userAgent current } }"


async def another(client: Client) -> Client:
    session = (await signed_in(Client(client.http), "acme", client.password)).json()["data"]["signIn"]
    return Client(client.http, client.company, session["token"], password=client.password)


async def listed(client: Client) -> list[Any]:
    return (await client.query(SESSIONS))["sessions"]


async def test_a_company_sees_its_own_sessions_and_which_is_this_one(at_acme: Client, at_globex: Client) -> None:
    other = await another(at_acme)

    ours, theirs = await listed(other), await listed(at_globex)

    assert [session.pop("current") for session in sorted(ours, key=lambda each: each["current"])] == [False, True]
    assert len(theirs) == 1
    [this] = [session for session in ours if session["address"]]
    assert this.pop("id")
    assert this == {
        "kind": "BEARER",
        "label": None,
        "beganAt": "2026-03-02T12:00:00Z",
        "lastSeenAt": "2026-03-02T12:00:00Z",
        "expiresAt": "2026-03-03T00:00:00Z",
        "address": "127.0.0.1",
        "userAgent": at_acme.http.headers["user-agent"],
    }


async def test_a_session_is_ended_by_another_at_once(at_acme: Client) -> None:
    other = await another(at_acme)
    [session] = [session for session in await listed(at_acme) if not session["current"]]

    ended = [await at_acme.query(f'mutation {{ endSession(id: "{session["id"]}") }}') for _ in range(2)]

    assert ended == [{"endSession": True}, {"endSession": False}]
    assert (await other.post(WHO)).status_code == 401


async def test_a_session_of_another_company_is_none(at_acme: Client, at_globex: Client) -> None:
    [session] = await listed(at_globex)

    theirs = await at_acme.post(f'mutation {{ endSession(id: "{session["id"]}") }}')
    unknown = await at_acme.post('mutation { endSession(id: "00000000-0000-0000-0000-000000000000") }')

    assert theirs.content == unknown.content
    assert await at_globex.query(WHO) == {"company": {"slug": "globex"}}


async def test_all_other_sessions_are_ended_together(at_acme: Client, at_globex: Client) -> None:
    others = [await another(at_acme) for _ in range(2)]

    ended = await at_acme.query("mutation { endOtherSessions }")

    assert ended == {"endOtherSessions": 2}
    assert [(await other.post(WHO)).status_code for other in others] == [401, 401]
    assert await at_acme.query(WHO) == {"company": {"slug": "acme"}}
    assert await at_globex.query(WHO) == {"company": {"slug": "globex"}}
