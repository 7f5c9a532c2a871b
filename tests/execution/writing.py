"""Valid operations on any schema, drawn by hypothesis: aliases, fragments, directives and all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from hypothesis import strategies as st

VARIABLES = "$yes: Boolean = true, $no: Boolean = false, $maybe: Boolean!"
_SWITCHES = ["$yes", "$no", "$maybe", "true", "false"]
_MOST_FRAGMENTS = 4

Draw = Callable[[st.SearchStrategy[Any]], Any]
# What stands in the brackets of a field, as it comes and under an alias.
Arguments = Mapping[str, tuple[str, str]]


@dataclass
class Writer:
    """Writes one operation. What has one key is one field with one way to be asked: such fields can be merged."""

    draw: Draw
    schema: GraphQLSchema
    arguments: Arguments
    fragments: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def operation(self, kind: str, root: GraphQLObjectType, depth: int) -> str:
        """The text of an operation on a root type."""
        selected = self._selection(root, depth)
        fragments = " ".join(f"fragment {name} {text}" for name, text in self.fragments)
        return f"{kind} ({VARIABLES}) {selected} {fragments}"

    def _selection(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        parts = [self._part(kind, depth) for _ in range(self.draw(st.integers(1, 5)))]
        return f"{{ {' '.join(parts)} }}"

    def _part(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        way = self.draw(st.sampled_from(["field"] * 7 + ["inline", "spread", "typename"]))
        if way == "typename":
            alias = self.draw(st.sampled_from(["", "kind: ", "other: "]))
            return f"{alias}__typename{self._switch()}"
        if way == "inline":
            on = self.draw(st.sampled_from(["", f"on {kind.name} "]))
            return f"... {on}{self._switch()} {self._selection(kind, depth)}"
        if way == "spread" and len(self.fragments) < _MOST_FRAGMENTS:
            return self._spread(kind, depth)
        return self._field(kind, depth)

    def _spread(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        name = f"F{len(self.fragments)}"
        self.fragments.append((name, ""))
        place = len(self.fragments) - 1
        self.fragments[place] = (name, f"on {kind.name} {self._selection(kind, depth)}")
        again = f" ...{name}" if self.draw(st.booleans()) else ""
        return f"...{name}{self._switch()}{again}"

    def _field(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        possible = {
            name: known for name, known in kind.fields.items() if depth > 0 or not isinstance(_named(known), _COMPOSITE)
        }
        if not possible:
            return "__typename"
        name = self.draw(st.sampled_from(sorted(possible)))
        aliased = bool(self.draw(st.booleans()))
        given: str = self.arguments.get(f"{kind.name}.{name}", ("", ""))[aliased]
        below, named = "", _named(possible[name])
        if isinstance(named, _COMPOSITE):
            below = f" {self._selection(named, depth - 1)}"
        return f"{f'{name}Too: ' if aliased else ''}{name}{given}{self._switch()}{below}"

    def _given(self, kind: str, name: str, *, aliased: bool) -> str:
        ways = self.arguments.get(f"{kind}.{name}")
        return ways[aliased] if ways else ""

    def _switch(self) -> str:
        if self.draw(st.integers(0, 3)):
            return ""
        directive = self.draw(st.sampled_from(["include", "skip"]))
        return f" @{directive}(if: {self.draw(st.sampled_from(_SWITCHES))})"


_COMPOSITE = (GraphQLObjectType, GraphQLInterfaceType)


def _named(known: GraphQLField) -> GraphQLNamedType:
    return cast("GraphQLNamedType", get_named_type(cast("Any", known).type))


@st.composite
def operations(
    draw: Draw, schema: GraphQLSchema, arguments: Arguments, *, depth: int = 4, kinds: tuple[str, ...] = ("query",)
) -> str:
    """Operations that are valid, to be asked with or without the variable `maybe` being true."""
    kind = draw(st.sampled_from(kinds))
    root = schema.query_type if kind == "query" else schema.mutation_type
    assert root
    return Writer(draw, schema, arguments).operation(kind, root, depth)
