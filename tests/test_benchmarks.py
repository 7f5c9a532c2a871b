"""What benchmarks are made of is what Turnout takes."""

from benchmarks.copying import columns_of
from benchmarks.ingest import AT_ONCE
from benchmarks.mixed_day import Day
from turnout.ingest.reading import read_batch


def test_a_mixed_day_can_be_counted_whole() -> None:
    day = Day(0, "any")
    bodies = day.activities(300)

    activities, broken = read_batch(bodies, day.end)

    assert (len(activities), broken) == (300, [])
    assert len({row[:2] for row in columns_of(1, bodies)}) == 300 < AT_ONCE
