"""`turnout load`: a file of activities, by the same way in as everything else."""

import asyncio
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from turnout.server.commands.days import compute_days, extend_calendars
from turnout.server.commands.files import bunches_of, find_mapping, open_file, size_of
from turnout.server.commands.options import AsJson, Data, Slug
from turnout.server.commands.printing import print_rows, progress_bar, say

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable
    from datetime import datetime

    from rich.progress import Progress

    from turnout.ingest.files import Bunch
    from turnout.ingest.intake import Receipt
    from turnout.ingest.reading import Read
    from turnout.server.deployment import Deployment
    from turnout.tenants.company import Company

COLUMNS: Final = ("accepted", "known", "quarantined")
# So many lines that could not be counted are named; all of them are kept in quarantine.
NAMED: Final = 20
# Nobody competes for its one connection: however slow the machine is, waiting is better than giving up.
PATIENCE: Final = 120


@dataclass
class _Tally:
    accepted: int = 0
    known: int = 0
    quarantined: int = 0
    named: list[str] = field(default_factory=list[str])

    def add(self, receipt: "Receipt", numbers: list[int]) -> None:
        self.accepted += receipt.accepted
        self.known += receipt.known
        self.quarantined += len(receipt.quarantined)
        for item in receipt.quarantined[: NAMED - len(self.named)]:
            self.named.append(f"line {numbers[item.position]}: {item.code}: {item.reason}")

    @property
    def counts(self) -> list[object]:
        return [self.accepted, self.known, self.quarantined]


def load(
    slug: Slug,
    file: Annotated[
        Path, typer.Argument(help="Activities, one JSON object a line, or rows of a .csv; - reads standard input.")
    ],
    mapping: Annotated[
        Path | None, typer.Option(metavar="MAP.toml", help="What the rows of a .csv mean.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Load a file of activities into a company. What is interrupted goes on when it is run again."""
    from turnout.server.commands.staff import now
    from turnout.server.deployment import deployment
    from turnout.tenants.companies import find_company
    from turnout.tenants.support import support

    with ExitStack() as stack:
        meant = find_mapping(file, mapping)
        opened = open_file(stack, file)
        found = stack.enter_context(deployment(data))
        with support(found.support) as session:
            company = find_company(session, slug)
        tally = asyncio.run(_load(found, company, bunches_of(opened, meant, now), size_of(file), now))
    print_rows(COLUMNS, [tally.counts], as_json=as_json)
    for line in tally.named:
        say(line)
    if tally.quarantined > len(tally.named):
        say(f"and {tally.quarantined - len(tally.named)} more, all kept in quarantine")


async def _load(
    deployment: "Deployment",
    company: "Company",
    bunches: "Iterable[Bunch]",
    size: int | None,
    now: "Callable[[], datetime]",
) -> _Tally:
    await extend_calendars(deployment.refresher, now)
    with progress_bar() as progress:
        tally = await _store(deployment.app, company, bunches, size, now, progress)
        await compute_days(deployment.refresher, company, now, progress)
    return tally


async def _store(
    conninfo: str,
    company: "Company",
    bunches: "Iterable[Bunch]",
    size: int | None,
    now: "Callable[[], datetime]",
    progress: "Progress",
) -> _Tally:
    from turnout.ingest.intake import take_read
    from turnout.ingest.reading import ahead
    from turnout.tenants.connection import Door

    tally = _Tally()
    bar = progress.add_task("Loading", total=size)
    door = Door(conninfo, readers=1, writers=1, patience=PATIENCE)
    await door.open()
    try:
        async with aclosing(ahead(_read(bunches, now))) as reading:
            async for bunch, read in reading:
                tally.add(await take_read(door, company.company_id, read, now()), bunch.numbers)
                progress.update(bar, completed=bunch.end)
    finally:
        await door.close()
    return tally


async def _read(bunches: "Iterable[Bunch]", now: "Callable[[], datetime]") -> "AsyncGenerator[tuple[Bunch, Read]]":
    from turnout.ingest.reading import read_in_turns

    for bunch in bunches:
        yield bunch, await read_in_turns(bunch.lines, now())
