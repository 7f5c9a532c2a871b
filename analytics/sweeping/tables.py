"""Which rows there are of a sweep, and the statement that writes each."""

from collections.abc import Callable
from typing import Final

from turnout.analytics.sweeping.day_rows import billing_rows, carried_rows, day_rows, section_rows
from turnout.analytics.sweeping.event_rows import event_rows, feature_rows, owner_rows, room_rows
from turnout.analytics.sweeping.level_rows import hour_rows, level_rows, peak_rows
from turnout.analytics.sweeping.person_rows import device_rows, person_rows
from turnout.analytics.sweeping.presence_rows import presence_rows
from turnout.analytics.sweeping.swept import Rows, Swept

# The days come first: others shorten how long they hold.
OF_SEGMENTS: Final[dict[str, Callable[[Swept], Rows]]] = {
    "write_days": day_rows,
    "write_sections": section_rows,
    "write_events": event_rows,
    "write_owners": owner_rows,
    "write_persons": person_rows,
    "write_presence": presence_rows,
    "write_peaks": peak_rows,
    "write_devices": device_rows,
    "write_rooms": room_rows,
    "write_hours": hour_rows,
}
# What there is of a whole company alone.
OF_COMPANIES: Final = OF_SEGMENTS | {
    "write_levels": level_rows,
    "write_billing": billing_rows,
    "write_carried_stays": carried_rows,
    "write_features": feature_rows,
}
