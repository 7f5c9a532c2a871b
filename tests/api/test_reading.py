"""The small readers: lines, media types, scalars."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from turnout.database.errors import TurnoutError
from turnout.graphql.scalars import read_day, read_instant, read_large, write_instant, write_large
from turnout.server.routes.batches import items
from turnout.server.routes.lines import lines


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def texts(*chunks: bytes, longest: int = 10) -> list[bytes]:
    return [text async for bunch in lines(pieces(*chunks), at_once=2, longest=longest) for text in bunch.texts]


async def test_lines_are_the_same_however_they_arrive() -> None:
    body = b"one\n\ntwo\r\n three\nfour"

    whole = await texts(body)

    assert whole == [b"one", b"two", b"three", b"four"]
    for size in range(1, len(body)):
        assert await texts(*(body[start : start + size] for start in range(0, len(body), size))) == whole


async def test_a_line_may_be_as_long_as_its_bound_and_no_longer() -> None:
    assert await texts(b"x" * 10 + b"\n", b"y" * 10) == [b"x" * 10, b"y" * 10]
    for chunks in ((b"x" * 11,), (b"x" * 6, b"x" * 5), (b"x" * 11 + b"\n",), (b"a\n" + b"x" * 11 + b"\na\n",)):
        with pytest.raises(TurnoutError, match="longer than 10 bytes"):
            await texts(*chunks)


def test_a_batch_is_taken_apart_whatever_its_items_are() -> None:
    broken = [b'{"a": "\\ud800, [}"}', b"nul", b'"a \\" b]"', b"[[1], {}]", b"{}"]

    assert items(b" [" + b" ,\n".join(broken) + b" ]\n") == broken
    assert items(b"[]") == items(b" [ ] ") == []


def test_a_batch_that_is_broken_itself_is_refused() -> None:
    for body in (b"", b"nul", b"[", b"[nul", b"[nul}", b"[nul]]", b"[nul] x", b"[nul,]", b"[,nul]", b'[nul, "]', b"{}"):
        with pytest.raises(ValueError, match=r"\w"):
            items(body)


def test_instants_are_written_in_utc_with_a_fraction_only_when_there_is_one() -> None:
    berlin = timezone(timedelta(hours=1))

    assert write_instant(datetime(2026, 3, 2, 1, tzinfo=berlin)) == "2026-03-02T00:00:00Z"
    assert write_instant(datetime(2026, 3, 2, 1, 0, 0, 500_000, tzinfo=UTC)) == "2026-03-02T01:00:00.500000Z"


def test_instants_are_read_with_any_offset() -> None:
    at = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    written = [
        "2026-03-02T12:30:00Z",
        "2026-03-02t12:30:00.0z",
        "2026-03-02T18:00:00+05:30",
        "2026-03-02T12:30:00-00:00",
    ]

    assert [read_instant(text) for text in written] == [at] * 4
    assert read_instant("2026-03-02T12:30:00.000001Z") == at + timedelta(microseconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T12:30:00",
        "2026-03-02",
        "2026-03-02 12:30:00Z",
        "2026-03-02T12:30Z",
        "20260302T123000Z",
        "2026-03-02T12:30:00.1234567Z",
        "2026-03-02T12:30:60Z",
        "2026-03-02T24:00:00Z",
        "2026-02-30T12:30:00Z",
        "2026-03-02T12:30:00+24:00",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "２０２６-03-02T12:30:00Z",
        "2026-W10-1T12:30:00Z",
        "now",
        1772454600,
        None,
        True,
    ],
)
def test_what_names_no_instant_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="DateTime must be"):
        read_instant(text)


def test_days_are_read_as_they_are_written() -> None:
    assert read_day("2024-02-29") == date(2024, 2, 29)
    for text in (
        "2026-02-29",
        "2026-2-9",
        "20260209",
        "2026-W10-1",
        "２０２６-03-02",
        "2026-03-02T00:00:00Z",
        20260302,
        None,
    ):
        with pytest.raises(ValueError, match="Date must be"):
            read_day(text)


def test_large_numbers_are_whole_and_fit_a_double() -> None:
    assert [read_large(number) for number in (0, 2**53, -(2**53))] == [0, 2**53, -(2**53)]
    for number in (2**53 + 1, 1.0, True, "1", None):
        with pytest.raises(ValueError, match="BigInt must be"):
            read_large(number)


def test_large_numbers_are_written_exactly_however_large() -> None:
    assert [write_large(number) for number in (0, 2**53 + 1, 2**63 - 1)] == [0, 2**53 + 1, 2**63 - 1]
