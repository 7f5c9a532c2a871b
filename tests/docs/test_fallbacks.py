"""Whatever the pages show is answered as fast as can be: nothing of it is built value by value."""

import httpx

from .conftest import METRICS_TOKEN, Stage
from .pages import PAGES, fences, read


def test_no_question_of_the_pages_falls_back(stage: Stage, key: str) -> None:
    questions = [text for page in PAGES for text in fences(read(page), "graphql")]
    for text in questions:
        stage.ask(text, key)

    built, fallbacks = _counted(stage)

    assert built >= len(questions)
    assert not {reason: times for reason, times in fallbacks.items() if times}


def _counted(stage: Stage) -> tuple[int, dict[str, int]]:
    """What was built as it should be, and what was not; by this test, and by those of other pages before it."""
    headers = {"authorization": f"Bearer {METRICS_TOKEN}"}
    lines = httpx.get(f"{stage.address}/metrics", headers=headers).text.splitlines()
    counted = {name: int(times) for name, times in (line.split() for line in lines if not line.startswith("#"))}
    return counted.pop("turnout_graphql_built_total"), counted
