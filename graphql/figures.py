"""Figures that are asked for only where they are selected."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

import strawberry

from turnout.analytics.periods import Period

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """A period whose figures are asked for where they are selected, all at once; and one that it is compared with."""

    period: Period
    beside: Period | None = None


def figure(kind: type[Kind], resolver: Callable[..., object], description: str, *, nullable: bool = False) -> Kind:
    """A field of another type than the resolver's rows are; `nullable` where there may be no row."""
    shown = kind | None if nullable else kind
    # To a type checker a field is a value of its type; strawberry would say that this is the resolver's.
    return cast("Kind", strawberry.field(resolver=resolver, graphql_type=shown, description=description))
