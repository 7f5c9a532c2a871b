"""An executor that builds what is plain column by column, and leaves everything else to the one it is made from."""

from collections.abc import Sequence
from typing import Any, Final, cast

from graphql import (
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    is_abstract_type,
)
from graphql.execution.collect_fields import CollectedFields, DeferUsage, FieldDetailsList, GroupedFieldSet
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from turnout.graphql.flat.columns import Objects, is_row
from turnout.graphql.flat.fallbacks import NotFlatError, Reason, Tally
from turnout.graphql.flat.plans import Plan
from turnout.graphql.flat.selections import Selections, Ways

_LISTS: Final = (list, tuple)


class FlatExecutor(StrawberryGraphQLCoreExecutionContext):
    """Answers exactly as its base does: data, the order of keys, and errors with their paths and places.

    Where every selected field of a list or an object shows an attribute, and every value is what its type wants, no
    function is called for a value. Fields with resolvers of their own go the ordinary way, those beside them do not.
    Whatever is not plain is completed by the base from its beginning, and counted.

    The data is for a JSON encoder: objects may be structs, days and instants what they were.
    """

    def __init__(self, *built: Any, ways: Ways | None = None, tally: Tally | None = None, **options: Any) -> None:  # noqa: ANN401 -- as graphql-core builds executors
        super().__init__(*built, **options)
        self._tally = tally or Tally()
        self._begun: dict[Plan, dict[int, Sequence[Any]]] = {}
        self._selections = self._selected(ways)
        self._flat = self.middleware_manager is None and self.abort_signal is None
        if not self._flat:
            self._tally.fell_back(Reason.MIDDLEWARE)

    def _selected(self, ways: Ways | None) -> Selections:
        reads_people = getattr(self.context_value, "reads_people", None) is True
        if ways is None:
            return Selections(reads_people=reads_people)
        return ways.of(self.operation, self.variable_values.coerced, reads_people=reads_people)

    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,  # noqa: ANN401 -- as the base has it, here and below
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        new_defer_usages: Sequence[DeferUsage],
    ) -> Any:  # noqa: ANN401
        """Begin with the fields that are known from before."""
        if new_defer_usages and self._flat:
            self._flat = False
            self._tally.fell_back(Reason.INCREMENTAL)
        fields = self._selections.root(grouped_field_set) if self._flat else grouped_field_set
        return super().execute_collected_root_fields(root_type, root_value, fields, serially, new_defer_usages)

    def collect_subfields(
        self, return_type: GraphQLObjectType, field_details_list: FieldDetailsList
    ) -> CollectedFields:
        """What is selected of an object, as it is known from before."""
        if not self._flat:
            return super().collect_subfields(return_type, field_details_list)
        return self._selections.below(return_type, field_details_list, super().collect_subfields).collected

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,  # noqa: ANN401
        position_context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """The items of a list, all of them at once where that can be done."""
        begun = None if position_context else self._begin(return_type.of_type, field_details_list, result)
        if isinstance(begun, list):
            return begun
        try:
            return cast("Any", super()).complete_list_value(
                return_type, field_details_list, info, path, result, position_context
            )
        finally:
            if begun:
                del self._begun[begun]

    def _begin(
        self,
        item_type: Any,  # noqa: ANN401 -- generics without arguments
        details: FieldDetailsList,
        result: object,
    ) -> list[Any] | Plan | None:
        """The whole list; or the plan of its items, when what is plain of them is in `_begun`; or nothing."""
        kind = cast("Any", item_type).of_type if isinstance(item_type, GraphQLNonNull) else item_type
        if not self._flat:
            return None
        if is_abstract_type(kind):
            self._tally.fell_back(Reason.ABSTRACT)
        plan = self._plan(kind, details) if isinstance(kind, GraphQLObjectType) else None
        if plan is None:
            return None
        try:
            return self._columns(plan, result, nullable=kind is item_type)
        except NotFlatError as error:
            self._tally.fell_back(error.reason)
            return None

    def _columns(self, plan: Plan, result: object, *, nullable: bool) -> list[Any] | Plan:
        if not isinstance(result, _LISTS):
            raise NotFlatError(Reason.ITERABLE)
        rows = list(cast("Sequence[Any]", result))
        if not plan.own:
            completed = Objects(plan, nullable=nullable).complete(rows)
            self._tally.built += 1
            return completed
        present = [row for row in rows if row is not None]
        self._begun[plan] = dict(zip(map(id, present), self._shown(plan, present), strict=True))
        return plan

    def _shown(self, plan: Plan, rows: list[Any]) -> list[tuple[Any, ...]]:
        if not all(map(is_row, set(map(type, rows)))):
            raise NotFlatError(Reason.ROW)
        shown = list(plan.rows(rows))
        self._tally.built += 1
        return shown

    def collect_and_execute_subfields(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        path: Path,
        result: Any,  # noqa: ANN401
        position_context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """An object: what is plain of it at once, and the fields beside that as the base does it."""
        plan = self._plan(return_type, field_details_list) if self._flat and not position_context else None
        shown = self._shown_of(plan, result) if plan else None
        if plan is None or shown is None:
            return super().collect_and_execute_subfields(
                return_type, field_details_list, path, result, position_context
            )
        if not plan.own:
            return plan.object(shown)
        own = self.execute_fields(return_type, result, path, plan.own, None)
        return plan.merged(shown, own) if isinstance(own, dict) else plan.merged_later(shown, own)

    def _shown_of(self, plan: Plan, row: object) -> Sequence[Any] | None:
        if plan in self._begun:
            return self._begun[plan].get(id(row))
        try:
            return self._shown(plan, [row])[0]
        except NotFlatError as error:
            self._tally.fell_back(error.reason)
            return None

    def _plan(self, kind: GraphQLObjectType, details: FieldDetailsList) -> Plan | None:
        return self._selections.below(kind, details, super().collect_subfields).plan
