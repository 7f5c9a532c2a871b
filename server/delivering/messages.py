"""What an alert says: as JSON to programs, as text to people."""

from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import msgspec

from turnout.server.delivering.wording import number, say, what
from turnout.tenants.languages import Language


@dataclass(frozen=True, slots=True)
class Fired:
    """What a rule has found: in which period, on which day and, of a peak, when."""

    alert_id: UUID
    first_day: date
    last_day: date
    day: date
    at: datetime | None
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class Message:
    """An alert, or without `fired` a test, for one target; the same at every attempt."""

    delivery_id: UUID
    created_at: datetime
    slug: str
    company: str
    time_zone: str
    rule_id: UUID
    name: str
    metric: str
    section: str
    share: float
    period: str
    language: Language
    fired: Fired | None

    @property
    def webhook_id(self) -> str:
        """By which whoever receives it twice can tell that it is the same."""
        return f"msg_{self.delivery_id}"

    def body(self) -> bytes:
        """The JSON that is posted, after Standard Webhooks: type, timestamp, data."""
        kind = "alert.fired" if self.fired else "alert.test"
        content = {"type": kind, "timestamp": self.created_at, "data": self._data()}
        return msgspec.json.encode(content)

    def mail(self, sender: str, recipient: str) -> EmailMessage:
        """The same for people."""
        message = EmailMessage()
        message["From"] = sender
        message["To"] = recipient
        message["Subject"] = self._say(
            "subject" if self.fired else "test_subject", company=self.company, name=self.name
        )
        message["Date"] = format_datetime(self.created_at)
        message["Message-ID"] = f"<{self.delivery_id}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content("\n".join(self._lines()) + "\n", cte="quoted-printable")
        return message

    def _data(self) -> dict[str, Any]:
        condition = {"metric": self.metric, "section": self.section, "share": self.share, "period": self.period}
        rule = {"id": self.rule_id, "name": self.name, "condition": condition}
        return {"company": self.slug, "rule": rule} | (_firing(self.fired) if self.fired else {})

    def _lines(self) -> list[str]:
        called = what(self.language, self.metric, self.section)
        rule = self._say("rule", name=self.name, percent=number(self.language, self.share * 100), what=called)
        if self.fired is None:
            return [self._say("test", company=self.company), "", rule]
        return [*self._found(self.fired, called), "", rule, self._say("silent")]

    def _found(self, fired: Fired, called: str) -> list[str]:
        share = number(self.language, fired.value / fired.limit * 100, 4)
        at = f"{fired.at:%Y-%m-%d %H:%M:%S}" if fired.at else ""
        period = "period_of_a_day" if fired.first_day == fired.last_day else "period"
        return [
            self._say("reached", company=self.company, percent=share),
            "",
            self._say("value", value=number(self.language, fired.value), what=called),
            self._say("limit", limit=number(self.language, fired.limit)),
            self._say("instant" if fired.at else "day", day=fired.day, time_zone=self.time_zone, at=at),
            self._say(period, first_day=fired.first_day, last_day=fired.last_day),
        ]

    def _say(self, text: str, /, **values: object) -> str:
        return say(self.language, text, **values)


def _firing(fired: Fired) -> dict[str, Any]:
    found = {"from": fired.first_day, "to": fired.last_day, "day": fired.day, "at": fired.at}
    return {"id": fired.alert_id, "firing": found | {"value": fired.value, "limit": fired.limit}}
