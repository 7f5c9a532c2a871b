"""From where a request came, behind a proxy and without one, and where cookies may go over plain http."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest

from turnout.database.errors import TurnoutError
from turnout.server.app import create_app
from turnout.server.process import Server, address_of, bind, refuse_insecure_cookies
from turnout.server.routes.cookies import Cookies
from turnout.server.services import Services
from turnout.server.settings import read_settings

from .clients import Client
from .test_session import SIGN_IN


@asynccontextmanager
async def listening(services: Services, proxies: str) -> AsyncGenerator[httpx.AsyncClient]:
    started, listener = asyncio.Event(), bind("127.0.0.1", 0)
    server = Server(create_app(services), services.readiness, started.set, trusted_proxies=proxies)
    task = asyncio.create_task(server.serve([listener]))
    await started.wait()
    async with httpx.AsyncClient(base_url=address_of(listener), timeout=30) as http:
        yield http
    server.should_exit = True
    await task


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        ("", "198.51.100.7", "127.0.0.1"),
        ("10.0.0.0/8", "198.51.100.7", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.0/8, 10.0.0.0/8", "203.0.113.9, 198.51.100.7, 10.0.0.3", "198.51.100.7"),
        ("127.0.0.1", "nonsense", None),
    ],
)
async def test_only_a_known_proxy_says_from_where_somebody_comes(
    services: Services, at_acme: Client, proxies: str, forwarded: str, address: str | None
) -> None:
    async with listening(services, proxies) as http:
        variables = {"company": "acme", "password": at_acme.password}
        answer = await Client(http).post(SIGN_IN, variables, **{"x-forwarded-for": forwarded})
        token = answer.json()["data"]["signIn"]["token"]
        sessions = (await Client(http, token=token).query("{ sessions { address current } }"))["sessions"]

    assert [session["address"] for session in sessions if session["current"]] == [address]


@pytest.mark.parametrize("proxies", ["*", "proxy.example", "10.0.0.1/8", "10.0.0.1;10.0.0.2"])
def test_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch, proxies: str) -> None:
    monkeypatch.setenv("TURNOUT_TRUSTED_PROXIES", proxies)

    with pytest.raises(TurnoutError, match="INVALID_SETTING"):
        read_settings()


def test_cookies_over_plain_http_are_for_this_machine_alone() -> None:
    here, everywhere = bind("127.0.0.1", 0), bind("0.0.0.0", 0)
    with here, everywhere:
        refuse_insecure_cookies(here)
        with pytest.raises(TurnoutError, match="INSECURE_COOKIES"):
            refuse_insecure_cookies(everywhere)


def test_a_cookie_over_plain_http_says_so_by_its_name() -> None:
    assert Cookies(insecure=True).setting("x") == "turnout=x; HttpOnly; SameSite=Lax; Path=/"
