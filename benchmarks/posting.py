"""A server of its own process that takes activities in, and a client with a key."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import psycopg

from benchmarks.companies import DATABASE
from benchmarks.ways_in import Posting
from turnout.database.embedded import Server
from turnout.tenants.keys import issue_key
from turnout.tenants.support import support

SLUG: Final = "company-1"
PATIENCE: Final = 600


@asynccontextmanager
async def server(postgres: Server, folder: Path) -> AsyncGenerator[Posting]:
    """`turnout serve` over that Postgres; it is ended when the block is."""
    with support(postgres.conninfo(user="turnout_support", dbname=DATABASE)) as session:
        key = issue_key(session, SLUG, ["write:events"], datetime.now(UTC)).text
    command = (str(Path(sys.executable).with_name("turnout")), "serve", "--data", str(folder), "--port", "0")
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout
        address = (await process.stdout.readline()).decode().split()[-1]
        headers = {"authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=PATIENCE) as client:
            yield Posting(client, process.pid)
    finally:
        process.terminate()
        await process.wait()


def postmaster(admin: psycopg.Connection) -> int:
    """The process that all of Postgres descends from."""
    [(text,)] = admin.execute("select pg_read_file('postmaster.pid')").fetchall()
    return int(text.split()[0])
