from datetime import timedelta
from typing import Any

import pytest

from .activities import Raw
from .examples import NOW, TINY, company, tells
from .members import MEMBERS

AHEAD = (NOW + timedelta(minutes=5) + TINY).isoformat()
WHOLE: dict[str, Raw] = {
    "user.registered": {"user": "u", "name": "n", "email": "m", "department": "d"},
    "user.removed": {"user": "u"},
    "user.signedIn": {"user": "u", "device": "TV", "client": "c", "os": "o"},
    "room.created": {"room": "r", "owner": "u", "name": "n"},
    "message.posted": {"place": "ANSWER", "event": "e", "sender": "u"},
    "file.uploaded": {"file": "f", "bytes": 0, "owner": "u", "name": "n"},
    "file.deleted": {"file": "f"},
    **{f"recording.{verb}": {"recording": "r", "event": "e"} for verb in ("started", "paused", "resumed", "stopped")},
    "recording.stored": {"recording": "r", "event": "e", "owner": "u", "bytes": 0, "seconds": 0.5, "startedAt": NOW},
    "recording.deleted": {"recording": "r"},
}
BROKEN: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("user", "room", "event", "sender", "owner", "file", "recording"), ("", "i" * 201, "\n", 7)),
    **dict.fromkeys(("name", "email", "department", "client", "os"), ("", 7)),
    "device": ("tv", "", 7),
    "place": ("CHAT", "", 7),
    "bytes": (-1, 1.5, "1", True),
    "seconds": (-0.5, "1", True),
    "startedAt": ("1999-12-31T23:59:59Z", AHEAD, "yesterday", 7),
}


def is_taken(verb: str, members: Raw) -> bool:
    return company(tells(verb, NOW, **members)).facts(NOW).activities != []


@pytest.mark.parametrize("verb", WHOLE)
def test_an_activity_is_taken_whole_and_with_what_it_needs(verb: str) -> None:
    needed, _ = MEMBERS[f"turnout.{verb}"]

    assert is_taken(verb, WHOLE[verb])
    assert is_taken(
        verb, {member: value if member in needed.split() else None for member, value in WHOLE[verb].items()}
    )
    for missing in needed.split():
        assert not is_taken(verb, WHOLE[verb] | {missing: None})


@pytest.mark.parametrize("verb", WHOLE)
def test_an_activity_with_a_broken_member_is_not_taken(verb: str) -> None:
    for member in WHOLE[verb]:
        for value in BROKEN[member]:
            assert not is_taken(verb, WHOLE[verb] | {member: value}), (member, value)


def test_members_that_the_type_does_not_have_say_nothing() -> None:
    said = tells("recording.deleted", NOW, recording="r", event="e", owner="")

    [activity] = company(said).facts(NOW).activities

    assert (activity.data, activity.event) == ({"recording": "r"}, None)
