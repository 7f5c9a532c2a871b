"""What makes the next revision of a closed billing period, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from turnout.analytics.contract import MetricUsage, UsageMetric
from turnout.tenants.limits import Section

# The version of the definitions by which figures are computed. Raise it with every change of what one of them means:
# each closed period then gets a revision with the reason DEFINITION.
DEFINITION: Final = 1

Key = tuple[UsageMetric, Section]


@dataclass(frozen=True, slots=True)
class Revision:
    """The latest revision of a closed period."""

    first_day: date
    last_day: date
    revision: int
    definition: int
    rounding: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A day that was computed anew, and whether something came late or was corrected."""

    mark_id: int
    day: date
    reason: str
    made_at: datetime


def figure_of(
    metric: str,
    section: str,
    amount: int,
    at: datetime | None,
    limit: float | None,
    worst_share: float | None,
    worst_share_at: datetime | None,
) -> MetricUsage:
    """A figure of a closed period, of its columns."""
    return MetricUsage(UsageMetric(metric), Section(section), amount, at, limit, worst_share, worst_share_at)


def marked(latest: Revision, marks: Sequence[Mark]) -> list[str]:
    """Why a period is to be looked at: days in it that were computed anew, or for want of these earlier ones.

    Earlier days change what exists at its end.
    """
    inside = {mark.reason for mark in marks if latest.first_day <= mark.day <= latest.last_day}
    return sorted(inside or {mark.reason for mark in marks if mark.day < latest.first_day})


def reasons_for(
    latest: Revision,
    before: Sequence[MetricUsage],
    after: Sequence[MetricUsage],
    rounding: str,
    marks: Sequence[str],
    *,
    contract: bool,
) -> list[str]:
    """The reasons of the next revision; none when there is nothing to revise.

    Another contract alone, such as a limit that is agreed on for days that are over, makes one only on demand.
    """
    is_redefined, is_rerounded = latest.definition != DEFINITION, latest.rounding != rounding
    then, now = _amounts(before, without_billed=is_rerounded), _amounts(after, without_billed=is_rerounded)
    has_moved = then != now
    is_agreed_anew = is_rerounded or _limits(before) != _limits(after)
    if not (has_moved or is_redefined or (contract and is_agreed_anew)):
        return []
    moving = list(marks) if has_moved and marks else ["LATE_DATA"] if has_moved and not is_redefined else []
    return [*moving, *["DEFINITION"] * is_redefined, *["CONTRACT"] * is_agreed_anew]


def _amounts(figures: Sequence[MetricUsage], *, without_billed: bool) -> dict[Key, tuple[int, datetime | None]]:
    return {
        (figure.metric, figure.section): (figure.amount, figure.at)
        for figure in figures
        if not (without_billed and figure.metric is UsageMetric.BILLED_MINUTES)
    }


def _limits(figures: Sequence[MetricUsage]) -> dict[Key, float | None]:
    return {(figure.metric, figure.section): figure.limit for figure in figures}
