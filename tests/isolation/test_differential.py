"""Another company beside one's own changes no byte of any answer, and nothing of it is in any."""

import json
from typing import Any, cast

from tests.api.asking import QUERY
from tests.wall import Admin

from .canaries import ALPHA, BETA, LARGER, MEANT, ids, silent, story
from .conftest import Stage
from .crawling import crawl
from .questions import questions


def test_every_text_of_both_companies_is_a_canary(stage: Stage, admin: Admin) -> None:
    for client, canary in ((stage.alpha, ALPHA), (stage.beta, BETA)):
        assert client.company
        assert set(silent(admin, client.company.company_id, canary)) <= MEANT.keys()


def test_no_answer_is_other_than_in_a_database_without_the_other_company(stage: Stage) -> None:
    assert len(list(questions(BETA))) > 4 * len(QUERY.fields)
    assert stage.beside.answers == stage.alone.answers


def test_in_no_answer_is_anything_of_the_other_company(stage: Stage, admin: Admin) -> None:
    assert stage.alpha.company
    theirs = ids(admin, stage.alpha.company.company_id)

    assert BETA.sings_in(stage.beside.content)
    assert not ALPHA.sings_in(stage.beside.content)
    assert not BETA.sings_in(stage.theirs.content)
    assert not [value for value in theirs if value.encode() in stage.beside.content]


def test_no_size_is_of_the_other_companys_making(stage: Stage) -> None:
    for found, canary in ((stage.beside, BETA), (stage.theirs, ALPHA)):
        sizes = [size for answer in found.answers for size in bytes_in(json.loads(answer.content)["data"])]

        assert max(sizes) == 3 * canary.prime * LARGER
        assert not [size for size in sizes if size % canary.prime]


async def test_telling_what_another_company_has_told_is_telling_something_new(stage: Stage) -> None:
    theirs = story(ALPHA)
    before = await crawl(stage.alpha, ALPHA)

    told = await stage.newcomer.ingest(theirs)
    replaced = await stage.newcomer.ingest([replacing(one) for one in theirs])

    assert told.json() == replaced.json() == {"accepted": len(theirs), "known": 0, "quarantined": []}
    assert await crawl(stage.alpha, ALPHA) == before


def replacing(one: dict[str, Any]) -> dict[str, Any]:
    """An activity that takes back one of the other company's."""
    return one | {"id": f"{one['id']} again", "replaces": one["id"]}


def bytes_in(value: Any, name: str = "") -> list[int]:
    """Every number of bytes in an answer."""
    match value:
        case dict():
            return [size for key, inner in cast("dict[str, Any]", value).items() for size in bytes_in(inner, key)]
        case list():
            return [size for inner in cast("list[Any]", value) for size in bytes_in(inner, name)]
        case _:
            return [value] if isinstance(value, int) and name.lower().endswith("bytes") else []
