"""What an alert says: as JSON to programs, as text to people."""

from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Final
from uuid import UUID

import msgspec

_NAMES: Final = {
    "SPEAKERS": "speakers at once",
    "LISTENERS": "listeners at once",
    "CONNECTIONS": "connections at once",
    "EVENTS": "events at once",
    "PARTICIPATION_MINUTES": "minutes of participation in the billing period",
    "RECORDED_MINUTES": "minutes recorded in the billing period",
    "STORED_RECORDING_MINUTES": "minutes of stored recordings",
    "STORAGE_BYTES": "bytes in use",
    "USERS": "registered users",
}


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
        message["Subject"] = f"{self.company}: {self.name}" if self.fired else f"{self.company}: test of {self.name}"
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
        what = _NAMES[self.metric] + ("" if self.section == "TOTAL" else f" ({self.section.lower()}s)")
        rule = f"The rule {self.name!r} waits for {self.share * 100:g} % of the limit of {what}."
        if self.fired is None:
            return [f"This is a test of an alert of {self.company}.", "", rule]
        return [*self._found(self.fired, what), "", rule, "It says nothing more until that period is over."]

    def _found(self, fired: Fired, what: str) -> list[str]:
        when = f"{fired.day} ({self.time_zone})" + (f", at {fired.at:%Y-%m-%d %H:%M:%S} UTC" if fired.at else "")
        return [
            f"{self.company} has reached {fired.value / fired.limit * 100:.4g} % of a limit.",
            "",
            f"Reached: {fired.value:,.15g} {what}",
            f"Limit:   {fired.limit:,.15g}",
            f"Day:     {when}",
            f"Period:  {fired.first_day}" + ("" if fired.first_day == fired.last_day else f" to {fired.last_day}"),
        ]


def _firing(fired: Fired) -> dict[str, Any]:
    found = {"from": fired.first_day, "to": fired.last_day, "day": fired.day, "at": fired.at}
    return {"id": fired.alert_id, "firing": found | {"value": fired.value, "limit": fired.limit}}
