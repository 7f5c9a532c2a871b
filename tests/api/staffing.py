"""Members of support as clients, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from .clients import bearer


@dataclass(frozen=True)
class Staff:
    """Somebody at the endpoint of support, with a token or without one."""

    http: httpx.AsyncClient
    token: str | None = None
    password: str = ""

    async def post(self, query: str, variables: Mapping[str, Any] | None = None) -> httpx.Response:
        """POST /support/graphql."""
        body = {"query": query} | ({"variables": variables} if variables else {})
        return await self.http.post("/support/graphql", json=body, headers=bearer(self.token))

    async def query(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = (await self.post(query, variables)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def code(self, query: str, **variables: Any) -> str:
        """The code of the one error that is answered."""
        [error] = (await self.post(query, variables)).json()["errors"]
        return error["extensions"]["code"]


SIGN_IN = (
    "mutation ($name: String!, $password: String!) { signIn(name: $name, password: $password) { token expiresAt } }"
)


async def signed_in(http: httpx.AsyncClient, name: str, password: str) -> Staff:
    session = (await Staff(http).query(SIGN_IN, name=name, password=password))["signIn"]
    return Staff(http, session["token"], password)
