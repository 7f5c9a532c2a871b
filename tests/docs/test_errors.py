"""docs/errors.md: every code that the code has, and no other."""

import ast
import re
from collections.abc import Iterator

from .pages import FOLDERS, ROOT, read

CODE = re.compile(r"[A-Z]+(_[A-Z]+)+|[A-Z]{4,}")


def codes_of(node: ast.AST) -> Iterator[str]:
    """What stands where a code stands: in an error that is made, in a member `code`, or in a variable of that name."""
    values: list[ast.expr | None] = []
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if re.fullmatch(
            r".*Error|cls|Quarantined", name
        ):
            values = [*args[:3]]
        case ast.Dict(keys=keys, values=members):
            values = [
                value
                for key, value in zip(keys, members, strict=True)
                if isinstance(key, ast.Constant) and key.value == "code"
            ]
        case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id="code"), *_])], value=ast.Tuple(elts=[first, *_])):
            values = [first]
        case _:
            return
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.fullmatch(value.value):
            yield value.value


def codes_in_source() -> set[str]:
    paths = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    found = {code for path in paths for node in ast.walk(ast.parse(path.read_text())) for code in codes_of(node)}
    named = re.findall(r'^[A-Z_]+: Final = "([A-Z_]+)"$', read("graphql/errors.py"), re.MULTILINE)
    return found | set(named)


def test_every_code_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^\| ([A-Z_]+) \|", read("docs/errors.md"), re.MULTILINE))

    assert documented == codes_in_source()
