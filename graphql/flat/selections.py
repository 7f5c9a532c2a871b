"""What is selected where, and how it is built: found out once for an operation, however often it is asked."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSkipDirective,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList, GroupedFieldSet

from turnout.graphql.flat.plans import Plan, Planner

Collect = Callable[[GraphQLObjectType, FieldDetailsList], CollectedFields]

# So many ways to include and skip are remembered of one document.
MOST_WAYS: Final = 16
_SWITCHES: Final = frozenset({GraphQLIncludeDirective.name, GraphQLSkipDirective.name})


class Below(NamedTuple):
    """What is selected of an object, and how it is built if that can be done here."""

    collected: CollectedFields
    plan: Plan | None
    details: FieldDetailsList
    """The fields it is selected of, kept because this is found by their address."""


class Selections:
    """Those of an operation in which always the same is included, for those who read people or for those who do not."""

    def __init__(self, *, reads_people: bool) -> None:
        self._reads_people = reads_people
        self._root: GroupedFieldSet | None = None
        self._below: dict[tuple[GraphQLObjectType, int], Below] = {}

    def root(self, found: GroupedFieldSet) -> GroupedFieldSet:
        """The fields at the top: always those that were found first."""
        self._root = self._root or found
        return self._root

    def below(self, kind: GraphQLObjectType, details: FieldDetailsList, collect: Collect) -> Below:
        """What is selected of an object, collected when it is asked for first."""
        known = self._below.get((kind, id(details)))
        if known is None:
            collected = collect(kind, details)
            known = Below(collected, self._plan(kind, collected, collect), details)
            self._below[kind, id(details)] = known
        return known

    def _plan(self, kind: GraphQLObjectType, collected: CollectedFields, collect: Collect) -> Plan | None:
        if collected.new_defer_usages:
            return None

        def plan_below(kind: GraphQLObjectType, details: FieldDetailsList) -> Plan | None:
            return self.below(kind, details, collect).plan

        planner = Planner(plan_below, reads_people=self._reads_people)
        return planner.plan(kind, collected.grouped_field_set)


class Ways:
    """The selections of a document, by everything that they depend on."""

    def __init__(self, document: DocumentNode) -> None:
        self._switches = _switches_of(document)
        self._known: dict[tuple[object, ...], Selections] = {}

    def of(self, operation: OperationDefinitionNode, variables: Mapping[str, Any], *, reads_people: bool) -> Selections:
        """Those of an operation with its variables."""
        name = operation.name and operation.name.value
        key = name, reads_people, *map(variables.get, self._switches)
        if key not in self._known:
            if len(self._known) >= MOST_WAYS:
                self._known.clear()
            self._known[key] = Selections(reads_people=reads_people)
        return self._known[key]


def _switches_of(document: DocumentNode) -> tuple[str, ...]:
    """The variables that say what is included."""
    found = _Switches()
    visit(document, found)
    return tuple(sorted(found.names))


class _Switches(Visitor):
    """Writes down the variables of the directives it enters."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        """Note what decides whether something is included."""
        if node.name.value in _SWITCHES:
            said = [argument.value for argument in node.arguments or ()]
            self.names.update(value.name.value for value in said if isinstance(value, VariableNode))
