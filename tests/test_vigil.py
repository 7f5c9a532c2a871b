"""Credentials are looked at again while something takes long."""

from datetime import datetime, timedelta

from turnout.tenants.vigil import Vigil


async def test_a_credential_is_looked_at_again_every_five_seconds(now: datetime) -> None:
    clock, asked = [now], list[datetime]()

    async def authenticate() -> None:
        asked.append(clock[0])

    vigil = Vigil(authenticate, lambda: clock[0])
    for seconds in (0, 4, 5, 9, 10, 30):
        clock[0] = now + timedelta(seconds=seconds)
        await vigil.check()

    assert [(instant - now).seconds for instant in asked] == [5, 10, 30]
