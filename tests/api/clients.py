"""Clients of the application, and what they say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from turnout.tenants.company import Company


@dataclass(frozen=True)
class Client:
    """Somebody with a credential, or without one."""

    http: httpx.AsyncClient
    company: Company | None = None
    token: str | None = None
    key: str | None = None
    password: str = ""

    async def post(self, query: str, variables: Mapping[str, Any] | None = None, **headers: str) -> httpx.Response:
        """POST /graphql with the session's token."""
        body = {"query": query} | ({"variables": variables} if variables else {})
        return await self.http.post("/graphql", json=body, headers=bearer(self.token) | headers)

    async def query(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The data of an answer without errors."""
        answer = (await self.post(query, variables)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def errors(self, query: str, variables: Mapping[str, Any] | None = None) -> list[Any]:
        """The errors of an answer without data."""
        answer = (await self.post(query, variables)).json()
        assert answer.get("data") is None, answer
        return answer["errors"]

    async def codes(self, query: str, variables: Mapping[str, Any] | None = None) -> list[str]:
        return [error["extensions"]["code"] for error in await self.errors(query, variables)]

    async def ingest(self, content: Any, media: str = "application/cloudevents-batch+json") -> httpx.Response:
        """POST /ingest with the key."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return await self.http.post("/ingest", content=body, headers={"content-type": media} | bearer(self.key))

    async def meets(self, event: str, start: datetime, *, minutes: int, people: int = 1) -> None:
        """People join an event together and leave together."""
        left = start + timedelta(minutes=minutes)
        stays = [f"{event}-{number}" for number in range(people)]
        told = [joined(event, stay, start) for stay in stays] + [leaves(event, stay, left) for stay in stays]
        answer = await self.ingest(told)
        assert answer.status_code == 200, answer.text

    async def tell(self, activities: Sequence[dict[str, Any]]) -> None:
        """Activities that are all new and all count."""
        answer = await self.ingest(activities)
        assert answer.json() == {"accepted": len(activities), "known": 0, "quarantined": []}


async def program(client: Client, *scopes: str, label: str | None = None) -> Client:
    """A program of the same company, with a key of these scopes."""
    issue = f"mutation($label: String) {{ issueKey(scopes: [{', '.join(scopes)}], label: $label) {{ text }} }}"
    made = await client.query(issue, {"label": label})
    return Client(client.http, client.company, made["issueKey"]["text"])


def bearer(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def joined(event: str, connection: str, at: datetime, **data: str) -> dict[str, Any]:
    return activity(f"{connection}-joined", "turnout.stay.joined", at, event=event, connection=connection, **data)


def leaves(event: str, connection: str, at: datetime) -> dict[str, Any]:
    return activity(f"{connection}-left", "turnout.stay.left", at, event=event, connection=connection)


def activity(name: str, kind: str, at: datetime, /, **data: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": name, "source": "test", "type": kind, "time": at.isoformat(), "data": data}
