"""Figures that are asked for only where they are selected."""

from collections.abc import Callable
from typing import Any

import strawberry


def figure(kind: Any, resolver: Callable[..., Any], description: str) -> Any:  # noqa: ANN401 -- what strawberry.field is taken for
    """A field of another type than the resolver's rows are."""
    return strawberry.field(resolver=resolver, graphql_type=kind, description=description)
