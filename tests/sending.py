"""Deliveries as a patient integrator sends them."""

from collections.abc import Sequence
from datetime import datetime

from turnout.database.errors import TurnoutError
from turnout.ingest.intake import Receipt, take
from turnout.tenants.connection import Door


async def insist(door: Door, company_id: int, deliveries: Sequence[bytes], now: datetime) -> Receipt:
    """Take a batch, and send it again as often as all connections are in use: nothing of it is stored then."""
    while True:
        try:
            return await take(door, company_id, deliveries, now)
        except TurnoutError as error:
            if error.code != "BUSY":
                raise
