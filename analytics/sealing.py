"""The seal of the company that asks."""

from typing import Final

from turnout.analytics.reading import Question, Reading
from turnout.database.statements import statements
from turnout.tenants.sealing import Seal

_SQL: Final = statements("turnout.analytics", "sealing.sql")


async def seal_of(reading: Reading) -> Seal:
    """What seals and opens a company's cursors."""
    [seal] = await reading.ask(Question(_SQL["secret"], Seal))
    return seal
