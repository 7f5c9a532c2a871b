"""How an enumeration of the rooms below becomes one of the API."""

from collections.abc import Mapping
from enum import EnumMeta
from typing import TypeVar

import strawberry
from strawberry.types.enum import has_enum_definition

E = TypeVar("E", bound=EnumMeta)


def described(enum: E, description: str, values: Mapping[str, str]) -> E:
    """The enumeration with a sentence for itself and one for each of its values; raises KeyError when one is missing."""
    strawberry.enum(enum, description=description)
    assert has_enum_definition(enum)
    for value in enum.__strawberry_definition__.values:
        value.description = values[value.name]
    return enum
