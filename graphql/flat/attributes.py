"""Which fields do nothing but show an attribute of their row."""

from collections.abc import Callable
from typing import Any, Final

from graphql import GraphQLField, GraphQLResolveInfo
from strawberry.resolvers import is_default_resolver
from strawberry.types.field import StrawberryField

Resolver = Callable[..., Any]

_DEFINITION: Final = "strawberry-definition"
# Strawberry's resolver of a field without one; a field with an extension or a handler of exceptions has another.
_READS_ALONE: Final = "_get_basic_result"


class Veiled:
    """A resolver that shows to whoever reads people what is `bare`, and something else to everybody else."""

    def __init__(self, bare: Resolver, disguised: Resolver) -> None:
        self.bare = bare
        self._disguised = disguised

    def __call__(self, row: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:  # noqa: ANN401 -- as resolvers do
        """What whoever asks may see."""
        return self._disguised(row, info, **arguments)


def attribute_of(field: GraphQLField, *, reads_people: bool) -> str | None:
    """The attribute that a field shows as it is to whoever asks; None for a field that does more than that."""
    resolve = field.resolve
    if isinstance(resolve, Veiled):
        if not reads_people:
            return None
        resolve = resolve.bare
    definition = field.extensions.get(_DEFINITION)
    if not isinstance(definition, StrawberryField) or field.args or resolve is None:
        return None
    plain = is_default_resolver(resolve) and resolve.__name__ == _READS_ALONE and definition.is_basic_field
    return definition.python_name if plain and definition.default_resolver is getattr else None
