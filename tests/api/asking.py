"""Questions written from the schema itself, so that no field and no argument of it can be forgotten."""

from collections.abc import Collection, Mapping
from typing import Any, cast

import httpx
from graphql import GraphQLField, GraphQLNamedType, GraphQLObjectType, get_named_type

from turnout.graphql.schema import schema

from .clients import Client

QUERY = cast("GraphQLObjectType", schema.core.query_type)
MUTATION = cast("GraphQLObjectType", schema.core.mutation_type)


# What is of no stay and of no event, and so is refused in a segment.
_OF_COMPANY = (
    "billedMinutes messages uploadedBytes newUsers registeredUsers storage storageBytes signIns diskBytes "
    "peakRecordings peakRecordingsAt recordedMinutes storedRecordingMinutes storedRecordingBytes peakLiveStreams "
    "peakLiveStreamsAt captionsMinutes captionsEnabledMinutes whiteboardMinutes breakoutMinutes transcriptionMinutes "
    "screenShareMinutes sentMinutes receivedMinutes quality chatPosts publicChatPosts privateChatPosts qaPosts "
    "questions answers"
)
NOT_IN_SEGMENTS = frozenset(
    f"{kind}.{name}"
    for kind in ("PeriodSummary", "SectionSummary", "DayTotal", "DailyPeak", "UserStat")
    for name in _OF_COMPANY.split()
)


def everything(field: GraphQLField, beside: Collection[str] = ()) -> str:
    """The selection of all that a field has beside some, down to the leaves; nothing for a leaf."""
    kind = cast("GraphQLNamedType", get_named_type(cast("Any", field).type))
    if not isinstance(kind, GraphQLObjectType):
        return ""
    selected = {name: inner for name, inner in kind.fields.items() if f"{kind.name}.{name}" not in beside}
    return "{ " + " ".join(f"{name} {everything(inner, beside)}" for name, inner in selected.items()) + " }"


def question(name: str, given: Mapping[str, Any], selection: str | None = None) -> str:
    """A question with a variable for each argument that is given; it asks for everything unless told otherwise."""
    field = QUERY.fields[name]
    declared = ", ".join(f"${argument}: {field.args[argument].type}" for argument in given)
    passed = ", ".join(f"{argument}: ${argument}" for argument in given)
    brackets = (f"({declared})", f"({passed})") if given else ("", "")
    return f"query{brackets[0]} {{ {name}{brackets[1]} {everything(field) if selection is None else selection} }}"


async def send(client: Client, name: str, /, **given: Any) -> httpx.Response:
    """The answer as it was sent."""
    return await client.post(question(name, given), given)


async def ask(client: Client, name: str, /, **given: Any) -> Any:
    """What a root field answers, with everything that it has."""
    return (await client.query(question(name, given), given))[name]


async def refusal(client: Client, name: str, /, **given: Any) -> dict[str, Any]:
    """The extensions of the one error that a question gets instead of an answer."""
    [error] = await client.errors(question(name, given), given)
    return error["extensions"]
