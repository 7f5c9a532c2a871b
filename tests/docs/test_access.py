"""docs/access.md: its operations are valid where they are sent, and its doors open in the order of the page."""

import re
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, parse, validate

from turnout.graphql.schema import schema
from turnout.graphql.support.schema import support_schema

from .conftest import SECONDS, Stage
from .pages import fences, read, sections

# Companies of this page alone: the server is that of other pages too.
PAGE = read("docs/access.md").replace("acme", "walked").replace("globex", "walked-too")
PARTS = sections(PAGE, 2)
GENERATED = r"\b(?:[2-9A-HJ-NP-Z]{5}-){3}[2-9A-HJ-NP-Z]{5}\b"
CHOSEN = "kein Schwein ruft mich an"
SCHEMAS = {"support": support_schema.core, "company": schema.core, "user": schema.core, "key": schema.core}


@pytest.mark.parametrize(("kind", "of"), SCHEMAS.items())
def test_every_operation_is_valid_where_it_is_sent(kind: str, of: GraphQLSchema) -> None:
    shown = fences(PAGE, f"graphql {kind}")

    assert shown
    assert [error.message for operation in shown for error in validate(of, parse(operation))] == []


def test_the_doors_open_in_the_order_of_the_page(stage: Stage) -> None:
    provisioning, accounts, *_ = fences(PARTS["Support staff"], "sh")
    [password] = re.findall(GENERATED, stage.turnout(provisioning))
    [of_staff] = re.findall(GENERATED, stage.turnout(accounts))

    look_around_as_support(stage, of_staff)
    change_password_as_company(stage, password)
    ask_with_keys(stage)


def look_around_as_support(stage: Stage, password: str) -> None:
    signing_in, *others = fences(PARTS["Support staff"], "graphql support")
    token = post(stage, "/support/graphql", signing_in, password=password)["signIn"]["token"]
    answers = [post(stage, "/support/graphql", operation, token) for operation in others]

    assert [node["slug"] for node in answers[1]["support"]["companies"]["nodes"]].count("walked-too") == 1
    opened = answers[2]["openAccess"]["token"]
    assert post(stage, "/graphql", "{ company { slug } }", opened) == {"company": {"slug": "walked-too"}}


def change_password_as_company(stage: Stage, password: str) -> None:
    signing_in, choosing, who, making = fences(PAGE, "graphql company")
    token = post(stage, "/graphql", signing_in, password=password)["signIn"]["token"]

    assert post(stage, "/graphql", choosing, token, current=password, new=CHOSEN) == {"changePassword": True}
    assert [session["current"] for session in post(stage, "/graphql", who, token)["sessions"]] == [True]
    assert post(stage, "/graphql", making, token)["issueKey"]["key"]["id"]
    assert post(stage, "/graphql", signing_in, password=CHOSEN)["signIn"]["mustChangePassword"] is False


def ask_with_keys(stage: Stage) -> None:
    commands, one_user = fences(PARTS["Integrators"], "sh")
    of_user = stage.turnout(one_user).split()[-1]
    [_, reports, *_] = commands.splitlines()
    [embedding] = fences(PAGE, "graphql key")
    token = post(stage, "/graphql", embedding, stage.turnout(reports).split()[-1])["issueEmbedToken"]["token"]

    assert post(stage, "/graphql", fences(PAGE, "graphql user")[0], of_user)["eventStats"]["totalCount"] == 0
    assert post(stage, "/graphql", "{ dailyPeaks(period: {preset: YESTERDAY}) { connections } }", token)["dailyPeaks"]


def post(stage: Stage, path: str, operation: str, token: str | None = None, **variables: str) -> Any:
    """The data of an answer without errors."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    body = {"query": operation, "variables": variables}
    answer = httpx.post(stage.address + path, json=body, headers=headers, timeout=SECONDS).json()
    assert "errors" not in answer, answer
    return answer["data"]
