"""Plans: how the objects of one selection are built, found out once for all rows and requests."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat, starmap
from operator import attrgetter
from typing import Any, Final, cast

import msgspec
from graphql import GraphQLField, GraphQLList, GraphQLNonNull, GraphQLObjectType, is_leaf_type
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet

from turnout.graphql.flat.attributes import attribute_of
from turnout.graphql.flat.columns import Column, Leaves, Lists, Objects
from turnout.graphql.flat.fallbacks import NotFlatError, Reason
from turnout.graphql.flat.leaves import Values, leaf_of

_TYPENAME: Final = "__typename"


class Shown:
    """A field that shows an attribute."""

    def __init__(self, attribute: str, column: Column) -> None:
        self._read = attrgetter(attribute)
        self._column = column

    def of(self, rows: Values) -> Iterable[Any]:
        """What the field shows of each row. Raises NotFlatError."""
        return self._column.complete(list(map(self._read, rows)))


class Named:
    """The field `__typename`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def of(self, rows: Values) -> Iterable[Any]:
        """The type of each row."""
        return repeat(self._name, len(rows))


@dataclass(frozen=True, eq=False)
class Plan:
    """A selection of an object: the fields that are built here, and those whose own resolvers somebody has to call."""

    keys: tuple[str, ...]
    plain: tuple[Shown | Named, ...]
    own: GroupedFieldSet
    places: tuple[int | None, ...]
    """For each key, which of the plain fields it is; None for one of the others."""

    def rows(self, rows: Values) -> Iterable[tuple[Any, ...]]:
        """Of each row what the plain fields show. Raises NotFlatError, whatever went wrong."""
        try:
            return zip(*[field.of(rows) for field in self.plain], strict=True)
        except NotFlatError:
            raise
        except Exception as error:  # the ordinary executor meets it again, and says where
            raise NotFlatError(Reason.RAISED) from error

    def objects(self, rows: Values) -> Iterable[Any]:
        """The object of each row, where all fields are plain. Raises NotFlatError."""
        return starmap(_object_of(self.keys), self.rows(rows))

    def object(self, shown: Sequence[Any]) -> Any:  # noqa: ANN401 -- a struct of its own
        """The object of one row, of what all its fields show."""
        return _object_of(self.keys)(*shown)

    def merged(self, shown: Sequence[Any], own: dict[str, Any]) -> dict[str, Any]:
        """The object of one row, of what its plain fields show and what the others came to."""
        pairs = zip(self.keys, self.places, strict=True)
        return {key: own[key] if place is None else shown[place] for key, place in pairs}

    async def merged_later(self, shown: Sequence[Any], own: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        """The same when the others are waited for."""
        return self.merged(shown, await own)


class Planner:
    """Makes plans; `plan_below` gives that of an object which is selected below others."""

    def __init__(
        self,
        plan_below: Callable[[GraphQLObjectType, FieldDetailsList], Plan | None],
        *,
        reads_people: bool,
    ) -> None:
        self._plan_below = plan_below
        self._reads_people = reads_people

    def plan(self, kind: GraphQLObjectType, selected: GroupedFieldSet) -> Plan | None:
        """How objects of a type are built; None when there is nothing to be gained."""
        if kind.is_type_of:
            return None
        found = {key: self._field(kind, details) for key, details in selected.items()}
        plain = {key: field for key, field in found.items() if field}
        if not plain:
            return None
        own = {key: details for key, details in selected.items() if key not in plain}
        places = {key: place for place, key in enumerate(plain)}
        return Plan(tuple(selected), tuple(plain.values()), own, tuple(places.get(key) for key in selected))

    def _field(self, parent: GraphQLObjectType, details: FieldDetailsList) -> Shown | Named | None:
        name = details[0].node.name.value
        if name == _TYPENAME:
            return Named(parent.name)
        known: GraphQLField | None = parent.fields.get(name)
        attribute = attribute_of(known, reads_people=self._reads_people) if known else None
        column = self._column(cast("Any", known).type, details) if known and attribute else None
        return Shown(attribute, column) if attribute and column else None

    def _column(self, kind: Any, details: FieldDetailsList, *, nullable: bool = True) -> Column | None:  # noqa: ANN401 -- generics without arguments
        if isinstance(kind, GraphQLNonNull):
            return self._column(_within(kind), details, nullable=False)
        if isinstance(kind, GraphQLList):
            items = self._column(_within(kind), details)
            return Lists(items, nullable=nullable) if items else None
        if isinstance(kind, GraphQLObjectType):
            plan = self._plan_below(kind, details)
            return Objects(plan, nullable=nullable) if plan and not plan.own else None
        leaf = leaf_of(kind) if is_leaf_type(kind) else None
        return Leaves(leaf, nullable=nullable) if leaf else None


@lru_cache(1024)
def _object_of(keys: tuple[str, ...]) -> Callable[..., Any]:
    """Makes an object of its values. Encoding one costs half of what a dict with the same keys does."""
    names = [f"_{number}" for number in range(len(keys))]
    fields = cast("list[tuple[str, type]]", [(name, object) for name in names])
    return msgspec.defstruct("Object", fields, rename=dict(zip(names, keys, strict=True)), gc=False)


def _within(kind: Any) -> Any:  # noqa: ANN401 -- generics without arguments
    return kind.of_type
