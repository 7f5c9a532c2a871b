"""How large an operation may be, measured in one walk over its document however its fragments multiply."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
)

# Of a request in JSON, and of the document in it.
LARGEST_BODY: Final = 256 * 1024
MOST_TOKENS: Final = 2000
MOST_LEVELS: Final = 10
MOST_ALIASES: Final = 30
MOST_ROOT_FIELDS: Final = 20
MOST_DIRECTIVES: Final = 10
MOST_FIELDS: Final = 5000
# Of one page of a list.
MOST_ROWS: Final = 1000

# Counts stop here: forty fragments that double each other would otherwise give numbers of hundreds of digits.
_ENOUGH: Final = 1_000_000
_INTROSPECTION: Final = frozenset({"__schema", "__type"})


class Excess(NamedTuple):
    """One bound that an operation exceeds."""

    what: str
    found: int
    most: int
    hint: str


class Spread(NamedTuple):
    """Where a fragment is used: below how many levels of fields."""

    name: str
    level: int


@dataclass
class Size:
    """What a definition comes to; fields count as often as they are executed."""

    levels: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0
    fields: int = 0
    introspects: bool = False

    def add(self, fragment: "Size", level: int) -> None:
        """Count a fragment where it is used."""
        self.levels = max(self.levels, level + fragment.levels)
        self.aliases = min(self.aliases + fragment.aliases, _ENOUGH)
        self.root_fields = min(self.root_fields + (0 if level else fragment.root_fields), _ENOUGH)
        self.directives = min(self.directives + fragment.directives, _ENOUGH)
        self.fields = min(self.fields + fragment.fields, _ENOUGH)
        self.introspects = self.introspects or fragment.introspects


@dataclass
class Sizes:
    """The sizes of the operations of a document. `visits` counts the selections looked at: each is looked at once."""

    operations: list[Size] = field(default_factory=list[Size])
    visits: int = 0

    @property
    def introspects(self) -> bool:
        """Whether an operation asks for the schema."""
        return any(size.introspects for size in self.operations)

    def excesses(self) -> Iterator[Excess]:
        """Every bound that an operation exceeds."""
        for size in self.operations:
            yield from _excesses(size)


def measure(document: DocumentNode) -> Sizes:
    """The sizes of a document's operations.

    Fragments that are unknown or lead in a circle count nothing: validation names them.
    """
    sizes = Sizes()
    fragments: dict[str, FragmentDefinitionNode] = {}
    operations: list[OperationDefinitionNode] = []
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = definition
        elif isinstance(definition, OperationDefinitionNode):
            operations.append(definition)
    own = {name: _own_size(fragment, sizes) for name, fragment in fragments.items()}
    done = _fragment_sizes(own)
    for operation in operations:
        size, spreads = _own_size(operation, sizes)
        sizes.operations.append(_with_fragments(size, spreads, done))
    return sizes


def _own_size(definition: OperationDefinitionNode | FragmentDefinitionNode, sizes: Sizes) -> tuple[Size, list[Spread]]:
    """What a definition comes to without its fragments, and where it uses them."""
    size, spreads = Size(directives=len(definition.directives or ())), list[Spread]()
    if isinstance(definition, OperationDefinitionNode):
        size.directives += sum(len(variable.directives or ()) for variable in definition.variable_definitions or ())
    waiting: list[tuple[Iterable[SelectionNode], int]] = [(definition.selection_set.selections, 0)]
    while waiting:
        selections, level = waiting.pop()
        for selection in selections:
            sizes.visits += 1
            size.directives += len(selection.directives or ())
            if isinstance(selection, FragmentSpreadNode):
                spreads.append(Spread(selection.name.value, level))
                continue
            inner = _count(selection, level, size)
            if nested := getattr(selection, "selection_set", None):
                waiting.append((nested.selections, inner))
    return size, spreads


def _count(selection: SelectionNode, level: int, size: Size) -> int:
    """Count a field or an inline fragment; the level of what is inside it."""
    if not isinstance(selection, FieldNode):
        return level
    name = selection.name.value
    size.fields += 1
    size.aliases += selection.alias is not None
    size.root_fields += level == 0
    size.introspects = size.introspects or name in _INTROSPECTION
    # ofType only unwraps a type: introspection stacks nine of them.
    inner = level if name == "ofType" else level + 1
    size.levels = max(size.levels, inner)
    return inner


def _fragment_sizes(own: Mapping[str, tuple[Size, list[Spread]]]) -> dict[str, Size]:
    """The size of each fragment with those it uses, each added up once and without recursion."""
    done: dict[str, Size] = {}
    for root in own:
        path = [(root, iter(own[root][1]))] if root not in done else []
        on_path = {root}
        while path:
            name, spreads = path[-1]
            following = next(
                (s.name for s in spreads if s.name in own and s.name not in done and s.name not in on_path), None
            )
            if following is None:
                path.pop()
                on_path.discard(name)
                done[name] = _with_fragments(*own[name], done)
            else:
                path.append((following, iter(own[following][1])))
                on_path.add(following)
    return done


def _with_fragments(size: Size, spreads: Iterable[Spread], done: Mapping[str, Size]) -> Size:
    for spread in spreads:
        if spread.name in done:
            size.add(done[spread.name], spread.level)
    return size


def _excesses(size: Size) -> Iterator[Excess]:
    split = "Split the operation into several requests."
    for excess in (
        Excess("levels of fields", size.levels, MOST_LEVELS, "Select fewer levels."),
        Excess("aliases", size.aliases, MOST_ALIASES, split),
        Excess("root fields", size.root_fields, MOST_ROOT_FIELDS, split),
        Excess("directives", size.directives, MOST_DIRECTIVES, "Leave out the fields instead of switching them off."),
        Excess("fields", size.fields, MOST_FIELDS, split),
    ):
        if excess.found > excess.most:
            yield excess
