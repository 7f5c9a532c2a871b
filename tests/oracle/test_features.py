from datetime import datetime, timedelta
from typing import Any

from .activities import Raw
from .examples import HOUR, NOW, THE_12TH, at, company, joined, left, says, stay


def on(time: datetime | str, feature: str = "CAPTIONS", event: str = "e", **members: Any) -> Raw:
    return says("feature.started", time, event, feature=feature, **members)


def off(time: datetime | str, feature: str = "CAPTIONS", event: str = "e", **members: Any) -> Raw:
    return says("feature.stopped", time, event, feature=feature, **members)


def sampled(time: datetime | str, connection: str = "c", **members: Any) -> Raw:
    return says("quality.sampled", time, connection=connection, **members)


def uses(*activities: Raw, now: datetime = NOW) -> Any:
    return company(*activities).uses(*THE_12TH, now)


def captions(*activities: Raw, now: datetime = NOW) -> float:
    return uses(*activities, now=now)["captionsMinutes"]


def quality(*activities: Raw) -> tuple[int, int, int]:
    found = uses(*activities)["quality"]
    return found["stays"], found["staysWithSample"], found["staysInTrouble"]


def test_a_feature_is_on_from_its_start_to_its_stop() -> None:
    assert captions(on("09:00"), off("09:30")) == 30
    assert captions(on("09:00"), on("09:10"), off("09:30"), off("09:40")) == 30
    assert captions(off("08:00"), on("09:00"), off("09:30"), on("09:40"), off("09:50")) == 40
    assert captions(on(at("23:00", 11)), off("00:30")) == 30


def test_within_an_event_time_counts_once_and_between_events_twice() -> None:
    mine, yours = {"connection": "c1"}, {"connection": "c2"}
    both = [on("09:00", **mine), off("09:30", **mine), on("09:20", **yours), off("09:40", **yours)]
    breakout = [says("event.started", "09:00", "b", parent="e"), on("09:35", event="b"), off("09:50", event="b")]

    assert captions(*both) == 40
    assert captions(*both, *breakout) == 50
    assert captions(*both, on("09:00", event="other"), off("09:10", event="other")) == 50


def test_one_that_never_stops_ends_as_a_stay_without_a_leave_does() -> None:
    ended = [on("09:00"), says("event.ended", "10:00")]

    assert captions(*ended) == 60
    assert captions(*ended, on("10:30"), off("10:40")) == 70
    assert captions(*ended, off("10:30")) == 90
    assert captions(on("09:00"), now=at("11:00")) == 120
    assert captions(on("09:00"), joined("10:00", "c"), now=at("10:00") + 24 * HOUR) == 60
    assert captions(on("09:00"), says("event.ended", "09:00")) == 0


def test_breakouts_count_while_somebody_is_in_any_of_them_or_the_platform_says_so() -> None:
    below = [says("event.started", "09:00", key, parent="e") for key in ("a", "b")]
    stays = [*stay("09:00", "09:30", "c", "a"), *stay("09:20", "09:40", "c", "b"), *stay("09:00", "11:00", "c")]

    assert uses(*below, *stays)["breakoutMinutes"] == 40
    assert uses(*below, *stays, on("10:00", "BREAKOUT"), off("10:10", "BREAKOUT"))["breakoutMinutes"] == 50


def test_captions_are_allowed_by_the_event_at_the_top() -> None:
    stays = [*stay("09:00", "09:30", "c"), *stay("09:20", "09:40", "c", "b")]
    top, below = says("event.started", "12:00", captionsEnabled=True), says("event.started", "09:00", "b", parent="e")

    assert uses(*stays)["captionsEnabledMinutes"] == 0
    assert uses(*stays, top)["captionsEnabledMinutes"] == 30
    assert uses(*stays, top, below)["captionsEnabledMinutes"] == 40
    assert uses(*stays, top, says("event.started", "12:01", captionsEnabled=False))["captionsEnabledMinutes"] == 0


def test_live_streams_are_counted_one_by_one() -> None:
    streams = [on("09:00", "LIVE_STREAM"), on("09:10", "LIVE_STREAM", connection="c1"), off("09:20", "LIVE_STREAM")]
    peak = uses(*streams, on("09:20", "LIVE_STREAM", "other"))["peakLiveStreams"]

    assert (peak["value"], peak["at"]) == (2, at("09:10"))


def test_a_sample_is_of_the_stay_that_had_begun_last() -> None:
    stays = [*stay("09:00", "09:30", "c"), *stay("10:00", "10:30", "c")]

    assert quality(*stays) == (2, 0, 0)
    assert quality(*stays, sampled("08:59", cpuTrouble=True)) == (2, 0, 0)
    assert quality(*stays, sampled("09:00"), sampled("09:40", packetLoss=0.06)) == (2, 1, 1)
    assert quality(*stays, sampled("09:10", packetLoss=0.05), sampled("10:00", bandwidthTrouble=True)) == (2, 2, 1)
    assert quality(joined("09:00", "c", service="BOT"), left("10:00", "c"), sampled("09:30")) == (0, 0, 0)


def test_media_are_counted_at_the_time_of_their_measure() -> None:
    def measured(time: datetime, seconds: float) -> Raw:
        return says("media.measured", time, connection="c", direction="SENT", track="AUDIO", seconds=seconds)

    first, last = THE_12TH[0], THE_12TH[1] - timedelta(microseconds=1)

    found = uses(measured(first, 60), measured(last, 0.5), measured(THE_12TH[1], 60))

    assert found["sentMinutes"]["audio"] == found["sentMinutes"]["total"] == 60.5 / 60
    assert found["receivedMinutes"]["total"] == 0
