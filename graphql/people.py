"""What belongs to people: declared on the fields and arguments themselves, and hidden from whoever may not read it.

Every field that is a text or an id, and every argument of a question that is one, carries one of the declarations
below: a test finds those that do not.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from graphql import GraphQLField, GraphQLNamedType, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, get_named_type
from strawberry.execution import optimized_is_awaitable

from turnout.database.errors import TurnoutError
from turnout.graphql.context import Context
from turnout.graphql.flat.attributes import Resolver, Veiled
from turnout.tenants.credential import Scope
from turnout.tenants.pseudonyms import Pseudonyms

Asking = GraphQLResolveInfo[Context]

MARK: Final = "people"
_DEFINITION: Final = "strawberry-definition"


@dataclass(frozen=True, slots=True)
class Disguise:
    """What a value is shown as: `prefix` and a pseudonym of the thing whose id the row has under the name `of`.

    It is shown as it is where the row says so under the name `unless`.
    """

    prefix: str
    kind: str
    of: str
    unless: str | None = None

    def hides(self, row: Any) -> bool:  # noqa: ANN401 -- whatever the field has
        """Whether the value of this row belongs to people."""
        return self.unless is None or not getattr(row, self.unless)


# The text or id tells nothing of anybody: the words of the platform and of the company itself, and what is sealed.
HARMLESS: Final[Mapping[str, Any]] = {MARK: None}
# An argument that names somebody or something of theirs.
NAMES_PEOPLE: Final[Mapping[str, Any]] = {MARK: True}


def user_id(of: str) -> Mapping[str, Any]:
    """The id of a user, which the row has under this name."""
    return {MARK: Disguise("user", "user", of)}


def user_name(of: str) -> Mapping[str, Any]:
    """The name of the user whose id the row has under this name."""
    return {MARK: Disguise("name", "user", of)}


def event_id(of: str) -> Mapping[str, Any]:
    """The id of an event: a platform may well have made it from a title or a name."""
    return {MARK: Disguise("event", "event", of)}


def event_title(of: str) -> Mapping[str, Any]:
    """The title of the event whose id the row has under this name."""
    return {MARK: Disguise("title", "event", of)}


def room(of: str) -> Mapping[str, Any]:
    """The id or the name of the room whose id the row has under this name: often a person's own."""
    return {MARK: Disguise("room", "room", of)}


def external_id(of: str) -> Mapping[str, Any]:
    """The id that the customer's own system has for somebody, which the row has under this name."""
    return {MARK: Disguise("external", "external", of)}


def stay_name(of: str) -> Mapping[str, Any]:
    """The name of whoever stays, where the row has the stay's own id under this name."""
    return {MARK: Disguise("name", "stay", of)}


def acting_name(of: str) -> Mapping[str, Any]:
    """The name of whoever acted with the credential whose id the row has under this name."""
    return {MARK: Disguise("name", "credential", of)}


def connection_id(of: str) -> Mapping[str, Any]:
    """The id of a connection: a platform may well have made it from a name."""
    return {MARK: Disguise("connection", "connection", of)}


def metadata(of: str) -> Mapping[str, Any]:
    """What a platform said of a stay in words of its own, in the place that the row has under this name.

    It is not made of what was said: whoever may tell of stays would find out by trying.
    """
    return {MARK: Disguise("value", "metadata", of)}


def address(of: str) -> Mapping[str, Any]:
    """The network address that the row has under this name."""
    return {MARK: Disguise("address", "address", of)}


def address_ranges(of: str) -> Mapping[str, Any]:
    """Ranges of addresses of the key whose id the row has under this name.

    They are not made of what they stand for: whoever may make keys would find out by trying.
    """
    return {MARK: Disguise("range", "range", of)}


def user_agent(of: str) -> Mapping[str, Any]:
    """What the program called itself that used the credential whose id the row has under this name.

    It is not made of what the program said, which anybody can say and compare.
    """
    return {MARK: Disguise("agent", "agent", of)}


def segment(prefix: str, of: str) -> Mapping[str, Any]:
    """What the stays of a declared segment have in common, of the segment whose id the row has under this name.

    It is not made of what it stands for: whoever may declare segments would find out by trying.
    """
    return {MARK: Disguise(prefix, "segment", of)}


def detail(of: str, unless: str) -> Mapping[str, Any]:
    """What is said of an act, in the place that the row has under the first name, unless the second says otherwise."""
    return {MARK: Disguise("detail", "detail", of, unless)}


def email(of: str) -> Mapping[str, Any]:
    """The e-mail address of the target whose id the row has under this name.

    It is not made of the address: whoever may make rules would find out by trying.
    """
    return {MARK: Disguise("email", "email", of)}


def hide_people(core: GraphQLSchema) -> None:
    """Let every field show, and every root field take, what belongs to people only where people may be read."""
    for kind in core.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for field in kind.fields.values():
                if isinstance(disguise := declaration(field), Disguise):
                    bare = _resolver(field)
                    field.resolve = Veiled(bare, _disguised(bare, disguise))
    for root in (core.query_type, core.mutation_type, core.subscription_type):
        for field in root.fields.values() if root else ():
            field.resolve = _guarded(field)


def demand_own_user(context: Context, argument: str, user_key: str | None) -> None:
    """Raises PEOPLE_NOT_READABLE for a user other than the credential's own, where people may not be read.

    What is bound to a user is told the pseudonym of that user: it would tell of whom the company's figures are.
    """
    own = context.credential.user_key if context.credential else None
    if user_key not in (None, own) and not context.reads_people:
        raise _not_readable(argument)


def declaration(of: Any) -> Any:  # noqa: ANN401 -- a field or an argument of graphql-core; Disguise, True or None
    """What a field or an argument says of people; None when it has nothing to do with them."""
    definition = of.extensions.get(_DEFINITION)
    return definition.metadata.get(MARK) if definition else None


def personal_columns(field: GraphQLField) -> frozenset[str]:
    """By what of people a list can be ordered: its columns are named as the fields of its rows."""
    rows = _rows_of(field)
    columns = rows.fields.values() if rows else ()
    return frozenset(_name(column).upper() for column in columns if isinstance(declaration(column), Disguise))


def _disguised(resolve: Resolver, disguise: Disguise) -> Resolver:
    def shown(row: Any, info: Asking, **arguments: Any) -> Any:  # noqa: ANN401 -- whatever the field has
        value = resolve(row, info, **arguments)
        context = info.context
        if value is None or context.reads_people or not disguise.hides(row):
            return value
        thing_id = getattr(row, disguise.of)
        return None if thing_id is None else _pseudonym(context.disguises(), disguise, thing_id, value)

    return shown


def _pseudonym(pseudonyms: Pseudonyms, disguise: Disguise, thing_id: object, value: object) -> str | list[str]:
    """What stands for a value; for a list of values each by its place."""
    kind, prefix = disguise.kind, disguise.prefix
    if isinstance(value, list):
        places = range(len(cast("list[Any]", value)))
        return [pseudonyms.of(kind, f"{thing_id}/{place}", prefix) for place in places]
    return pseudonyms.of(kind, f"{thing_id}", prefix)


def _guarded(field: GraphQLField) -> Resolver:
    """The same root field, or itself when it neither takes nor shows anything of people."""
    resolve = _resolver(field)
    naming = [name for name, argument in field.args.items() if declaration(argument)]
    columns, shows_people = personal_columns(field), _shows_people(field)
    if not (naming or columns or shows_people):
        return resolve

    def guarded(root: Any, info: Asking, **arguments: Any) -> Any:  # noqa: ANN401 -- whatever the field has
        context = info.context
        if context.credential is None or context.reads_people:
            return resolve(root, info, **arguments)
        _refuse_people(context, arguments, naming, columns)
        found = resolve(root, info, **arguments)
        return _with_disguises(context, found) if shows_people else found

    return guarded


def _refuse_people(context: Context, given: Mapping[str, Any], naming: list[str], columns: frozenset[str]) -> None:
    """Raises PEOPLE_NOT_READABLE for arguments that find or order people; a key that reads nothing is told that."""
    asked = [name for name in naming if given.get(name) is not None]
    order = given.get("orderBy")
    if order and order["field"].name in columns:
        asked.append("orderBy")
    if asked and context.reading():
        raise _not_readable(asked[0])


def _not_readable(argument: str) -> TurnoutError:
    return TurnoutError(
        "PEOPLE_NOT_READABLE",
        f"`{argument}` asks for what belongs to people, which this credential may not read.",
        f"Leave it out, or use a credential with the scope {Scope.READ_PEOPLE}.",
        argument=argument,
    )


async def _with_disguises(context: Context, found: object) -> object:
    """What a root field gives, once there are pseudonyms for it: both are asked for in one round trip."""
    if not optimized_is_awaitable(found):
        await context.learn_disguises()
        return found
    _, result = await asyncio.gather(context.learn_disguises(), cast("Awaitable[Any]", found))
    return result


def _shows_people(field: GraphQLField) -> bool:
    """Whether anything below a root field belongs to people."""
    seen: set[str] = set()
    waiting = [field]
    while waiting:
        one = waiting.pop()
        if isinstance(declaration(one), Disguise):
            return True
        kind = _named(one)
        if isinstance(kind, GraphQLObjectType) and kind.name not in seen:
            seen.add(kind.name)
            waiting.extend(kind.fields.values())
    return False


def _rows_of(field: GraphQLField) -> GraphQLObjectType | None:
    """The type of a list's rows; None for what is no list in pages."""
    page = _named(field)
    nodes = page.fields.get("nodes") if isinstance(page, GraphQLObjectType) else None
    rows = _named(nodes) if nodes else None
    return rows if isinstance(rows, GraphQLObjectType) else None


def _named(field: GraphQLField) -> GraphQLNamedType:
    return cast("GraphQLNamedType", get_named_type(cast("Any", field).type))


def _name(field: GraphQLField) -> str:
    return cast("str", field.extensions[_DEFINITION].python_name)


def _resolver(field: GraphQLField) -> Resolver:
    return cast("Resolver", field.resolve)
