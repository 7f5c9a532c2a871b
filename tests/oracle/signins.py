"""Sign-ins by the program that was used."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from .activities import Activity
from .members import DEVICES

Client = tuple[str, str, str | None]


def client_rows(sign_ins: Sequence[Activity], day: date | None, limit: int) -> list[dict[str, Any]]:
    """A ClientStat of each of the `limit` clients with the most sign-ins, and one of all the others together."""
    users: dict[Client, list[str]] = {}
    for each in sign_ins:
        users.setdefault(client_of(each), []).append(each.data["user"])

    ranked = sorted(users, key=lambda client: (-len(users[client]), *place(client)))
    rows = [row(day, client, users[client]) for client in ranked[:limit]]
    others = [user for client in ranked[limit:] for user in users[client]]
    return [*rows, row(day, ("UNKNOWN", "Other", None), others)] if others else rows


def client_of(sign_in: Activity) -> Client:
    said = sign_in.data
    return said.get("device", "UNKNOWN"), said.get("client", "Unknown"), said.get("os")


def place(client: Client) -> tuple[int, bytes, bool, bytes]:
    """Devices in the enum's order, then texts byte by byte, no system last."""
    device, name, system = client
    return DEVICES.index(device), name.encode(), system is None, (system or "").encode()


def row(day: date | None, client: Client, users: Sequence[str]) -> dict[str, Any]:
    device, name, system = client
    return {
        "day": day,
        "device": device,
        "client": name,
        "os": system,
        "signIns": len(users),
        "users": len(set(users)),
    }
