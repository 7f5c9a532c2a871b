"""Which tables a statistic reads, and how many rows of each, as Postgres counts them within functions too."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.year import Year
from turnout.analytics.reading import Reading
from turnout.database.statements import statements
from turnout.tenants.connection import Door, Statement

_SQL: Final = statements("benchmarks", "reads.sql")
# What was told, and what is folded of it: it grows with all that ever happened.
FACTS: Final = frozenset(
    {
        *(
            "activity",
            "arrival",
            "connection",
            "event",
            "event_signal",
            "feature_signal",
            "feature_span",
            "media_measure",
        ),
        *("media_measure", "message", "quality_sample", "recording_run", "registration", "room_signal", "sign_in"),
        *("signal", "stay", "stored", "stored_signal", "stored_version", "user_signal"),
    }
)

Ask = Callable[[Reading], Awaitable[object]]


@dataclass(frozen=True)
class Reads:
    """Rows read of each table; of those in `scanned` not by an index but from its beginning to its end."""

    rows: Counter[str]
    scanned: frozenset[str]

    @property
    def facts(self) -> dict[str, int]:
        """Of tables of facts alone, the most first."""
        return {table: rows for table, rows in self.rows.most_common() if table in FACTS}

    @property
    def scanned_facts(self) -> list[str]:
        """Tables of facts that were read as a whole."""
        return sorted(self.scanned & FACTS)


class NotingDoor(Door):
    """A door that notes what goes through it, and what Postgres has read for that."""

    def __init__(self, conninfo: str) -> None:
        super().__init__(conninfo, readers=1, writers=1)
        self.statements: list[Statement[Any]] = []
        self.rows = Counter[str]()
        self.scanned: set[str] = set()

    async def read(
        self,
        company_id: int,
        statements: Sequence[Statement[Any]],
        *,
        user_key: str | None = None,
        about_little: bool = False,
    ) -> list[list[Any] | Exception]:
        """As Door.read, with the counters of before and after in the same transaction."""
        self.statements += statements
        before, *answers, after = await super().read(
            company_id, [_COUNT, *statements, _COUNT], user_key=user_key, about_little=about_little
        )
        self._note(before, after)
        return answers

    def _note(self, before: Any, after: Any) -> None:  # noqa: ANN401 -- rows, or why there are none
        if isinstance(before, Exception):
            raise before
        then = {table: counts for table, *counts in before}
        for table, scans, rows in after:
            scans_then, rows_then = then[table]
            self.rows[table] += rows - rows_then
            if scans > scans_then:
                self.scanned.add(table)


async def reads_of(year: Year, ask: Ask) -> Reads:
    """What asking reads, of facts and of everything else."""
    door = await _asked(year, ask)
    return Reads(+door.rows, frozenset(door.scanned))


async def plans_of(year: Year, ask: Ask) -> list[str]:
    """The plan of each statement that is sent, with what each step took."""
    door = await _asked(year, ask)
    explained = [
        Statement(f"explain (analyze, buffers off) {sent.text}", sent.parameters, str) for sent in door.statements
    ]
    found = await year.door.read(year.company.company_id, explained)
    return ["\n".join(lines) if isinstance(lines, list) else str(lines) for lines in found]


async def _asked(year: Year, ask: Ask) -> NotingDoor:
    door = NotingDoor(year.app)
    await door.open()
    try:
        await ask(year.reading(door))
    finally:
        await door.close()
    return door


def _columns(*columns: object) -> tuple[object, ...]:
    return columns


_COUNT: Final = Statement(_SQL["counters"], {}, _columns)
