"""Members of support as clients, and what they say: each operation is written from their schema itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx
from graphql import GraphQLField, GraphQLObjectType, is_required_argument

from turnout.graphql.support.schema import support_schema

from .asking import everything
from .clients import bearer

QUERY = cast("GraphQLObjectType", support_schema.core.query_type)
MUTATION = cast("GraphQLObjectType", support_schema.core.mutation_type)
NOWHERE = "00000000-0000-0000-0000-000000000000"
# One of each argument that a field may require.
ARGUMENTS = {
    "slug": '"acme"',
    "company": '"acme"',
    "name": '"Acme"',
    "timeZone": '"Asia/Kolkata"',
    "limit": "{metric: USERS, value: 5}",
    "id": f'"{NOWHERE}"',
    "scopes": '["read:stats"]',
    "reason": '"ticket 7"',
    "password": '"nothing"',
}
OPEN = 'mutation { openAccess(company: "acme", reason: "ticket 7") { id token expiresAt } }'


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


def operations() -> list[tuple[str, str]]:
    """Each root field as an operation of its own, with everything that it has."""
    return [
        (name, f"{kind} {{ {name}{arguments(field)} {selection(field)} }}")
        for kind, root in (("query", QUERY), ("mutation", MUTATION))
        for name, field in root.fields.items()
    ]


def arguments(field: GraphQLField) -> str:
    given = [f"{name}: {ARGUMENTS[name]}" for name, argument in field.args.items() if is_required_argument(argument)]
    return f"({', '.join(given)})" if given else ""


def selection(field: GraphQLField) -> str:
    """Everything that a field has, with the arguments that the fields below it require."""
    return everything(field).replace("company {", f"company{arguments(field_of_support('company'))} {{")


def field_of_support(name: str) -> GraphQLField:
    return cast("GraphQLObjectType", support_schema.core.type_map["Support"]).fields[name]


async def acts(staff: Staff, but: tuple[str, ...] = ("company.added", "password.issued", "key.issued")) -> list[Any]:
    """What the audit of acme says was done by whom, the latest first, but for what the fixtures do."""
    found = await staff.query('{ support { company(slug: "acme") { audit { action name } } } }')
    rows = found["support"]["company"]["audit"]
    return [(row["action"], row["name"]) for row in rows if row["action"].split("_")[0] not in but and row["name"]]
