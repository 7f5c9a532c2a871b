"""What people join and sign in with."""

from typing import Any, Final

from turnout.server.demo.dice import Dice

CLIENTS: Final = (
    *[{"device": "DESKTOP", "client": "Web"}] * 5,
    *[{"device": "DESKTOP", "client": "Windows app"}] * 4,
    *[{"device": "MOBILE", "client": "Android app"}] * 2,
    {"device": "MOBILE", "client": "iOS app"},
    {"device": "TABLET", "client": "Web"},
    {"device": "PHONE"},
    {"device": "ROOM_SYSTEM", "client": "SIP"},
)
SYSTEMS: Final = {
    "Web": ("Windows 11", "Windows 11", "macOS 15", "Linux", "ChromeOS"),
    "Windows app": ("Windows 11", "Windows 10"),
    "Android app": ("Android 16", "Android 15"),
    "iOS app": ("iOS 26",),
}


def equipment(dice: Dice) -> dict[str, Any]:
    """A device, and the client on it."""
    return dice.pick(CLIENTS)


def signed_in_with(dice: Dice) -> dict[str, Any]:
    """The same with an operating system; telephones and room systems do not sign in, the odd client says nothing."""
    chosen = dice.pick(CLIENTS[:-2])
    return {} if dice.chance(0.02) else {**chosen, "os": dice.pick(SYSTEMS[chosen["client"]])}
