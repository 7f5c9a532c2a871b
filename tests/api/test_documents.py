"""Documents that ask for too much, or make no sense."""

from typing import Any

import pytest
from graphql import parse

from turnout.graphql import documents
from turnout.graphql.bounds import measure
from turnout.graphql.documents import LARGEST_KEPT, DocumentRefusedError, Documents, prepare
from turnout.graphql.schema import schema

from .clients import Client

BY_VARIABLE = "query($p: PeriodInput!) { dailyPeaks(period: $p) { day } }"

SUMMARY = """
fragment Summary on PeriodSummary {
  period { from to } asOf eventsCreated eventsNotHeld personalCalls groupCalls eventsByTemplate { kind eventsHeld }
  total { ...Section } meetings { ...Section } webinars { ...Section } calls { ...Section } sections { ...Section }
}
fragment Section on SectionSummary {
  section eventsHeld participationMinutes uniqueParticipants meanDailyPeakConnections
  peakConnections { ...Peak } peakSpeakers { ...Peak } peakListeners { ...Peak } peakEvents { ...Peak }
}
fragment Peak on Peak { value at limit share headroom }
"""


def doubling(times: int) -> str:
    """Each fragment uses the next one twice: 2^times aliases in so many lines."""
    links = "".join(f" fragment f{n} on Query {{ a{n}: __typename ...f{n + 1} ...f{n + 1} }}" for n in range(times))
    return f"{{ ...f0 }}{links} fragment f{times} on Query {{ __typename }}"


def test_doubling_fragments_are_measured_by_looking_at_each_selection_once() -> None:
    sizes = measure(parse(doubling(40)))

    assert sizes.visits == 1 + 40 * 3 + 1
    assert {excess.what for excess in sizes.excesses()} == {"aliases", "root fields", "fields"}


def test_nested_doubling_fragments_are_measured_by_looking_at_each_selection_once() -> None:
    links = "".join(f" fragment f{n} on T {{ x {{ ...f{n + 1} }} y {{ ...f{n + 1} }} }}" for n in range(100))

    sizes = measure(parse(f"{{ ...f0 }}{links} fragment f100 on T {{ z }}"))

    assert sizes.visits == 1 + 100 * 4 + 1
    assert {excess.what for excess in sizes.excesses()} == {"levels of fields", "fields"}


def test_fragments_in_a_circle_are_measured_and_end() -> None:
    sizes = measure(parse("{ ...a } fragment a on Query { x: __typename ...b } fragment b on Query { ...a }"))

    assert sizes.visits == 4


def refused(text: str) -> list[str]:
    with pytest.raises(DocumentRefusedError) as caught:
        prepare(schema.core, text)
    return [error["extensions"].get("limit") or error["extensions"]["code"] for error in caught.value.errors]


def test_each_bound_refuses_one_more_than_it_allows() -> None:
    on = " @include(if: true)"
    assert refused("{" + "".join(f" a{n}: __typename" for n in range(31)) + "}") == ["aliases", "root fields"]
    assert refused("{" + " __typename" * 21 + "}") == ["root fields"]
    assert refused("{" + f" __typename{on}" * 11 + "}") == ["directives"]
    assert refused("{ company {" + " limits {" * 9 + " value" + " }" * 10 + " }") == ["levels of fields"]
    assert refused("{" + " __typename" * 2000 + "}") == ["GRAPHQL_PARSE_FAILED"]
    assert refused("#\n" * 2001 + "{ __typename }") == ["GRAPHQL_PARSE_FAILED"]


def test_bounds_count_what_fragments_bring() -> None:
    aliases = " fragment a on Query {" + "".join(f" a{n}: __typename" for n in range(16)) + "}"
    ten = " fragment a on Query {" + " __typename @skip(if: false)" * 10 + "}"

    assert refused("{ ...a ...a }" + aliases) == ["aliases", "root fields"]
    assert refused("{ ...a @include(if: true) }" + ten) == ["directives"]


def test_an_operation_may_use_what_it_is_allowed() -> None:
    prepare(schema.core, "{" + " __typename @include(if: true)" * 10 + " __typename" * 10 + "}")
    prepare(schema.core, "{ company {" + "".join(f" a{n}: slug" for n in range(30)) + "} }")


def test_a_document_nested_beyond_reason_is_refused() -> None:
    assert refused("{ a " * 900 + "}" * 900) in (["levels of fields"], ["GRAPHQL_PARSE_FAILED"])
    assert refused("{ company(x: " + "[" * 990 + "]" * 990 + ") }") == ["GRAPHQL_PARSE_FAILED"]


async def test_a_chain_of_fragments_as_long_as_the_bounds_allow_is_answered_or_refused(at_acme: Client) -> None:
    chain = "".join(f" fragment f{n} on Query {{ ...f{n + 1} }}" for n in range(240))

    answer = (await at_acme.post("{ ...f0 }" + chain + " fragment f240 on Query { company { slug } }")).json()

    assert answer.get("data") or answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_twenty_whole_summaries_are_not_too_much() -> None:
    aliases = " ".join(f"a{n}: periodSummary(period: {{preset: TODAY}}) {{ ...Summary }}" for n in range(20))

    prepare(schema.core, f"{{ {aliases} }} {SUMMARY}")


def test_fields_repeated_without_end_are_not_compared_without_end() -> None:
    assert refused("{ company {" + " limits { value }" * 450 + " } }") == ["GRAPHQL_VALIDATION_FAILED"]
    assert refused("{ company {" + " slug" * 1900 + " } }") == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_bound_says_what_was_found_and_what_is_allowed(at_acme: Client) -> None:
    [error] = await at_acme.errors("{" + " __typename" * 21 + "}")

    assert error["message"] == "The operation has 21 root fields; 20 is the most."
    assert error["extensions"] == {
        "code": "LIMIT_EXCEEDED",
        "hint": "Split the operation into several requests.",
        "limit": "root fields",
        "value": 21,
        "maximum": 20,
    }


async def test_validation_ends_after_five_errors_and_suggests_nothing(at_acme: Client) -> None:
    errors = await at_acme.errors("{ " + " ".join(f"compan{n}" for n in range(20)) + " }")

    assert len(errors) == 6
    assert {error["extensions"]["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}
    assert "Did you mean" not in str(errors)


async def test_suggestions_are_nowhere(at_acme: Client) -> None:
    wrong = [
        "{ compani { slug } }",
        "{ dailyPeaks(perio: {preset: TODAY}) { day } }",
        "{ dailyPeaks(period: {presett: TODAY}) { day } }",
        "{ dailyPeaks(period: {preset: TODAI}) { day } }",
        "{ ...a } fragment a on Quer { company { slug } }",
        "{ company @includ(if: true) { slug } }",
    ]

    answers = [str(await at_acme.errors(query)) for query in wrong]
    answers.append(str(await at_acme.errors(BY_VARIABLE, {"p": {"presett": 1}})))

    assert not [answer for answer in answers if "Did you mean" in answer]


async def test_what_makes_no_sense_is_refused_and_breaks_nothing(at_acme: Client) -> None:
    wrong = {
        "{": "GRAPHQL_PARSE_FAILED",
        "": "GRAPHQL_PARSE_FAILED",
        "type Query { a: Int }": "GRAPHQL_VALIDATION_FAILED",
        "subscription { company { slug } }": "GRAPHQL_VALIDATION_FAILED",
        "query a { __typename } query b { __typename }": "GRAPHQL_VALIDATION_FAILED",
        "fragment a on Query { __typename }": "GRAPHQL_VALIDATION_FAILED",
        "{ dailyPeaks(period: {}) { day } }": "GRAPHQL_VALIDATION_FAILED",
        "{ dailyPeaks(period: {preset: null}) { day } }": "GRAPHQL_VALIDATION_FAILED",
        "{ dailyPeaks(period: {preset: $nope}) { day } }": "GRAPHQL_VALIDATION_FAILED",
        "{ ...a } fragment a on Query { dailyPeaks(period: {preset: $nope}) { day } }": "GRAPHQL_VALIDATION_FAILED",
        '{ dailyPeaks(period: {preset: TODAY, dates: {from: "2026-01-01", to: "2026-01-01"}}) { day } }': (
            "GRAPHQL_VALIDATION_FAILED"
        ),
        'mutation { signIn(company: "a\\u0000", password: "b") { token } }': "GRAPHQL_VALIDATION_FAILED",
        'mutation { signIn(company: "a\\u{0}", password: "b") { token } }': "GRAPHQL_VALIDATION_FAILED",
        'mutation { signIn(company: "\\ud800", password: "b") { token } }': "GRAPHQL_PARSE_FAILED",
    }

    codes = {query: (await at_acme.codes(query))[0] for query in wrong}

    assert codes == wrong


async def test_variables_that_do_not_fit_are_refused(at_acme: Client) -> None:
    wrong: list[Any] = [
        None,
        {},
        {"p": None},
        {"p": {}},
        {"p": []},
        {"p": {"preset": 1}},
        {"p": {"preset": "TODAY", "dates": {"from": "2026-01-01", "to": "2026-01-01"}}},
        {"p": {"preset": None}},
        {"p": {"dates": {"from": "2026-01-01"}}},
        {"p": {"dates": {"from": "2026-02-30", "to": "2026-03-01"}}},
        {"p": {"instants": {"from": "2026-01-01T00:00:00", "to": "2026-01-02T00:00:00Z"}}},
        {"p": {"preset": 10**300}},
    ]

    answers = [await at_acme.post(BY_VARIABLE, variables) for variables in wrong]

    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert "data" not in answer.json()


async def test_null_where_a_default_stands_in_is_the_clients_error(at_acme: Client) -> None:
    query = "query($s: [Section!]) { dailyPeaks(period: {preset: TODAY}, sections: $s) { day } }"

    answer = (await at_acme.http.post("/graphql", json={"query": query, "variables": {"s": None}})).json()

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]


def test_documents_are_kept_until_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "KEPT", 100_000)
    kept = Documents(schema.core)
    first = kept.prepare("{ __typename }")

    assert kept.prepare("{ __typename }") is first
    for number in range(10):
        kept.prepare(f"{{ __typename }} # {number} {'x' * 100}")

    assert kept.prepare("{ __typename }") is not first


def test_a_large_document_is_not_kept() -> None:
    kept, text = Documents(schema.core), "{ __typename }" + " " * LARGEST_KEPT

    assert kept.prepare(text) is not kept.prepare(text)
