"""The questions that can be asked of a company's activities, and their answers by the API's names."""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import UTC, date, datetime, timedelta

from . import breakdown
from .activities import Raw
from .buckets import totals_of
from .contract import Contract
from .days import Day, days_of, local_day, midnight
from .facts import TOTAL, Facts, Presence
from .levels import time_above, time_at_levels, value_covering
from .limits import METRICS, Limit, limit_on, peak_against, usage_against
from .members import KINDS
from .recordings import recordings_in, stored_minutes
from .rows import MICROSECONDS_A_MINUTE, Row, arrival_rows, disk_rows, event_row, event_rows, planned_rows, user_rows
from .segments import Part
from .signins import client_rows
from .stays import Stay
from .uses import uses_of
from .witness import witness_of

SECTIONS = (TOTAL, *KINDS)
FIELDS = {TOTAL: "total", "MEETING": "meetings", "WEBINAR": "webinars", "CALL": "calls"}
HAVE_LISTENERS = (TOTAL, "WEBINAR")
ALWAYS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Oracle:
    """One company: its zone, its limits in the order listed, its activities in the order of arrival.

    The order of arrival matters for a CONFLICT alone. All instants are aware and in UTC; periods are `[start, end)`.
    """

    def __init__(self, zone: str, stale_after: timedelta, limits: Sequence[Limit], activities: Sequence[Raw]) -> None:
        self._zone = zone
        self._stale_after = stale_after
        self._limits = limits
        self._arrived = activities
        self._facts: dict[datetime, Facts] = {}

    def facts(self, now: datetime) -> Facts:
        """What counts as seen from `now`; worked out once."""
        if now not in self._facts:
            self._facts[now] = Facts(self._arrived, self._stale_after, now)
        return self._facts[now]

    def of(self, part: Part, now: datetime) -> "Oracle":
        """The same questions about a part of the company, as seen from `now`."""
        oracle = copy(self)
        oracle._facts = {now: self.facts(now).of(part)}
        return oracle

    def stays(self, now: datetime) -> list[Stay]:
        """Every stay, services too, by event, connection and time."""
        return self.facts(now).stays

    def first_day(self, now: datetime) -> date | None:
        """The local day of the earliest activity that counts; None when none does."""
        activities = self.facts(now).activities
        return local_day(self._zone, activities[0].time) if activities else None

    def period_summary(self, start: datetime, end: datetime, now: datetime) -> Row:
        """A PeriodSummary."""
        facts = self.facts(now)
        missed = [
            top.starts_at
            for top in facts.tops()
            if top.starts_at and top.starts_at <= now and not top.cancelled and not facts.of_event(top.key)
        ]
        return {
            **{FIELDS[section]: self._section(section, start, end, now) for section in SECTIONS},
            "eventsByTemplate": self._by_template(start, end, now),
            "eventsNotHeld": sum(start <= moment < end for moment in missed),
            **totals_of(facts, start, end),
            "storage": self.storage(end, now),
            "registeredUsers": self._usage("USERS", len(facts.registered_at(facts.at_the_end(end))), end, now),
        }

    def storage(self, end: datetime, now: datetime) -> Row:
        """The Usage of the company's storage at the end of a period."""
        facts = self.facts(now)
        used = sum(version.bytes for version in facts.in_use_at(facts.at_the_end(end)))
        return self._usage("STORAGE_BYTES", used, end, now)

    def days(self, start: datetime, end: datetime, now: datetime) -> list[Row]:
        """A DayTotal for each day; those after today are all zeros."""
        days = list(days_of(self._zone, start, end))
        rows = [self._day_total(day, self.facts(now)) for day in days]
        ahead = [midnight(self._zone, day.date) > now for day in days]
        return [
            {column: 0 if late and column != "day" else value for column, value in row.items()}
            for row, late in zip(rows, ahead, strict=True)
        ]

    def recordings(self, start: datetime, end: datetime, now: datetime) -> Row:
        """What a PeriodSummary has of recordings, the peak's instant beside it."""
        facts = self.facts(now)
        moment = facts.at_the_end(end)
        in_use = [version for version in facts.in_use_at(moment) if not version.is_file]
        return {
            **recordings_in(facts.ran, start, end),
            "storedRecordingMinutes": stored_minutes(facts.ran, moment, end),
            "storedRecordingBytes": sum(version.bytes for version in in_use),
        }

    def recording_days(self, start: datetime, end: datetime, now: datetime) -> list[Row]:
        """What a DayTotal has of recordings; a day after today has nothing."""
        nothing = {"peakRecordingsAt": None}
        return [
            {"day": day.date}
            | {
                column: nothing.get(column, 0) if midnight(self._zone, day.date) > now else value
                for column, value in self.recordings(day.start, day.end, now).items()
            }
            for day in days_of(self._zone, start, end)
        ]

    def uses(self, start: datetime, end: datetime, now: datetime) -> Row:
        """What a PeriodSummary has of features, media and quality."""
        return uses_of(self.facts(now), start, end)

    def uses_by_day(self, start: datetime, end: datetime, now: datetime) -> dict[date, Row]:
        """The same of each DayTotal; of days after today there is nothing."""
        days = days_of(self._zone, start, end)
        return {day.date: self.uses(day.start, day.end, now) for day in days if midnight(self._zone, day.date) <= now}

    def contract_usage(
        self, start: datetime, end: datetime, now: datetime, *, billing: bool, per_stay: bool
    ) -> list[Row]:
        """The rows of "this period", by metric and section; `per_stay` as the contract says of billing periods."""
        return Contract(self._zone, self.facts(now), self._limits, start, end, billing, per_stay).rows()

    def user_stats(self, start: datetime, end: datetime, now: datetime) -> list[Row]:
        """A UserStat for everybody who is listed, by id."""
        return user_rows(self.facts(now), start, end)

    def user(self, user_id: str, start: datetime, end: datetime, now: datetime) -> Row | None:
        """The UserStat of one user; None for who is not listed."""
        return next((row for row in self.user_stats(start, end, now) if row["userId"] == user_id), None)

    def event_stats(self, start: datetime, end: datetime, now: datetime) -> list[Row]:
        """An EventStat for each event that is listed, by id."""
        return event_rows(self.facts(now), start, end)

    def event(self, event_id: str, now: datetime) -> Row | None:
        """The EventStat of one event over all time; None for a breakout and for what does not exist."""
        facts = self.facts(now)
        return next((event_row(facts, top, *ALWAYS) for top in facts.tops() if top.key == event_id), None)

    def planned_events(self, now: datetime) -> list[Row]:
        """A PlannedEvents for each owner of planned events, in no order."""
        return planned_rows(self.facts(now))

    def arrivals(self, start: datetime, end: datetime, now: datetime) -> list[Row]:
        """A HostArrivals for each owner who is listed, in no order."""
        return arrival_rows(self.facts(now), start, end)

    def disk_usage(self, start: datetime, end: datetime, now: datetime) -> list[Row]:
        """A DiskUsage for each owner who is listed, in no order; the total is `storage`."""
        return disk_rows(self.facts(now), start, end)

    def clients(self, start: datetime, end: datetime, now: datetime, per_day: bool, limit: int) -> list[Row]:
        """The ClientStats in the order in which they are listed, `limit` of them a day or in all, and the others."""
        facts = self.facts(now)
        if not per_day:
            return client_rows(facts.sign_ins(start, end), None, limit)
        days = days_of(self._zone, start, end)
        return [row for day in days for row in client_rows(facts.sign_ins(day.start, day.end), day.date, limit)]

    def daily_peaks(self, start: datetime, end: datetime, sections: Iterable[str], now: datetime) -> list[Row]:
        """A DailyPeak for each day and asked section, zeros included."""
        asked = set(sections)
        ordered = [section for section in SECTIONS if section in asked]
        return [self._day(day, section, now) for day in days_of(self._zone, start, end) for section in ordered]

    def witness(self, metric: str, section: str, start: datetime, end: datetime, now: datetime) -> Row:
        """A PeakWitness without its lists."""
        return witness_of(self.facts(now), metric, section, start, end)

    def room_stats(self, start: datetime, end: datetime, now: datetime) -> list[Row]:
        """A RoomStat for each room that is listed, in no order."""
        return breakdown.room_rows(self.facts(now), start, end)

    def hours(self, section: str, start: datetime, end: datetime, now: datetime) -> list[Row]:
        """An HourOfDay for each hour, whose weekday is 0, and then an HourOfWeek for each hour of a week."""
        return breakdown.hour_rows(self.facts(now), self._zone, section, start, end)

    def broken_down(self, start: datetime, end: datetime, now: datetime) -> list[Row]:
        """What a period and each of its days have by device, room, place and single event; the period has no day."""
        days = [(day.date, day.start, day.end) for day in days_of(self._zone, start, end)]
        return [self._broken_down(*each, now) for each in ((None, start, end), *days)]

    def _broken_down(self, day: date | None, start: datetime, end: datetime, now: datetime) -> Row:
        facts = self.facts(now)
        return {
            "day": day,
            "minutesByDevice": breakdown.minutes_by_device(facts, start, end),
            "activeRooms": breakdown.active_rooms(facts, start, end),
            "dialInLines": breakdown.dial_in_lines(facts, start, end),
            "inOneEvent": {section: breakdown.in_one_event(facts, section, start, end) for section in SECTIONS},
            "posts": {section: breakdown.posts(facts, section, start, end) for section in SECTIONS},
        }

    def limit_use(
        self, metric: str, section: str, start: datetime, end: datetime, coverage: float, limit: int, now: datetime
    ) -> Row:
        """A LimitUse: one point of its curve, and how much one limit would have covered."""
        facts, named = self.facts(now), METRICS[metric]
        spent = time_at_levels(facts, metric, section, start, end)
        passed = sum(spent.values())
        days = list(days_of(self._zone, start, end))
        above = time_above(facts, metric, section, days, lambda day: limit_on(self._limits, named, section, day.date))
        within = sum(us for level, us in spent.items() if level <= limit)
        return {
            "passed": passed / MICROSECONDS_A_MINUTE,
            **above,
            "limit": limit_on(self._limits, named, section, local_day(self._zone, facts.at_the_end(end))),
            "value": value_covering(spent, coverage) if passed else None,
            "covered": within / passed if passed else None,
        }

    def _section(self, section: str, start: datetime, end: datetime, now: datetime) -> Row:
        def peak(metric: str) -> Row:
            return self._peak(metric, section, start, end, now)

        return {
            "section": section,
            "peakConnections": peak("connections"),
            "peakSpeakers": peak("speakers"),
            "peakListeners": peak("listeners") if section in HAVE_LISTENERS else None,
            "peakEvents": peak("events"),
            "meanDailyPeakConnections": self._mean("connections", section, start, end, now),
            "meanDailyPeakSpeakers": self._mean("speakers", section, start, end, now),
            "meanDailyPeakEvents": self._mean("events", section, start, end, now),
            **totals(self.facts(now).within(section, start, end), start, end),
        }

    def _day(self, day: Day, section: str, now: datetime) -> Row:
        peaks = {metric: self._peak(metric, section, day.start, day.end, now) for metric in METRICS}
        row: Row = {"day": day.date, "section": section}
        for metric, peak in peaks.items():
            row |= {metric: peak["value"], f"{metric}At": peak["at"]}
            row |= {f"{metric}Limit": peak["limit"]} if metric != "listeners" else {}
        if section not in HAVE_LISTENERS:
            row |= {"listeners": None, "listenersAt": None}
        return row | totals(self.facts(now).within(section, day.start, day.end), day.start, day.end)

    def _peak(self, metric: str, section: str, start: datetime, end: datetime, now: datetime) -> Row:
        value, at = self.facts(now).peak(metric, section, start, end)
        day = local_day(self._zone, at or self.facts(now).at_the_end(end))
        return peak_against(limit_on(self._limits, METRICS[metric], section, day), value, at)

    def _usage(self, metric: str, used: int, end: datetime, now: datetime) -> Row:
        day = local_day(self._zone, self.facts(now).at_the_end(end))
        return usage_against(limit_on(self._limits, metric, TOTAL, day), used)

    def _day_total(self, day: Day, facts: Facts) -> Row:
        moment = facts.at_the_end(day.end)
        return {
            "day": day.date,
            **totals_of(facts, day.start, day.end),
            "registeredUsers": len(facts.registered_at(moment)),
            "storageBytes": sum(version.bytes for version in facts.in_use_at(moment)),
            "signIns": len(facts.sign_ins(day.start, day.end)),
        }

    def _mean(self, metric: str, section: str, start: datetime, end: datetime, now: datetime) -> float:
        """Over the days up to today, a cut one counting as one."""
        days = [day for day in days_of(self._zone, start, end) if midnight(self._zone, day.date) <= now]
        values = [self.facts(now).peak(metric, section, day.start, day.end)[0] for day in days]
        return sum(values) / len(values) if values else 0.0

    def _by_template(self, start: datetime, end: datetime, now: datetime) -> list[Row]:
        facts = self.facts(now)
        held = [facts.events[key] for key in {each.stay.top for each in facts.within(TOTAL, start, end)}]
        rows = sorted({(event.kind, event.template) for event in held}, key=template_place)
        return [
            {"kind": kind, "template": template, "eventsHeld": [(each.kind, each.template) for each in held].count(row)}
            for row in rows
            for kind, template in [row]
        ]


def template_place(row: tuple[str, str | None]) -> tuple[int, bool, bytes]:
    """Kinds in the enum's order, then templates byte by byte, none last."""
    kind, template = row
    return KINDS.index(kind), template is None, (template or "").encode()


def totals(stays: Sequence[Presence], start: datetime, end: datetime) -> Row:
    """What a bucket with these stays in it adds up to."""
    return {
        "eventsHeld": len({each.stay.top for each in stays}),
        "participationMinutes": sum(each.microseconds_in(start, end) for each in stays) / MICROSECONDS_A_MINUTE,
        "uniqueParticipants": len({each.stay.person for each in stays}),
    }
