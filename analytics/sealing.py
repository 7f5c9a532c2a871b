"""What is made with the secret of the company that asks."""

from typing import Final

from turnout.analytics.reading import Question, Reading
from turnout.database.statements import statements
from turnout.tenants.pseudonyms import Pseudonyms
from turnout.tenants.sealing import Seal

_SQL: Final = statements("turnout.analytics", "sealing.sql")


async def seal_of(reading: Reading) -> Seal:
    """What seals and opens a company's cursors."""
    [seal] = await reading.ask(Question(_SQL["secret"], Seal))
    return seal


async def pseudonyms_of(reading: Reading) -> Pseudonyms:
    """What stands for a company's people where they may not be read."""
    [pseudonyms] = await reading.ask(Question(_SQL["secret"], Pseudonyms))
    return pseudonyms
