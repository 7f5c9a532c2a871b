"""What an operation may cost, known before anything of it is executed: the rows that it can bring at most."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableNode,
    Visitor,
    get_operation_ast,
    visit,
)

from turnout.database.errors import TurnoutError
from turnout.graphql.bounds import MOST_ROWS

MOST_NODES: Final = 500_000
NODES_OF_A_POINT: Final = 100
# What a list counts as that is no page: the days of a period, the roles of a stay, the reasons of a revision.
ROWS_OF_A_LIST: Final = 10
# Counts stop here: forty fragments that double each other would otherwise give numbers of hundreds of digits.
_ENOUGH: Final = 1_000_000_000
# The argument that says how many rows a list has, where it is not `first`.
_SIZED_BY: Final = {"clients": "limit"}
_NOBODY: Final = -1


class Cost(NamedTuple):
    """What an operation may bring: `nodes` are the rows of its lists, each as often as the rows around it."""

    nodes: int = 0
    roots: int = 0

    @property
    def points(self) -> int:
        """What it takes of a budget: one for each field at the top, and one for every hundred nodes."""
        return self.roots + self.nodes // NODES_OF_A_POINT

    def extensions(self) -> dict[str, object]:
        """What an answer says of it."""
        return {"cost": {"nodes": self.nodes, "points": self.points}}

    def refusal(self) -> TurnoutError | None:
        """Why it is not executed for anybody; None when it may be."""
        if self.nodes <= MOST_NODES:
            return None
        return TurnoutError(
            "QUERY_TOO_COSTLY",
            f"The operation asks for up to {self.nodes} nodes; {MOST_NODES} is the most.",
            "Ask for smaller pages with `first`, for fewer lists within lists, or in several requests.",
            value=self.nodes,
            maximum=MOST_NODES,
        )


class _List(NamedTuple):
    """A list: below which other one of its definition, what says how many rows it has, and how many otherwise."""

    above: int
    said: ValueNode | None
    otherwise: int


@dataclass
class _Plan:
    """The lists of a definition, outer ones first; its fields at the top; and below which lists it uses fragments."""

    roots: int = 0
    lists: list[_List] = field(default_factory=list[_List])
    spreads: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    def cost(self, variables: Mapping[str, Any], fragments: Mapping[str, Cost]) -> Cost:
        """What it costs where it stands once, when the fragments it uses cost this."""
        rows, nodes, roots = {_NOBODY: 1}, 0, self.roots
        for number, one in enumerate(self.lists):
            rows[number] = min(rows[one.above] * _rows(one.said, variables, one.otherwise), _ENOUGH)
            nodes += rows[number]
        for above, name in self.spreads:
            nodes += rows[above] * fragments[name].nodes
            roots += fragments[name].roots
        return Cost(min(nodes, _ENOUGH), min(roots, _ENOUGH))


class Costs:
    """The costs of the operations of a valid document, which is walked once for all variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._document = document
        types = TypeInfo(schema)
        plans = _Plans(schema, types)
        visit(document, TypeInfoVisitor(types, plans))
        self._plans = plans.found
        uses = {name: [used for _, used in plan.spreads] for name, plan in self._plans.items()}
        self._order = tuple(TopologicalSorter(uses).static_order())

    def of(self, operation: str | None, variables: Mapping[str, Any] | None) -> Cost | None:
        """What an operation costs with its variables; None when there is not exactly one of this name."""
        found = get_operation_ast(self._document, operation)
        if found is None:
            return None
        values, costs = _defaults(found) | dict(variables or {}), dict[str, Cost]()
        for name in self._order:
            costs[name] = self._plans[name].cost(values, costs)
        return costs[_key(found)]


class _Plans(Visitor):
    """Writes down the plan of each definition it walks through."""

    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self.found: dict[str, _Plan] = {}
        self._roots = {schema.query_type, schema.mutation_type, schema.subscription_type}
        self._types = types
        self._plan = _Plan()
        self._within = [_NOBODY]

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        """Begin the plan of an operation."""
        self._plan = self.found[_key(node)] = _Plan()

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: object) -> None:
        """Begin the plan of a fragment."""
        self._plan = self.found[_key(node)] = _Plan()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        """Note which fragment is used, and where."""
        self._plan.spreads.append((self._within[-1], f"fragment {node.name.value}"))

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Note a list, and count a field at the top."""
        self._plan.roots += self._types.get_parent_type() in self._roots
        known, above = self._types.get_field_def(), self._within[-1]
        if known and (rows := self._size(node, known)):
            self._plan.lists.append(_List(above, *rows))
            above = len(self._plan.lists) - 1
        self._within.append(above)

    def leave_field(self, *_: object) -> None:
        """What follows is no longer within the list."""
        self._within.pop()

    def _size(self, node: FieldNode, known: GraphQLField) -> tuple[ValueNode | None, int] | None:
        """What says how many rows a field has; None for a field without, and for what is in a page that has them."""
        argument = _SIZED_BY.get(node.name.value, "first")
        if argument in known.args:
            said = next((one.value for one in node.arguments or () if one.name.value == argument), None)
            return said, _bounded(known.args[argument].default_value)
        parent = self._types.get_parent_type()
        if parent is None or parent.name.startswith("__") or "pageInfo" in getattr(parent, "fields", ()):
            return None
        kind = str(known.type)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] -- generics without arguments
        is_list = node.selection_set is not None and kind.startswith("[")
        return (None, ROWS_OF_A_LIST) if is_list else None


def _key(definition: OperationDefinitionNode | FragmentDefinitionNode) -> str:
    """What a definition is found by; an operation and a fragment may have one name."""
    kind = "fragment" if isinstance(definition, FragmentDefinitionNode) else "operation"
    return f"{kind} {definition.name.value if definition.name else ''}"


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    """The numbers that an operation's variables have where none is sent."""
    return {
        one.variable.name.value: _rows(one.default_value, {}, MOST_ROWS)
        for one in operation.variable_definitions or ()
        if one.default_value is not None
    }


def _rows(said: ValueNode | None, variables: Mapping[str, Any], otherwise: int) -> int:
    if isinstance(said, VariableNode):
        return _bounded(variables.get(said.name.value, otherwise))
    if said is None:
        return otherwise
    # A number of many digits is the default of a variable that says something else.
    return _bounded(int(said.value) if isinstance(said, IntValueNode) and len(said.value) < 10 else None)


def _bounded(value: object) -> int:
    """A number of rows as far as one can be had: more are refused by the list itself, and so is what is no number."""
    return int(min(max(value, 0), MOST_ROWS)) if isinstance(value, int | float) else MOST_ROWS
