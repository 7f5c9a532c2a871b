"""Whatever one company was told, to everybody else it is what nobody was ever told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from graphql import is_required_argument

from tests.api.asking import MUTATION, QUERY, everything
from tests.api.clients import Client
from tests.rows import rows_of, tables
from tests.wall import Admin

from .canaries import ALPHA, ids
from .conftest import Stage
from .crawling import Shown, answers
from .questions import SPANS, Part, arguments_of_mutations, naming, packed, questions, segmented

# Texts in mutations that name nothing of anybody.
SAID = {"company", "password", "current", "new", "link", "label", "addresses", "views"} | {
    "rule.name",
    "rule.targets.webhook",
    "rule.targets.email",
    "name",
    "segment.roomPrefix",
    "segment.metadata.key",
    "segment.metadata.value",
}
# What else a mutation may need.
HOOK = {"webhook": "https://alerts.example.com/"}
NEEDED = {
    "company": "canary-beta",
    "password": "no password",
    "scopes": ["READ_STATS"],
    "rule": {"name": "r", "condition": {"metric": "USERS"}, "targets": [HOOK]},
}
# What is compared with what was said, and finds nothing.
COMPARED = {"segment.externalId"}
OURS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What each answer has of its own: the secrets that are made, and their ids.
MADE = re.compile(rb"turnout_\w+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CURSORS = 8
# How many of the texts are tried on every argument; all of them by --thorough.
FEW = 40


@dataclass(frozen=True)
class Harvest:
    """What a company was told that another may come to know."""

    texts: list[str]
    cursors: list[str]

    def parts(self) -> Iterator[Part]:
        """Each argument of each root field in which any text may stand, with each text, or with each cursor."""
        for name, argument, is_list in naming():
            needed = {key: span for key, span in SPANS.items() if key in QUERY.fields[name].args}
            fitting = self.cursors if argument == "after" else self.texts
            yield from (Part(name, needed | {argument: [value] if is_list else value}) for value in fitting)
        for name in segmented():
            needed = {key: span for key, span in SPANS.items() if key in QUERY.fields[name].args}
            needed |= {"userId": "anna"} if name == "user" else {}
            yield from (Part(name, needed | {"segment": {"declared": value}}) for value in filter(is_id, self.texts))

    def few(self, most: int) -> "Harvest":
        """So many texts from all over, since those of one kind stand beside each other."""
        return Harvest(self.texts[:: max(1, len(self.texts) // most)], self.cursors)

    def invented(self) -> "Harvest":
        """What nobody has, of the same shapes."""
        return Harvest(*([ALPHA.counterpart(value) for value in values] for values in (self.texts, self.cursors)))


def is_id(value: str) -> bool:
    """Whether it has the shape of the ids that we give."""
    return OURS.fullmatch(value) is not None


def harvest(stage: Stage, admin: Admin) -> Harvest:
    """Every name and text that alpha was told, every id that something of it has, and cursors of all kinds."""
    assert stage.alpha.company
    found = sorted(stage.theirs.texts - stage.beside.texts)
    texts = {value for is_cursor, value in found if not is_cursor} | ids(admin, stage.alpha.company.company_id)
    cursors = [value for is_cursor, value in found if is_cursor]
    return Harvest(sorted(texts), cursors[:: max(1, len(cursors) // CURSORS)])


@pytest.mark.parametrize("most", [FEW, pytest.param(10_000, marks=pytest.mark.thorough)], ids=["few", "all"])
async def test_to_another_company_and_to_nobody_it_is_what_nobody_has(stage: Stage, admin: Admin, most: int) -> None:
    theirs = harvest(stage, admin).few(most)
    invented = theirs.invented()
    assert min(len(theirs.texts), len(theirs.cursors)) >= CURSORS
    assert not {*theirs.texts, *theirs.cursors} & {*invented.texts, *invented.cursors}

    for somebody in (stage.beta, stage.nobody):
        told = await answers(somebody, packed(theirs.parts()))
        nothing = await answers(somebody, packed(invented.parts()))

        assert told == nothing
        assert not [answer for answer in told if ALPHA.sings_in(answer.content)]


async def test_the_company_itself_finds_by_each_argument_what_it_was_told(stage: Stage) -> None:
    finding = {part.name + "." + key for part in questions(ALPHA) for key in part.given if key != "first"}

    assert {f"{name}.{argument}" for name, argument, _ in naming() if argument != "after"} <= finding
    assert b'"hasPreviousPage":true' in stage.theirs.content


def test_every_text_of_a_mutation_is_an_id_or_known_to_name_nothing() -> None:
    texts = {leaf for _, leaf, kind in arguments_of_mutations() if kind == "String"}

    assert texts == SAID


@pytest.mark.parametrize("name", sorted(MUTATION.fields))
async def test_nothing_is_done_to_what_belongs_to_another_company(stage: Stage, admin: Admin, name: str) -> None:
    assert stage.alpha.company
    theirs = sorted(ids(admin, stage.alpha.company.company_id))
    before = everything_of(admin, stage.alpha.company.company_id)

    naming_something = {leaf for mutation, leaf, kind in arguments_of_mutations() if (mutation, kind) == (name, "ID")}
    for argument in sorted(naming_something - COMPARED):
        for somebody in (stage.beta, stage.nobody):
            told = await answers(somebody, (mutation(name, argument, value) for value in theirs))
            invented = (str(UUID(int=UUID(value).int ^ 1)) for value in theirs)
            nothing = await answers(somebody, (mutation(name, argument, value) for value in invented))
            assert list(map(unmade, told)) == list(map(unmade, nothing))

    assert everything_of(admin, stage.alpha.company.company_id) == before


async def test_the_companys_name_signs_nobody_in_and_cannot_be_told_from_one_that_nobody_has(stage: Stage) -> None:
    for somebody in (stage.beta, stage.nobody):
        told = await answers(somebody, [sign_in(somebody, ALPHA.slug)])
        assert told == await answers(somebody, [sign_in(somebody, ALPHA.counterpart(ALPHA.slug))])
        assert b"SIGN_IN_FAILED" in told[0].content


def sign_in(somebody: Client, slug: str) -> tuple[str, dict[str, Any]]:
    query = (
        "mutation($company: String!, $password: String!) { signIn(company: $company, password: $password) { token } }"
    )
    return query, {"company": slug, "password": somebody.password or "no password"}


def mutation(name: str, argument: str, value: str) -> tuple[str, dict[str, Any]]:
    """One mutation with one id in it, and whatever else it needs."""
    field = MUTATION.fields[name]
    needed = {key: NEEDED[key] for key, one in field.args.items() if is_required_argument(one) and key != argument}
    given = needed | {argument: value}
    declared = ", ".join(f"${key}: {field.args[key].type}" for key in given)
    passed = ", ".join(f"{key}: ${key}" for key in given)
    return f"mutation({declared}) {{ {name}({passed}) {everything(field)} }}", given


def unmade(answer: Shown) -> tuple[int, bytes, int]:
    """An answer without what was made for it."""
    return answer.status, MADE.sub(b"", answer.content), len(answer.content)


def everything_of(admin: Admin, company_id: int) -> list[str]:
    return list(chain.from_iterable(rows_of(admin, table, company_id) for table in tables(admin)))
