"""What came of one attempt to deliver something."""

from dataclasses import dataclass

from turnout.analytics.alerts import DeliveryFailure

# What a server answers that wants to be told nothing any more.
GONE = 410


@dataclass(frozen=True, slots=True)
class Outcome:
    """Delivered when nothing has failed; `status` is what the other end answered, by HTTP or SMTP."""

    failure: DeliveryFailure | None = None
    status: int | None = None

    @property
    def is_final(self) -> bool:
        """Whether trying again is of no use."""
        return self.failure is None or self.status == GONE
