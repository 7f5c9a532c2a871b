"""What each credential, or session of support, may spend on questions in a minute, counted in this process's memory.

Never by address, which many may share, and never of a company as a whole: one program that asks without end keeps
nobody else of its company waiting, and nobody of another.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Final

from turnout.database.errors import TurnoutError
from turnout.graphql.errors import RATE_LIMITED
from turnout.graphql.meter import Payer

SECONDS: Final = 60
# Credentials of whom it is known what they have spent; of more than these those are forgotten that began first.
MOST_KNOWN: Final = 20_000


@dataclass
class _Minute:
    """What has been spent since an instant of the clock."""

    since: float
    used: int = 0


class Rates:
    """The budgets: a credential's minute begins with its first question, and the next one when that has passed.

    `points` are those of a minute by the kind of a credential; 0, and a kind that is missing, means without bound.
    `clock` counts seconds and never goes back.
    """

    def __init__(
        self,
        points: Mapping[str, int] | None = None,
        clock: Callable[[], float] = time.monotonic,
        most_known: int = MOST_KNOWN,
    ) -> None:
        self._points = dict(points or {})
        self._clock = clock
        self._most_known = most_known
        self._minutes: OrderedDict[Hashable, _Minute] = OrderedDict()

    def most(self, payer: Payer) -> int:
        """Points that a credential may spend in a minute; 0 without such a bound."""
        return self._points.get(payer.kind, 0)

    def charge(self, payer: Payer, points: int) -> TurnoutError | None:
        """Count points that are about to be spent; RATE_LIMITED when they are too many, and then not counted.

        What alone is more than a whole minute's may be spent at its beginning: it would never be answered otherwise.
        """
        most = self.most(payer)
        if not most:
            return None
        minute = self._minute(payer)
        if minute.used and minute.used + points > most:
            return _limited(most, self._seconds_left(minute))
        minute.used += points
        return None

    def headers(self, payer: Payer) -> dict[str, str]:
        """What a credential may spend, has left and has spent, and in how many seconds it has all of it again."""
        most = self.most(payer)
        if not most:
            return {}
        minute = self._minute(payer)
        return {
            "x-ratelimit-limit": str(most),
            "x-ratelimit-remaining": str(max(most - minute.used, 0)),
            "x-ratelimit-used": str(minute.used),
            "x-ratelimit-reset": str(self._seconds_left(minute)),
        }

    def _minute(self, payer: Payer) -> _Minute:
        name, now = (payer.kind, payer.account), self._clock()
        minute = self._minutes.get(name)
        if minute is None or now >= minute.since + SECONDS:
            minute = self._minutes[name] = _Minute(now)
            self._minutes.move_to_end(name)
            if len(self._minutes) > self._most_known:
                self._minutes.popitem(last=False)
        return minute

    def _seconds_left(self, minute: _Minute) -> int:
        return max(math.ceil(minute.since + SECONDS - self._clock()), 1)


def _limited(most: int, seconds: int) -> TurnoutError:
    return TurnoutError(
        RATE_LIMITED,
        f"This credential has spent its {most} points of this minute, or would with this operation.",
        f"Try again in {seconds} seconds; ask for smaller pages, or less often.",
        seconds=seconds,
    )
