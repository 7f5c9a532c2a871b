"""One company amid a thousand of mixed size, beside the same company in a database of its own.

Run: .venv/bin/python -m benchmarks.scale [--stays 3000000] [--companies 1000] [--rounds 9] [--data FOLDER]
"""

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from benchmarks.amid import OF_ALL, OF_ONE, Act, Side, clock, side
from benchmarks.mixture import DAYS, SQL, SUBJECT, Mixture, fill, tidy
from turnout.database.embedded import Server, attach

# After so many executions a connection has settled on a plan for each statement, as those of a server have.
WARM_UP: Final = 6
# As somebody sets a server up who has so much in it; the rest makes filling it faster.
SETTINGS: Final = {
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",  # done once both are filled, for both alike
}
# After so many seconds without work a connection has told what it did.
UNTIL_TOLD: Final = 10.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stays", type=int, default=3_000_000, help="of all companies, in a year")
    parser.add_argument("--companies", type=int, default=1000)
    parser.add_argument("--subject", type=int, default=3000, help="stays of the subject a day")
    parser.add_argument("--told-days", type=int, default=DAYS, help="of how many days the activities are kept as told")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument(
        "--blocks", action="store_true", help="count the blocks that each reads too: no noise reaches them"
    )
    parser.add_argument("--data", type=Path, help="a folder that keeps what was made for another run")
    given = parser.parse_args()
    with _folder(given.data) as folder, _server(Path(folder) / "data") as server:
        alone = Mixture(1, 0, given.subject, given.told_days)
        amid = Mixture(given.companies, given.stays, given.subject, given.told_days)
        asyncio.run(_compare(server, alone, amid, given.rounds, blocks=given.blocks))


def _folder(kept: Path | None) -> AbstractContextManager[str]:
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        return nullcontext(str(kept))
    return tempfile.TemporaryDirectory(prefix="turnout-benchmark-", ignore_cleanup_errors=True)


@contextmanager
def _server(data: Path) -> Generator[Server]:
    data.parent.chmod(0o755)  # whoever runs Postgres must come in
    with attach(data) as server, psycopg.connect(_superuser(server, "postgres"), autocommit=True) as admin:
        for name, value in SETTINGS.items():
            admin.execute(sql.SQL("alter system set {} = {}").format(sql.Identifier(name), sql.Literal(value)))
    with attach(data) as server:
        yield server


def _superuser(server: Server, database: str) -> str:
    return server.conninfo(user="postgres", dbname=database)


async def _compare(server: Server, alone: Mixture, amid: Mixture, rounds: int, *, blocks: bool) -> None:
    names = [f"mixture_{mixture.companies}_{mixture.stays}" for mixture in (alone, amid)]
    whens = [fill(server, name, mixture) for name, mixture in zip(names, (alone, amid), strict=True)]
    async with side(server, names[0], whens[0]) as one, side(server, names[1], whens[1]) as all_of_them:
        sides = [one, all_of_them]
        for name, of in zip(names, sides, strict=True):
            await _computed(server, name, of)
        _report_sizes(server, names)
        print(f"{'':42} {'alone':>10} {'amid':>10}  ratio   medians of {rounds} rounds, the fastest in brackets")
        await _report(OF_ONE, sides, rounds, WARM_UP)
        await _report(OF_ALL, sides, max(3, rounds // 3), 1)
        await _report_held_up(all_of_them)
        if blocks:
            await _report_blocks(server, names, sides)


async def _computed(server: Server, name: str, of: Side) -> None:
    """The subject's year as the refresher computes it, unless it is there; then what a server does now and then."""
    due = await clock(lambda of: of.refresher.refresh_company(SUBJECT.company_id, SUBJECT.generation), of)
    print(f"{name}: the subject's days computed in {due:.1f} s", flush=True)
    if due > 1:
        await OF_ALL["refresh of the materialized views"](of)
        await asyncio.to_thread(tidy, server, name)


async def _report(acts: dict[str, Act], sides: list[Side], rounds: int, warm_up: int) -> None:
    """Round by round everything, and of that both sides in turn: whatever else the machine does meets both."""
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in acts}
    for number in range(-warm_up, rounds):
        for name, act in acts.items():
            for at in (0, 1) if number % 2 else (1, 0):
                seconds = await clock(act, sides[at])
                if number >= 0:
                    times[name][at].append(seconds)
    for name, (alone, amid) in times.items():
        figures = " ".join(f"{1e3 * statistics.median(seconds):7.1f} ms" for seconds in (alone, amid))
        ratio = statistics.median(amid) / statistics.median(alone)
        print(f"{name:42} {figures}  {ratio:5.2f}   ({min(amid) / min(alone):.2f})", flush=True)


async def _report_held_up(of: Side) -> None:
    """How long the subject's questions take while the views are being refreshed."""
    before = [await clock(OF_ONE["all three of 30 days at once"], of) for _ in range(9)]
    refreshing = asyncio.ensure_future(OF_ALL["refresh of the materialized views"](of))
    during: list[float] = []
    while not refreshing.done():
        during.append(await clock(OF_ONE["all three of 30 days at once"], of))
    await refreshing
    print(f"all three while the views are refreshed ÷ before: {_ratio(during, before):.2f} ({len(during)} times)")


async def _report_blocks(server: Server, names: list[str], sides: list[Side]) -> None:
    """What Postgres reads for it, from its buffers or from disk, in the order of a round: a refresh has what to do."""
    print(f"{'blocks of 8 KiB':42} {'alone':>10} {'amid':>10}  ratio")
    for name, act in (OF_ONE | OF_ALL).items():
        before = await _blocks(server, names)
        await asyncio.gather(*(act(of) for of in sides))
        after = await _blocks(server, names)
        alone, amid = (now - then for now, then in zip(after, before, strict=True))
        print(f"{name:42} {alone:10,} {amid:10,}  {amid / max(1, alone):5.2f}", flush=True)


async def _blocks(server: Server, names: list[str]) -> list[int]:
    await asyncio.sleep(UNTIL_TOLD)
    with psycopg.connect(_superuser(server, "postgres"), autocommit=True) as admin:
        found = [admin.execute(SQL["blocks"], {"database": name}).fetchone() for name in names]
    return [row[0] if row else 0 for row in found]


def _ratio(these: Iterable[float], those: Iterable[float]) -> float:
    return statistics.median(these) / statistics.median(those)


def _report_sizes(server: Server, names: list[str]) -> None:
    for name in names:
        with psycopg.connect(_superuser(server, name), autocommit=True) as admin:
            rows = admin.execute(SQL["sizes"]).fetchall()
        print(f"{name}: {sum(table + indexes for _, _, table, indexes in rows) / 1e9:.2f} GB")
        for table, number, heap, indexes in rows[:12]:
            per_row = f"{heap / number:6.0f} + {indexes / number:4.0f} bytes a row" if number > 0 else ""
            print(f"  {table:16} {number:>12,} rows {heap / 1e6:9.1f} MB + {indexes / 1e6:8.1f} MB {per_row}")


if __name__ == "__main__":
    main()
