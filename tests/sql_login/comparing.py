"""What a login for BI reads, in the words of the API."""

from datetime import date, datetime
from typing import Any

from .conftest import Login

# What the API has in an object of its own.
OF_QUALITY = {"stays", "staysWithSample", "staysInTrouble"}


def without_quality(seen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in OF_QUALITY} for row in seen]


def shown(asked: list[dict[str, Any]], seen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of what the API has, what a view shows."""
    return [{name: row[name] for name in seen[0] if name not in OF_QUALITY} for row in asked]


def in_words(login: Login, query: Any) -> list[dict[str, Any]]:
    """Rows with the names and values of GraphQL."""
    with login.connect() as connection:
        found = connection.execute(query)
        names = [camel(column.name) for column in found.description or ()]
        return [dict(zip(names, map(plain, row), strict=True)) for row in found.fetchall()]


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return value


def ordered(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str([row[name] for name in names]))


def by(rows: list[dict[str, Any]], *names: str, without: str = "") -> list[dict[str, Any]]:
    return ordered([{name: value for name, value in row.items() if name != without} for row in rows], *names)
