"""How a question is asked: in one snapshot with its neighbours, and never over days that are out of date."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final, Generic, LiteralString, Protocol, TypeVar, cast

from aiodataloader import DataLoader

from turnout.analytics.periods import DAY, FIRST_DAY, MICROSECOND, Period
from turnout.analytics.questions import Together
from turnout.analytics.unfinished import Unfinished
from turnout.database import columns
from turnout.database.errors import TurnoutError
from turnout.database.statements import statements
from turnout.tenants.company import Company
from turnout.tenants.connection import Door, Statement

Row = TypeVar("Row")
Answer = TypeVar("Answer")
Clock = Callable[[], datetime]
Days = tuple[date, date]

# How long an answer waits for its days to be refreshed before it is given as it is, and says so.
PATIENCE: Final = 2.0
SHORTEST_PAUSE: Final = 0.02
LONGEST_PAUSE: Final = 0.5
# Of more of them Postgres looks for the best plan each time.
FEW_DAYS: Final = timedelta(days=62)

_SQL = statements("turnout.analytics", "reading.sql")


@dataclass(frozen=True, eq=False)
class Question(Generic[Row]):
    """A statement about a company; `days` are the first and last day of the rollups it reads, None when it reads none.

    They are those of the generation among the parameters, the company's own where there is none; `own_days` are of the
    company's own, where it reads them beside a segment's. `company`, `as_of` and both generations are filled in when it
    is asked.
    """

    text: LiteralString
    row: Callable[..., Row]
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])
    days: Days | None = None
    own_days: Days | None = None

    def reads(self, own: int) -> list[tuple[int, Days]]:
        """Which days of which generations it reads, when the company's own is this one."""
        both = (self.generation_in(own), self.days), (own, self.own_days)
        return [(generation, days) for generation, days in both if days]

    def generation_in(self, own: int) -> int:
        """The generation that it is about."""
        return self.parameters.get("generation") or own


@dataclass(frozen=True)
class PendingDay:
    """A day whose rollup is out of date: which marks say so (none when it is time that has passed), and since when."""

    generation: int
    day: date
    marks: tuple[int, ...]
    revision: int
    since: datetime

    @property
    def key(self) -> tuple[int, date]:
        """What it is told apart by."""
        return self.generation, self.day


class Refreshing(Protocol):
    """Whoever brings rollups up to date."""

    async def refresh(self, company: Company, first_day: date, last_day: date, patience: float) -> None:
        """Return when the days have been refreshed, or when the seconds of patience are over."""
        ...


class Closing(Refreshing, Protocol):
    """Whoever closes billing periods too."""

    async def close_periods(self, company_id: int, generation: int) -> list[date]:
        """Close the company's billing periods that have ended; returns the first days of those with a new revision."""
        ...


class Reading:
    """One request's view of one company. Questions asked together share a round trip and a snapshot.

    With a user's id it is a view of what is that user's own; the days must be up to date for both. Without `people` not
    even the order of rows may tell anything of names and ids.
    """

    def __init__(
        self,
        door: Door,
        refresher: Refreshing,
        company: Company,
        clock: Clock,
        *,
        user_key: str | None = None,
        people: bool = True,
        patience: float = PATIENCE,
    ) -> None:
        self.company = company
        self.user_key = user_key
        self.people = people
        self.now = clock()
        self.as_of = self.now
        self._first_batch = True
        self.pending: dict[date, datetime] = {}
        self._unfinished = Unfinished()
        self._door = door
        self._refresher = refresher
        self._clock = clock
        self._patience = patience
        self._questions: Together[Question[Any], list[Any]] = Together(self._answer, cache=False)
        self._loaders: dict[Callable[..., Any], DataLoader[str, Any]] = {}
        self._asked: dict[tuple[Callable[..., Any], Period], asyncio.Future[Any]] = {}

    @property
    def today(self) -> date:
        """The company's local day as of the request."""
        return self.now.astimezone(self.company.zone).date()

    @property
    def unfinished(self) -> list[date]:
        """The days of the periods asked about, up to today, that are not over or that time alone can still change."""
        return self._unfinished.days(self.as_of.astimezone(self.company.zone).date())

    def about(self, period: Period) -> Period:
        """The same period, of which `unfinished` tells from now on."""
        self._unfinished.ask(period)
        return period

    async def ask(self, question: Question[Row]) -> list[Row]:
        """The rows that answer a question: all that was acknowledged before is in them, or `pending` names the days.

        Raises NOT_IN_SEGMENT for a statement that would answer for the whole company what is asked of a part of it.
        """
        if question.parameters.get("segment") is not None and "%(segment)s" not in question.text:
            raise TurnoutError(
                "NOT_IN_SEGMENT",
                "This is known of the whole company alone, and not of a segment.",
                "Leave the field out, or ask for it without `segment`.",
            )
        return cast("list[Row]", await self._questions.load(question))

    def once(self, ask: Callable[["Reading", Period], Awaitable[Answer]], period: Period) -> asyncio.Future[Answer]:
        """What a function answers about a period, asked once however many fields and rows of a request want it.

        It has begun when this returns: whoever wants several must not lose turns of the event loop between them.
        """
        key = ask, period
        if key not in self._asked:
            self._asked[key] = asyncio.ensure_future(ask(self, period))
        return self._asked[key]

    async def of_each(
        self, ask: Callable[["Reading", list[str]], Coroutine[Any, Any, list[Answer]]], key: str
    ) -> Answer:
        """What a function answers about one of many things, asked for all rows of a request that want it at once."""
        if ask not in self._loaders:
            self._loaders[ask] = DataLoader(partial(ask, self))
        return await self._loaders[ask].load(key)

    async def _answer(self, questions: list[Question[Any]]) -> list[Any]:
        """The rows of each question, or the exception of the one that failed, as a DataLoader wants them."""
        asked = _span([days for question in questions for days in question.reads(self.company.generation)])
        give_up = time.monotonic() + self._patience
        wanted: dict[tuple[int, date], PendingDay] | None = None
        pause = 0.0
        while True:
            as_of = self._clock()
            answers, found, unfinished = await self._read(questions, asked, as_of)
            late = _still_late(wanted, found)
            remaining = give_up - time.monotonic()
            if not late or remaining <= 0:
                self.as_of = as_of if self._first_batch else min(self.as_of, as_of)
                self._first_batch = False
                self.pending |= {day.day: day.since for day in late}
                self._unfinished.found(unfinished)
                return answers
            wanted = wanted or {day.key: day for day in found}
            # One refresh is enough unless it fails, or another process is at it: then asking again at once is no use.
            await asyncio.sleep(min(pause, remaining))
            pause = min(2 * pause, LONGEST_PAUSE) or SHORTEST_PAUSE
            await self._refresh(late, give_up - time.monotonic())

    async def _refresh(self, late: list[PendingDay], patience: float) -> None:
        """Have each generation refreshed that a late day is of."""
        days = _span([(day.generation, (day.day, day.day)) for day in late])
        await asyncio.gather(
            *(
                self._refresher.refresh(replace(self.company, generation=generation), first, last, patience)
                for generation, (first, last) in days.items()
            )
        )

    async def _read(
        self, questions: Sequence[Question[Any]], asked: Mapping[int, Days], as_of: datetime
    ) -> tuple[list[list[Any] | Exception], list[PendingDay], list[date]]:
        """The rows of each question, the days of these rollups that are out of date, and the unfinished ones."""
        own = self.company.generation
        fixed = {"company": self.company.company_id, "company_generation": own, "as_of": as_of}
        whole: dict[str, Any] = {"segment": None}
        batch = [
            Statement(
                question.text,
                whole | question.parameters | fixed | {"generation": question.generation_in(own)},
                question.row,
            )
            for question in questions
        ]
        today = as_of.astimezone(self.company.zone).date()
        beside = [self._late(fixed, generation, days, today) for generation, days in asked.items()]
        unfinished = [
            statement
            for generation in {own, *asked}
            for statement in self._unfinished.statements(fixed | {"generation": generation}, today)
        ]
        about_little = all(map(_is_about_little, questions))
        answers = await self._look([*batch, *beside, *unfinished], about_little)
        found = [row for rows in answers[len(batch) :] for row in _whole(rows)]
        late = [row for row in found if isinstance(row, PendingDay)]
        return answers[: len(batch)], late, [row for row in found if isinstance(row, date)]

    def _late(self, fixed: dict[str, Any], generation: int, days: Days, today: date) -> Statement[PendingDay]:
        about = {"generation": generation, "today": today, "time_zone": self.company.time_zone}
        about |= {"first_day": days[0], "last_day": days[1]}
        return Statement(_SQL["pending_days"], fixed | about, partial(_pending_day, generation))

    async def _look(self, statements: Sequence[Statement[Any]], about_little: bool) -> list[list[Any] | Exception]:
        return await self._door.read(
            self.company.company_id, statements, user_key=self.user_key, about_little=about_little
        )


def _is_about_little(question: Question[Any]) -> bool:
    """Whether a question is about a few days, or about one row: then no plan of it is a bad one."""
    if not question.parameters:
        return True
    first, last = question.parameters.get("first_day"), question.parameters.get("last_day")
    return first is not None and last is not None and last - first <= FEW_DAYS


def _whole(found: list[Any] | Exception) -> list[Any]:
    if isinstance(found, Exception):
        raise found
    return found


def _pending_day(generation: int, day: date, marks: list[int], revision: int, since: datetime) -> PendingDay:
    return PendingDay(generation, day, tuple(marks), revision, since)


def _span(read: Sequence[tuple[int, Days]]) -> dict[int, Days]:
    """Of each generation the first and the last day of all that is read."""
    spans: dict[int, Days] = {}
    for generation, (first, last) in read:
        before = spans.get(generation, (first, last))
        spans[generation] = min(first, before[0]), max(last, before[1])
    return spans


def _still_late(wanted: dict[tuple[int, date], PendingDay] | None, found: list[PendingDay]) -> list[PendingDay]:
    """Of the days that were out of date when the question came, those that still are for the same reason.

    Marks made since do not count: an answer owes what was acknowledged before it was asked, and would otherwise
    never be given to a company with an activity a second.
    """
    if wanted is None:
        return found
    return [day for day in found if day.key in wanted and _same_reason(wanted[day.key], day)]


def _same_reason(then: PendingDay, now: PendingDay) -> bool:
    if then.marks:
        return bool(set(then.marks) & set(now.marks))
    return not now.marks and then.revision == now.revision


def period_parameters(period: Period, today: date) -> dict[str, Any]:
    """The parameters that every statement about a period shares.

    Most periods cut no day: statements look at `cut_days` before they call what measures one, since calling it with
    none costs as much as all the rest of a short answer.
    """
    return {
        "period_start": period.start,
        "period_end": period.end,
        "first_day": period.first_day,
        "last_day": period.last_day,
        "days": columns.Days(bucket.day for bucket in period.buckets),
        "cut_days": [bucket.day for bucket in period.cut],
        "cut_starts": [bucket.start for bucket in period.cut],
        "cut_ends": [bucket.end for bucket in period.cut],
        "today": today,
        "segment": period.segment,
        "generation": period.generation,
    }


def ending_parameters(period: Period) -> dict[str, Any]:
    """The parameters of what exists at a period's end: all days through one, and the last day's part when it is cut."""
    cut = [period.closing] if period.closing else []
    return {
        "through_day": period.last_day - DAY if cut else period.last_day,
        "last_instant": period.end - MICROSECOND,
        "end_days": [bucket.day for bucket in cut],
        "end_starts": [bucket.start for bucket in cut],
        "end_ends": [bucket.end for bucket in cut],
    }


def limit_day(period: Period, reading: Reading) -> dict[str, Any]:
    """The parameter for the day whose limits hold at a period's end, or today."""
    return {"limit_day": min(period.end - MICROSECOND, reading.now).astimezone(reading.company.zone).date()}


def days_up_to(period: Period) -> tuple[date, date]:
    """All days up to the last of a period: the rollups of what exists at its end, and those of the period itself."""
    return FIRST_DAY, period.last_day


def whole_days(period: Period) -> tuple[date, date] | None:
    """First and last whole day of a period: the rollups it reads. None when both its days are cut."""
    cut = {bucket.day for bucket in period.cut}
    whole = [bucket.day for bucket in period.buckets if bucket.day not in cut]
    return (whole[0], whole[-1]) if whole else None
