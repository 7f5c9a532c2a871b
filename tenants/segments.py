"""Segments that a company declares: parts of its stays, of which it has rollups of their own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from psycopg import AsyncConnection

from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.audit import Act, Actor, note_within
from turnout.tenants.company import Company
from turnout.tenants.connection import Door
from turnout.tenants.labels import LONGEST

# Every day that something happens on is computed once for the company and once for each of them.
MOST_SEGMENTS: Final = 20
_SQL: Final = statements("turnout.tenants", "segments.sql")


@dataclass(frozen=True, slots=True)
class Segment:
    """Which stays: all that is given must hold. `metadata` is a key and the text that was said under it."""

    room_prefix: str | None = None
    external_id: str | None = None
    metadata: tuple[str, str] | None = None

    @property
    def members(self) -> dict[str, Any]:
        """What is given, by the names that the database's functions know; see repeatable/segments.sql."""
        key, value = self.metadata or ("", "")
        said = {
            "roomPrefix": self.room_prefix,
            "externalId": self.external_id,
            "metadata": {"key": key, "value": value} if self.metadata else None,
        }
        return {name: what for name, what in said.items() if what is not None}

    @property
    def definition(self) -> str:
        """The same as JSON."""
        return msgspec.json.encode(self.members).decode()


async def declare_segment(
    door: Door, company: Company, name: str, segment: Segment, actor: Actor, now: datetime
) -> UUID:
    """Declare a segment under a name; whoever keeps the rollups finds it and computes its days.

    Raises TurnoutError INVALID_SEGMENT_NAME, TOO_MANY_SEGMENTS, SEGMENT_DECLARED, BUSY.
    """
    if not (name.isprintable() and name.strip() and len(name) <= LONGEST):
        raise TurnoutError(
            "INVALID_SEGMENT_NAME", "The name cannot be shown.", f"Use 1 to {LONGEST} characters on one line."
        )
    segment_id = uuid4()
    row = {"company": company.company_id, "segment": segment_id, "name": name, "definition": segment.definition}
    async with door.write(company.company_id) as connection:
        await _demand_room(connection, row)
        await connection.execute(_SQL["declare"], row | {"now": now})
        act = Act("segment.declared", str(segment_id), {"of": sorted(segment.members)})
        await note_within(connection, company.company_id, actor, act, now)
    return segment_id


async def remove_segment(door: Door, company: Company, segment_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a segment away: nobody can ask for it from now on. Its rollups go soon. Raises UNKNOWN_SEGMENT, BUSY."""
    async with door.write(company.company_id) as connection:
        asked = {"company": company.company_id, "segment": segment_id, "now": now}
        if not await (await connection.execute(_SQL["remove"], asked)).fetchone():
            raise unknown_segment()
        await note_within(connection, company.company_id, actor, Act("segment.removed", str(segment_id)), now)


def unknown_segment() -> TurnoutError:
    """What is said of a segment that the company has not declared."""
    return TurnoutError(
        "UNKNOWN_SEGMENT", "The company has declared no such segment.", "`segments` lists those it has declared."
    )


async def _demand_room(connection: AsyncConnection[Any], row: dict[str, Any]) -> None:
    """Raises TurnoutError TOO_MANY_SEGMENTS, SEGMENT_DECLARED; whoever declares one at the same time waits."""
    await connection.execute(_SQL["lock_segments"], row)
    found = await (await connection.execute(_SQL["look_around"], row)).fetchone()
    segments, named, same = found or (0, 0, 0)
    if segments >= MOST_SEGMENTS:
        raise TurnoutError(
            "TOO_MANY_SEGMENTS",
            f"The company has declared {MOST_SEGMENTS} segments already.",
            "Remove those that nobody asks for; `segment` can name any other without a declaration.",
        )
    if named or same:
        raise TurnoutError(
            "SEGMENT_DECLARED",
            "The company has declared a segment of this name already."
            if named
            else "The company has declared this very segment already, under another name.",
            "`segments` lists those it has declared; remove the other one first.",
        )
