"""Asking everything that can be asked, and keeping every byte of the answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.api.asking import QUERY
from tests.api.clients import Client

from .canaries import Canary
from .questions import Part, packed, questions, texts

WIDE = 2


@dataclass(frozen=True)
class Shown:
    """All of an answer but the number of its request."""

    status: int
    content: bytes
    headers: tuple[tuple[str, str], ...]


def shown(answer: httpx.Response) -> Shown:
    headers = tuple(item for item in answer.headers.items() if item[0] != "x-request-id")
    return Shown(answer.status_code, answer.content, headers)


@dataclass(frozen=True)
class Crawl:
    """Every answer that a company got, and every id and text in them, with whether it is a cursor."""

    answers: tuple[Shown, ...]
    texts: frozenset[tuple[bool, str]]

    @property
    def content(self) -> bytes:
        return b"\n".join(answer.content + repr(answer.headers).encode() for answer in self.answers)


async def crawl(client: Client, canary: Canary) -> Crawl:
    """Everything that a company can ask, every list through all its pages."""
    answers, found = list[Shown](), set[tuple[bool, str]]()
    waiting = list(questions(canary))
    while waiting:
        following = list[Part]()
        for parts, (query, variables) in zip(*_batches(waiting), strict=True):
            answer = await client.post(query, variables)
            body = answer.json()
            assert "errors" not in body, body["errors"]
            answers.append(shown(answer))
            for part, value in zip(parts, body["data"].values(), strict=True):
                found |= set(texts(QUERY.fields[part.name], value))
                following += _next_page(part, value)
        waiting = following
    return Crawl(tuple(answers), frozenset(found))


def _batches(parts: list[Part]) -> tuple[list[list[Part]], list[tuple[str, dict[str, Any]]]]:
    """The operations, and which questions are in each."""
    operations = list(packed(parts))
    left, batches = iter(parts), list[list[Part]]()
    for query, _ in operations:
        batches.append([next(left) for _ in range(_size(query))])
    return batches, operations


def _size(query: str) -> int:
    return sum(f" a{number}: " in query for number in range(20))


def _next_page(part: Part, value: Any) -> Iterator[Part]:
    """Short pages lead on to the next one."""
    if part.given.get("first") == WIDE and "after" in QUERY.fields[part.name].args and value["pageInfo"]["hasNextPage"]:
        yield Part(part.name, part.given | {"after": value["pageInfo"]["endCursor"]})


async def settle(client: Client) -> None:
    """Return when nothing waits to be computed, so that no answer says so."""
    question = "{ days(period: {preset: LAST_7_DAYS}) { day } }"
    while "pending" in (await client.post(question)).json()["extensions"]:
        pass


async def answers(client: Client, operations: Iterable[tuple[str, dict[str, Any]]]) -> list[Shown]:
    """What a client is told, errors included."""
    return [shown(await client.post(query, variables)) for query, variables in operations]
