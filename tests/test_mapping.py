"""A mapping: what rows of a CSV file become by it, which rows cannot be counted, and which mappings are refused."""

import csv
import io
import json
import random
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnout.database.errors import TurnoutError
from turnout.ingest.activities import Activity, Quarantined, read_activity
from turnout.ingest.files import LINES_AT_ONCE, Bunch
from turnout.ingest.mapped import mapped_bunches
from turnout.ingest.mapping import read_mapping
from turnout.ingest.rows import LONGEST

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EXAMPLES = Path(__file__).resolve().parent.parent / "docs/examples"

LOG = """
source = "log"
zone = "America/New_York"
[[activities]]
id = "row-{row}"
at = {date = "day", time = "time"}
type = {column = "what", values = {in = "turnout.stay.joined", out = "turnout.stay.left"}}
data = {event = "{day}", connection = "{line}", user = "{who}", device = "PHONE"}
"""
STAYS = """
source = "stays"
zone = "Europe/Berlin"
[[activities]]
type = "turnout.stay.joined"
id = "{call}-joined"
at = "joined"
data = {event = "e", connection = "{call}", name = "{{{call}}}", metadata = {desk = "{desk}", of = "x"}}
[[activities]]
type = "turnout.stay.left"
id = "{call}-left"
at = "left"
optional = true
data = {event = "e", connection = "{call}"}
"""
ENDED = '[end]\nid = "end-{day}"\nevent = "{day}"\n'
ALIKE = """
source = "x"
zone = "UTC"
[[activities]]
type = "turnout.event.ended"
id = "{occurrence}"
at = "at"
data = {event = "{a}"}
"""
HEADER = "day,time,what,line,who\n"
JOINED = "2026-02-03,09:00,in,c1,ada\n"


def bunches(mapping: str, text: str | bytes, now: datetime = NOW) -> list[Bunch]:
    body = text if isinstance(text, bytes) else text.encode()
    return list(mapped_bunches(io.BytesIO(body), read_mapping(mapping.encode()), now))


def deliveries(mapping: str, text: str | bytes, now: datetime = NOW) -> list[Any]:
    """Activities as JSON, and what is quarantined as (code, line, body)."""
    return [
        json.loads(line) if isinstance(line, bytes) else (line.code, bunch.numbers[line.position], line.body)
        for bunch in bunches(mapping, text, now)
        for line in bunch.lines
    ]


def times(mapping: str, text: str) -> list[str]:
    return [activity["time"] for activity in deliveries(mapping, text)]


def test_a_row_becomes_an_activity_whose_empty_values_are_left_out() -> None:
    [whole, empty] = deliveries(LOG, HEADER + JOINED + JOINED.replace("ada", ""))

    assert whole == {
        "specversion": "1.0",
        "id": "row-1",
        "source": "log",
        "type": "turnout.stay.joined",
        "time": "2026-02-03T14:00:00Z",
        "data": {"event": "2026-02-03", "connection": "c1", "user": "ada", "device": "PHONE"},
    }
    assert empty["data"] == {"event": "2026-02-03", "connection": "c1", "device": "PHONE"}


def test_each_type_takes_the_members_that_it_has() -> None:
    [left] = deliveries(LOG, HEADER + JOINED.replace("in", "out"))

    assert (left["type"], left["data"]) == ("turnout.stay.left", {"event": "2026-02-03", "connection": "c1"})


def test_a_row_may_hold_a_whole_stay_or_one_that_goes_on() -> None:
    gone, staying = "7,2026-02-03 09:00,2026-02-03T08:30Z,d1\n", "8,2026-02-03 09:00,,\n"

    said = deliveries(STAYS, "call,joined,left,desk\n" + gone + staying)

    assert [(one["id"], one["time"][11:16]) for one in said] == [
        ("7-joined", "08:00"),
        ("7-left", "08:30"),
        ("8-joined", "08:00"),
    ]
    assert (said[0]["data"]["name"], said[0]["data"]["metadata"]) == ("{7}", {"desk": "d1", "of": "x"})
    assert said[2]["data"]["metadata"] == {"of": "x"}


def test_of_a_stay_that_ends_before_it_begins_nothing_is_kept() -> None:
    row = "7,2026-02-03T09:00Z,2026-02-03T08:59Z,\n"

    assert deliveries(STAYS, "call,joined,left,desk\n" + row) == [("LEAVE_BEFORE_JOIN", 2, row.strip().encode())]


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2025-11-02,01:30", "2025-11-02T05:30:00Z"),  # twice: the first of the two
        ("2025-03-09,02:30", "2025-03-09T07:30:00Z"),  # never: 03:30
        ("2025-07-01,09:00:00.5", "2025-07-01T13:00:00.500000Z"),
        ("2025-07-01,09:00+02:00", "2025-07-01T07:00:00Z"),
    ],
)
def test_local_times_are_read_by_the_rule(local: str, instant: str) -> None:
    assert times(LOG, f"{HEADER}{local},in,c1,\n") == [instant]


def test_numbers_are_told_as_numbers_and_what_is_none_as_it_stands() -> None:
    mapping = ALIKE.replace("event.ended", "file.uploaded").replace('event = "{a}"', 'file = "f", bytes = "{a}"')

    first, second = deliveries(mapping, "at,a\n2026-02-03T09:00Z,512\n2026-02-03T09:00Z,512 B\n")

    assert (first["data"]["bytes"], second["data"]["bytes"]) == (512, "512 B")


def test_the_end_of_a_date_is_told_at_its_last_row_and_not_before_the_date_is_over() -> None:
    day = JOINED + JOINED.replace("09:00", "11:00") + JOINED.replace("09:00", "10:00")
    text = HEADER + day + day.replace("2026-02-03", "2026-02-04")

    early = deliveries(LOG + ENDED, text, datetime(2026, 2, 5, 4, 59, tzinfo=UTC))[6:]
    late = deliveries(LOG + ENDED, text, datetime(2026, 2, 5, 5, 0, tzinfo=UTC))[6:]

    assert [(one["id"], one["time"], one["data"]) for one in early] == [
        ("end-2026-02-03", "2026-02-03T16:00:00Z", {"event": "2026-02-03"})
    ]
    assert [one["id"] for one in late] == ["end-2026-02-03", "end-2026-02-04"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-02-03,09:00,in,c1", "4 values where the file has 5 columns"),
        ("2026-02-03,09:00,in,c1,a,b", "6 values where the file has 5 columns"),
        ("2026-02-03,09:00,muted,c1,a", "what is 'muted', for which the mapping has no type"),
        ("03.02.2026,09:00,in,c1,a", "day is '03.02.2026', time is '09:00': no time"),
        ("0001-01-01,00:00+10:00,in,c1,a", "no time"),
        ("2026-02-03,,in,c1,a", "time is ''"),
        ("2026-02-03,\0,in,c1,a", "time is '\\x00'"),
        ('2026-02-03,09:00,in,c1,"a"b', "not a row of CSV"),
        ("2026-02-03,09:00,in,c1,\udcff", "bytes that are no text"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_its_line_and_the_next_one_is_taken(row: str, reason: str) -> None:
    text = f"{HEADER}\n{row}\n{JOINED}".encode("utf-8", "surrogateescape")

    [bunch] = bunches(LOG, text)

    [broken, good] = bunch.lines
    assert isinstance(broken, Quarantined)
    assert (broken.code, broken.body, bunch.numbers) == ("CSV_ROW", row.encode("utf-8", "surrogateescape"), [3, 4])
    assert broken.reason.startswith("Line 3: ")
    assert reason in broken.reason
    assert isinstance(good, bytes)


def test_a_quote_that_is_never_closed_swallows_no_more_than_a_row_may_have() -> None:
    filler = "x\n" * 66_000

    said = deliveries(LOG, f'{HEADER}2026-02-03,09:00,in,"{filler}{JOINED}'.encode())

    assert said[0][:2] == ("CSV_ROW", 2)
    assert len(said[0][2]) <= LONGEST
    assert said[-1]["data"]["connection"] == "c1"


def test_the_place_of_a_row_is_its_line_whatever_lies_between() -> None:
    cell = JOINED.replace("ada", '"a\nb"')

    said = deliveries(LOG, HEADER + cell + "\n" + JOINED)

    assert [one["id"] for one in said] == ["row-1", "row-4"]
    assert said[0]["data"]["user"] == "a\nb"


@pytest.mark.parametrize(
    ("more", "body"),
    [
        ("", b"\xef\xbb\xbfat,a\r\n2026-02-03T09:00Z,\xc3\xa9\r\n"),
        ('encoding = "windows-1252"', b"at,a\n2026-02-03T09:00Z,\xe9"),
        ('encoding = "utf-16"', "at,a\n2026-02-03T09:00Z,é\n".encode("utf-16")),
        ('delimiter = ";"', "at;a\r2026-02-03T09:00Z;é\r".encode()),
        ('delimiter = "\\t"', 'at\ta\n2026-02-03T09:00Z\t"é"\n'.encode()),
    ],
)
def test_text_is_read_as_the_mapping_says(more: str, body: bytes) -> None:
    [said] = deliveries(more + ALIKE, body)

    assert said["data"] == {"event": "é"}


@pytest.mark.parametrize("body", [b"", b"\n\n", b'"at', "at,a\n\ud800".encode("utf-16-le", "surrogatepass")])
def test_a_file_without_a_header_or_of_another_encoding_is_refused(body: bytes) -> None:
    with pytest.raises(TurnoutError) as refused:
        deliveries('encoding = "utf-16"' + ALIKE if b"\0" in body else ALIKE, body)

    assert refused.value.code == "FILE_UNREADABLE"


def test_bunches_are_bounded_and_keep_a_row_together() -> None:
    rows = [f"{number},2026-02-03T09:00Z,2026-02-03T09:01Z," for number in range(LINES_AT_ONCE // 2)]

    first, second = bunches(STAYS, "\n".join(["call,joined,left,desk", "0,2026-02-03T09:00Z,,", *rows]))

    assert (len(first.lines), len(second.lines)) == (LINES_AT_ONCE - 1, 2)
    assert len(set(second.numbers)) == 1


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3)


def ids_of(rows: list[str]) -> list[tuple[str, str]]:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["at", "a"], *(["2026-02-03T09:00Z", cell] for cell in rows)])
    return [(one["data"].get("event", ""), one["id"]) for one in deliveries(ALIKE, file.getvalue())]


@settings(max_examples=30)
@given(st.lists(CELLS, max_size=8), st.randoms(use_true_random=False))
def test_rows_that_look_alike_all_count_and_keep_their_ids(rows: list[str], dice: random.Random) -> None:
    mixed = dice.sample(rows, len(rows))

    found = ids_of(rows)

    assert [cell for cell, _ in found] == rows
    assert len(set(found)) == len(rows)
    assert sorted(ids_of(mixed)) == sorted(found)
    assert ids_of([*rows, "more"])[: len(rows)] == found


@given(st.text(max_size=20), st.sampled_from(["log", STAYS, ENDED]))
def test_a_mapping_is_read_or_refused_whatever_it_is(text: str, rest: str) -> None:
    with suppress(TurnoutError):
        read_mapping((text + rest).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    ("part", "instead", "said"),
    [
        ("source =", "sauce =", "in the file: Object contains unknown field `sauce`"),
        ('source = "log"', "", "missing required field `source`"),
        ("zone =", "zone", "not TOML"),
        ("America/New_York", "America/New York", "zone: There is no time zone 'America/New York'"),
        ('source = "log"', 'source = "log"\ndelimiter = ",,"', "delimiter: Expected `str` of length <= 1"),
        ('source = "log"', "source = 'log'\ndelimiter = '\"'", "delimiter: expected one character"),
        ('source = "log"', 'source = "log"\nencoding = "base64"', "encoding: there is no encoding 'base64'"),
        ('source = "log"', 'source = "{"', "source: expected the name of a column between braces"),
        ("row-{row}", "row-{}", "activities[0].id: expected the name"),
        ("row-{row}", "row-{nr}", "activities[0].id: the file has no column 'nr'; it has day, time, what, line, who"),
        ('time = "time"', 'tiem = "time"', "activities[0].at: Object contains unknown field `tiem`"),
        ('time = "time"', 'time = "hour"', "activities[0].at: the file has no column 'hour'"),
        ('"what"', '"action"', "activities[0].type.column: the file has no column 'action'"),
        ("turnout.stay.left", "turnout.stay.gone", "activities[0].type: 'turnout.stay.gone' is no type; expected one"),
        ("turnout.stay.left", "turnout.activity.retracted", "is no type"),
        ("device =", "devise =", "activities[0].data.devise: no member of turnout.stay.joined or turnout.stay.left"),
        ('"PHONE"', "1", "activities[0].data[...]: Expected `str | object`, got `int`"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused_by_its_key(part: str, instead: str, said: str) -> None:
    assert part in LOG

    with pytest.raises(TurnoutError) as refused:
        deliveries(LOG.replace(part, instead, 1), HEADER)

    assert refused.value.code == "INVALID_MAPPING"
    assert said in refused.value.message


def test_an_end_may_not_be_different_in_every_row() -> None:
    with pytest.raises(TurnoutError, match=r"end\.id: \{row\} is different in every row"):
        read_mapping((LOG + ENDED.replace("end-{day}", "end-{row}")).encode())


@pytest.mark.parametrize(("header", "said"), [("at,a,a", "two columns 'a'"), ("at,a,occurrence", "rename the column")])
def test_columns_must_be_told_apart(header: str, said: str) -> None:
    with pytest.raises(TurnoutError, match=said):
        deliveries(ALIKE, header)


@pytest.mark.parametrize("name", ["bridge", "chat"])
def test_the_examples_can_be_counted(name: str) -> None:
    mapping = (EXAMPLES / f"{name}.toml").read_text()

    [bunch] = bunches(mapping, (EXAMPLES / f"{name}.csv").read_bytes())

    read = [read_activity(line, 0, NOW) for line in bunch.lines if isinstance(line, bytes)]
    assert all(isinstance(one, Activity) for one in read)
    assert len(read) == len(bunch.lines) == len({msgspec.json.encode(one.id) for one in read})
