"""How an enumeration of the rooms below becomes one of the API."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, cast

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition


def describe(enum: type[Enum], description: str, values: Mapping[str, str]) -> None:
    """Give an enumeration a sentence for itself and one for each of its values; raises KeyError when one is missing."""
    strawberry.enum(enum, description=description)
    definition = cast("StrawberryEnumDefinition", cast("Any", enum).__strawberry_definition__)
    for value in definition.values:
        value.description = values[value.name]
