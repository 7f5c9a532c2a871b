"""`turnout schema`: the GraphQL schema as text."""

from typing import Annotated

import typer


def schema(
    support: Annotated[bool, typer.Option("--support", help="That of support, not of companies.")] = False,
) -> None:
    """Print the GraphQL schema."""
    from turnout.graphql.schema import schema as graphql_schema
    from turnout.graphql.support.schema import support_schema

    typer.echo((support_schema if support else graphql_schema).as_str())
