"""docs/live.md: what it shows can be subscribed to, and its numbers are those of the code."""

import json

from graphql import parse, validate

from turnout.analytics.watching import MOST_WAITING
from turnout.graphql.schema import schema
from turnout.ingest.arrivals import NEWS
from turnout.server.patience import READING
from turnout.server.process import LARGEST_MESSAGE, PING_SECONDS
from turnout.server.routes import sockets
from turnout.server.routes.event_stream import COMMENTED
from turnout.server.routes.listening import TICK
from turnout.server.routes.places import (
    MOST,
    MOST_EMBEDDED_OF_ONE_COMPANY,
    MOST_OF_ONE_COMPANY,
    MOST_SUBSCRIPTIONS_OF_ONE_COMPANY,
)

from .conftest import Stage
from .pages import fences, read, rows, sections

PAGE = read("docs/live.md")


def test_the_subscriptions_that_are_shown_are_valid() -> None:
    shown = fences(PAGE, "graphql subscription")

    assert len(shown) == 2
    assert [error.message for query in shown for error in validate(schema.core, parse(query))] == []


def test_the_program_that_is_shown_is_told_the_figures(stage: Stage, key: str) -> None:
    [program] = fences(PAGE, "python")
    address = stage.address.replace("http", "ws", 1)

    printed = stage.python(program.replace("ws://127.0.0.1:8000", address), KEY=key)

    assert json.loads(printed.replace("'", '"')).keys() == {"participants", "events"}


def test_the_bounds_are_those_of_the_code() -> None:
    bounds = [int(cells[1]) for cells in rows(sections(PAGE, 2)["Bounds"])]

    assert bounds == [
        MOST_OF_ONE_COMPANY,
        MOST,
        sockets.MOST_SUBSCRIPTIONS,
        MOST_SUBSCRIPTIONS_OF_ONE_COMPANY,
        MOST_EMBEDDED_OF_ONE_COMPANY,
        MOST_WAITING,
        READING,
        PING_SECONDS,
    ]
    assert f"larger than {LARGEST_MESSAGE // 1024} KiB" in PAGE
    assert f"more than {NEWS.seconds // 60} minutes before" in PAGE
    assert f"for {sockets.PATIENCE:.0f} seconds" in PAGE
    assert f"Every {COMMENTED * TICK:.0f} seconds" in PAGE
    assert f"every {TICK:.0f} seconds when nothing happens" in PAGE
