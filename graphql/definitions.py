"""What the figures mean, for whoever has to explain them."""

from typing import Annotated

import strawberry

from turnout.analytics import definitions as catalogue
from turnout.graphql import people
from turnout.graphql.context import Info
from turnout.graphql.languages import Language


@strawberry.type(description="What one metric means. It is the same for every company.")
class Definition:
    """Rows are analytics' definitions."""

    metric: str = strawberry.field(
        metadata=people.HARMLESS,
        description=(
            "Its name: that of a field that gives it, such as peakConnections; with the field's type before it where "
            "the name alone means several things, such as PeakWitness.value."
        ),
    )
    fields: list[str] = strawberry.field(
        metadata=people.HARMLESS, description="Every field that gives it, such as DailyPeak.connections."
    )
    meaning: str = strawberry.field(metadata=people.HARMLESS, description="What it is.")
    unit: str = strawberry.field(metadata=people.HARMLESS, description="In what it is counted or measured.")
    counts: str = strawberry.field(metadata=people.HARMLESS, description="What is counted, and what is not.")
    version: int = strawberry.field(
        description="Which version of the definition this is, from 1; it rises whenever a word of it changes."
    )


@strawberry.field(
    graphql_type=list[Definition],
    description=(
        "What the metrics mean, in what unit, and what is counted. `extensions.definitions` of every answer is the "
        "same as long as all of them are."
    ),
)
def definitions(
    info: Info,
    language: Annotated[Language, strawberry.argument(description="The language of the texts.")] = Language.EN,
    metrics: Annotated[
        list[str] | None,
        strawberry.argument(
            metadata=people.HARMLESS,
            description=(
                "Only these metrics, by their names or by fields such as DailyPeak.connections; null for all. "
                "UNKNOWN_METRIC for any other."
            ),
        ),
    ] = None,
) -> list[catalogue.Definition]:
    """The catalogue of definitions."""
    info.context.reading()
    return catalogue.definitions(language, metrics)
