"""Rows of a CSV file become activities by a mapping, in bunches such as those of any other file."""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import TextIOWrapper
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

import msgspec

from turnout.database.errors import TurnoutError
from turnout.ingest.activities import LARGEST, Quarantined, printable
from turnout.ingest.files import BYTES_AT_ONCE, LINES_AT_ONCE, Bunch
from turnout.ingest.mapping import Mapping, check_columns, template, templates
from turnout.ingest.meanings import Meaning, RowError, Said, refuse_reversed
from turnout.ingest.rows import Row, read_rows
from turnout.ingest.scratch import Scratch, open_scratch
from turnout.ingest.templates import OCCURRENCE, ROW

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ENDED: Final = "turnout.event.ended"

Deliveries = list[bytes | Quarantined]


def mapped_bunches(file: BinaryIO, mapping: Mapping, now: datetime) -> Iterator[Bunch]:
    """The activities of a file's rows; memory is bounded whatever the file holds.

    A row that cannot be read comes as Quarantined. Raises TurnoutError INVALID_MAPPING when the file has other columns
    than the mapping, and FILE_UNREADABLE when it is no text with a first line of names.
    """
    bunch, size = Bunch(), 0
    for line, deliveries in _deliveries(file, mapping, now):
        if len(bunch.lines) + len(deliveries) > LINES_AT_ONCE or size >= BYTES_AT_ONCE:
            bunch.end = file.tell() if file.seekable() else 0
            yield bunch
            bunch, size = Bunch(), 0
        for delivery in deliveries:
            place = len(bunch.lines)
            bunch.lines.append(delivery if isinstance(delivery, bytes) else replace(delivery, position=place))
            bunch.numbers.append(line)
            size += len(delivery if isinstance(delivery, bytes) else delivery.body)
    if bunch.lines:
        bunch.end = file.tell() if file.seekable() else 0
        yield bunch


def _deliveries(file: BinaryIO, mapping: Mapping, now: datetime) -> Iterator[tuple[int, Deliveries]]:
    """What each row gives, with its line; at last the ends."""
    with open_scratch() as scratch, _text(file, mapping.encoding) as text:
        rows = read_rows(text, mapping.delimiter)
        header = next(rows, None)
        if header is None or header.problem:
            raise TurnoutError(
                "FILE_UNREADABLE",
                "The file has no first line that names its columns.",
                "Put the names of the columns there, separated as the values are.",
            )
        reader = _Reader(mapping, header, scratch)
        for row in rows:
            yield row.line, reader.read(row)
        yield from reader.ends(now)


@contextmanager
def _text(file: BinaryIO, encoding: str) -> Generator[TextIOWrapper]:
    """A file as text, in which bytes that are none stay recognizable; a mark of the byte order is no part of it."""
    utf8 = encoding.lower().replace("_", "-") in {"utf-8", "utf8"}
    text = TextIOWrapper(file, "utf-8-sig" if utf8 else encoding, errors="surrogateescape", newline="")
    try:
        yield text
    except UnicodeError as error:
        raise TurnoutError(
            "FILE_UNREADABLE", f"The file is not text in {encoding}: {error}.", "Name its `encoding` in the mapping."
        ) from error
    finally:
        text.detach()


class _Reader:
    """Reads the rows of one file in their order."""

    def __init__(self, mapping: Mapping, header: Row, scratch: Scratch) -> None:
        check_columns(mapping, header.cells)
        self._mapping = mapping
        self._header = header
        self._scratch = scratch
        self._zone = ZoneInfo(mapping.zone)
        self._meanings = [Meaning(activity, self._zone) for activity in mapping.activities]
        self._source = template("source", mapping.source)
        self._end_id = mapping.end and template("end.id", mapping.end.id)
        self._end_event = mapping.end and template("end.event", mapping.end.event)
        self._counts_alike = any(OCCURRENCE in found.names for _, found in templates(mapping))

    def read(self, row: Row) -> Deliveries:
        """The activities of a row, or why it has none."""
        said: list[Said] = []
        source = None
        try:
            values = self._values(row)
            source = self._source.fill(values)
            said += [found for meaning in self._meanings if (found := meaning.read(values))]
            refuse_reversed(said)
            deliveries: Deliveries = [_body(source, one) for one in said]
        except RowError as error:
            reason = f"Line {row.line}: {error.reason}"
            id_ = printable(said[-1].id if said else None)
            return [Quarantined(0, id_, error.code, reason, _raw(row), printable(source))]
        if self._end_id and self._end_event and said:
            self._note_end(source, self._end_id.fill(values), self._end_event.fill(values), said, row.line)
        return deliveries

    def ends(self, now: datetime) -> Iterator[tuple[int, Deliveries]]:
        """The ends of events on the dates that are over: on one that is not, more rows may come with the next load."""
        today = now.astimezone(self._zone).date()
        for name, at, line in self._scratch.ends():
            day, source, id_, event = msgspec.json.decode(name, type=tuple[date, str, str, str])
            if day < today:
                instant = _EPOCH + timedelta(microseconds=at)
                yield line, [_body(source, Said(_ENDED, id_, instant, {"event": event}))]

    def _values(self, row: Row) -> dict[str, str]:
        header = self._header.cells
        if row.problem:
            raise RowError("CSV_ROW", f"not a row of CSV: {row.problem}.")
        if len(row.cells) != len(header):
            raise RowError("CSV_ROW", f"{len(row.cells)} values where the file has {len(header)} columns.")
        values = dict(zip(header, row.cells, strict=True))
        values[ROW] = str(row.line - self._header.line)
        if self._counts_alike:
            values[OCCURRENCE] = str(self._scratch.count(_digest(row.cells)))
        return values

    def _note_end(self, source: str, id_: str, event: str, said: list[Said], line: int) -> None:
        day = said[0].at.astimezone(self._zone).date()
        last = max(one.at for one in said) - _EPOCH
        self._scratch.end(msgspec.json.encode((day, source, id_, event)), last // timedelta(microseconds=1), line)


def _raw(row: Row) -> bytes:
    """What stands in the file: text in UTF-8, bytes that are none as they are."""
    return row.raw.rstrip("\r\n").encode("utf-8", "surrogateescape")[:LARGEST]


def _digest(cells: list[str]) -> bytes:
    """16 bytes that rows which look exactly alike have in common."""
    text = "\0".join([f"{len(cell)}:{cell}" for cell in cells])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _body(source: str, said: Said) -> bytes:
    """A CloudEvent as anybody would send it."""
    envelope = {"specversion": "1.0", "id": said.id, "source": source, "type": said.type, "time": said.at}
    try:
        return msgspec.json.encode(envelope | {"data": said.data})
    except UnicodeEncodeError:
        raise RowError("CSV_ROW", "bytes that are no text in the encoding of the mapping.") from None
