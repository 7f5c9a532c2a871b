"""Documents: from the text of a request to something that is safe to execute."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    TokenKind,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping

from turnout.graphql.bounds import MOST_TOKENS, Excess, measure
from turnout.graphql.cost import Costs
from turnout.graphql.errors import PARSE_FAILED, VALIDATION_FAILED, refusal
from turnout.graphql.flat.selections import Ways

MOST_ERRORS: Final = 5
LARGEST_KEPT: Final = 8 * 1024
# All that are kept take up so many bytes, by what a document with its costs and plans was measured to take: some for
# itself, and some for each of its tokens.
KEPT: Final = 32 * 1024 * 1024
_BYTES: Final = 20_000
_BYTES_OF_A_TOKEN: Final = 1000
# Comparing fields of one name with each other is quadratic: graphql-core's own budget lets one document hold up all
# others for more than a second. Twenty whole summaries need less than a tenth of this one.
overlapping.MAX_COMPLEXITY_BUDGET = 20_000


@dataclass(frozen=True)
class Document:
    """A document that keeps the bounds and is valid against the schema.

    `asked` are the fields that any of its operations names, by their coordinates such as Query.event, those of
    introspection aside. `costs` says what each of them costs, `ways` is what executing them has found out.
    """

    ast: DocumentNode
    introspects: bool
    asked: frozenset[str]
    costs: Costs
    ways: Ways

    @property
    def size(self) -> int:
        """About how many bytes it takes up."""
        return _BYTES + _BYTES_OF_A_TOKEN * self.ast.token_count


class DocumentRefusedError(Exception):
    """The document cannot be executed; `errors` as the client sees them."""

    def __init__(self, errors: Sequence[dict[str, Any]]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = list(errors)


class Documents:
    """Documents by their text. The latest that were accepted are kept, up to a number of bytes in all."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._size = 0

    def prepare(self, text: str) -> Document:
        """The document, parsed, bounded and validated. Raises DocumentRefusedError."""
        if document := self._kept.get(text):
            self._kept.move_to_end(text)
            return document
        document = prepare(self._schema, text)
        if len(text) <= LARGEST_KEPT:
            self._keep(text, document)
        return document

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._size += document.size
        while self._size > KEPT:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size


def prepare(schema: GraphQLSchema, text: str) -> Document:
    """The document, parsed, bounded and validated. Raises DocumentRefusedError."""
    try:
        ast = parse(text, max_lexical_tokens=MOST_TOKENS, max_comments=MOST_TOKENS)
    except GraphQLError as error:
        raise DocumentRefusedError([refusal(error, PARSE_FAILED)]) from error
    sizes = measure(ast)
    errors = [*map(_too_large, sizes.excesses()), *_unstorable(ast)] or validate(
        schema, ast, specified_rules, max_errors=MOST_ERRORS, hide_suggestions=True
    )
    if errors:
        raise DocumentRefusedError([refusal(error, VALIDATION_FAILED) for error in errors])
    return Document(ast, sizes.introspects, _asked(schema, ast), Costs(schema, ast), Ways(ast))


def _asked(schema: GraphQLSchema, document: DocumentNode) -> frozenset[str]:
    """Every field of a valid document by its coordinate, whatever fragments and aliases it is under."""
    types = TypeInfo(schema)
    fields = _Fields(types)
    visit(document, TypeInfoVisitor(types, fields))
    return frozenset(fields.found)


class _Fields(Visitor):
    """Writes down the fields it enters."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._types = types

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Note a field with the type that it is a field of."""
        parent = self._types.get_parent_type()
        if parent and not parent.name.startswith("__") and not node.name.value.startswith("__"):
            self.found.add(f"{parent.name}.{node.name.value}")


def _too_large(excess: Excess) -> GraphQLError:
    return GraphQLError(
        f"The operation has {excess.found} {excess.what}; {excess.most} is the most.",
        extensions={
            "code": "LIMIT_EXCEEDED",
            "hint": excess.hint,
            "limit": excess.what,
            "value": excess.found,
            "maximum": excess.most,
        },
    )


def _unstorable(document: DocumentNode) -> Iterator[GraphQLError]:
    """NUL, which no text in the database can hold. Only an escape can bring it in."""
    place = document.loc
    token = place.start_token if place else None
    while place and token:
        if token.kind in {TokenKind.STRING, TokenKind.BLOCK_STRING} and "\0" in (token.value or ""):
            yield GraphQLError("A text must not have the character NUL.", source=place.source, positions=[token.start])
        token = token.next
