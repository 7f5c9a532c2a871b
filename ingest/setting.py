"""Where and when a batch is counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

from psycopg import AsyncConnection, AsyncCursor


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when a batch is counted: the company's rules hold until its transaction ends."""

    connection: AsyncConnection[Any]
    company_id: int
    stale_after: timedelta
    now: datetime

    async def rows(self, statement: LiteralString, **parameters: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 -- any SQL value
        """What a statement answers."""
        return await (await self.run(statement, **parameters)).fetchall()

    async def run(self, statement: LiteralString, **parameters: Any) -> AsyncCursor[Any]:  # noqa: ANN401 -- any SQL value
        """Execute a statement; without a fetch it costs no round trip."""
        shared = {
            "company": self.company_id,
            "as_of": self.now,
            "stale_after": self.stale_after,
        }
        return await self.connection.execute(statement, shared | parameters)
