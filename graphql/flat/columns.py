"""Columns: the values that one field has in many rows, completed together."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cache
from itertools import chain, islice
from types import CoroutineType, GeneratorType, NoneType
from typing import Any, Final, Protocol

from graphql.pyutils import Undefined

from turnout.graphql.flat.fallbacks import NotFlatError, Reason
from turnout.graphql.flat.leaves import Leaf, Values

# What has a meaning of its own to an executor, so that its attributes are never looked at.
_NO_ROWS: Final = (BaseException, CoroutineType, GeneratorType, type(Undefined))


class Column(ABC):
    """The values of a field. What they come to is for a JSON encoder: a day is still a date."""

    def __init__(self, *, nullable: bool) -> None:
        self._nullable = nullable

    def complete(self, values: Values) -> Values:
        """What the values come to, in their order. Raises NotFlatError when one of them is not plain."""
        kinds = set(map(type, values))
        if NoneType not in kinds:
            return self._present(values, kinds) if values else []
        if not self._nullable:
            raise NotFlatError(Reason.NULL)
        present = [value for value in values if value is not None]
        completed = self._present(present, kinds - {NoneType}) if present else present
        if completed is present:
            return values
        following = iter(completed)
        return [None if value is None else next(following) for value in values]

    @abstractmethod
    def _present(self, values: Values, kinds: set[type]) -> Values:
        """The same of values that are there, at least one, of these types."""


class Leaves(Column):
    """Values of a scalar or an enum."""

    def __init__(self, leaf: Leaf, *, nullable: bool) -> None:
        super().__init__(nullable=nullable)
        self._leaf = leaf

    def _present(self, values: Values, kinds: set[type]) -> Values:
        if not kinds <= self._leaf.kinds:
            raise NotFlatError(Reason.TYPE)
        return self._leaf.encode(values)


class Lists(Column):
    """Lists of anything: the items of all of them are one column."""

    def __init__(self, items: Column, *, nullable: bool) -> None:
        super().__init__(nullable=nullable)
        self._items = items

    def _present(self, values: Values, kinds: set[type]) -> Values:
        if not kinds <= {list, tuple}:
            raise NotFlatError(Reason.ITERABLE)
        completed = iter(self._items.complete(list(chain.from_iterable(values))))
        return [list(islice(completed, len(value))) for value in values]


class Table(Protocol):
    """What makes objects of rows."""

    def objects(self, rows: Values) -> Iterable[Any]:
        """An object for each row. Raises NotFlatError."""
        ...


class Objects(Column):
    """Rows of which something is selected."""

    def __init__(self, table: Table, *, nullable: bool) -> None:
        super().__init__(nullable=nullable)
        self._table = table

    def _present(self, values: Values, kinds: set[type]) -> Values:
        if not all(map(is_row, kinds)):
            raise NotFlatError(Reason.ROW)
        return list(self._table.objects(values))


@cache
def is_row(kind: type[Any]) -> bool:
    """Whether instances of a class have attributes that can be read for no other reason than to be shown."""
    return not (issubclass(kind, _NO_ROWS) or hasattr(kind, "__await__") or hasattr(kind, "__getattr__"))
