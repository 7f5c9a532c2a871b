"""What companies tell: a little one of which every number can be worked out by hand, and one with awkward names."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .clients import activity

# What both companies may call by one name without being taken for each other; everything else has a prefix.
NAMES = {"user", "owner", "event", "parent", "room", "connection", "externalId", "file", "recording", "name", "title"}


def at(moment: str) -> datetime:
    """An instant of 2026 in UTC, such as 03-01 09:30."""
    return datetime.fromisoformat(f"2026-{moment}+00:00")


@dataclass
class Story:
    """Activities in the order in which they are told; whoever and whatever is named in them begins with the prefix."""

    prefix: str = ""
    activities: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def tell(self, type_: str, moment: str, /, **data: Any) -> None:
        """One activity."""
        said = {name: self.prefix + value if name in NAMES else value for name, value in data.items()}
        self.activities.append(activity(f"a-{len(self.activities)}", f"turnout.{type_}", at(moment), **said))

    def stay(self, event: str, connection: str, joined: str, left: str | None = None, **data: Any) -> None:
        """Somebody joins and, unless still there, leaves on the same day."""
        self.tell("stay.joined", joined, event=event, connection=connection, **data)
        if left:
            self.tell("stay.left", joined[:6] + left, event=event, connection=connection)


def little_company(prefix: str = "") -> list[dict[str, Any]]:
    """Some days of a company that is told of from Berlin, as of noon UTC on 2 March 2026."""
    story = Story(prefix)
    for part in (_people, _webinar, _features, _meetings, _calls, _plans, _files, _messages):
        part(story)
    return story.activities


def _people(story: Story) -> None:
    story.tell("user.registered", "02-27 10:00", user="anna", name="Anna Öz", email="anna@acme.test")
    story.tell("user.registered", "02-28 09:00", user="carl", name="Carl", department="Sales")
    story.tell("user.removed", "03-01 10:00", user="carl")
    story.tell("user.registered", "03-01 08:00", user="ben", name="ben Adler")
    story.tell("user.registered", "03-02 08:00", user="dora")
    story.tell("room.created", "02-27 10:05", room="hall", owner="anna", name="Große Halle")
    story.tell("room.created", "02-27 10:06", room="cellar", owner="carl")
    windows = {"device": "DESKTOP", "client": "Windows app", "os": "Windows 11"}
    story.tell("user.signedIn", "02-28 08:00", user="anna", **windows)
    story.tell("user.signedIn", "03-01 08:30", user="anna", **windows)
    story.tell("user.signedIn", "03-01 12:30", user="anna", **windows)
    story.tell("user.signedIn", "03-01 08:31", user="ben", **windows)
    story.tell("user.signedIn", "03-01 08:32", user="ben", device="MOBILE", client="Android app", os="Android 16")
    story.tell("user.signedIn", "03-01 08:33", user="ben")
    story.tell("user.signedIn", "03-02 08:34", user="dora", device="TABLET", client="Web", os="iPadOS")


def _webinar(story: Story) -> None:
    """Planned for 9:00, moved to 9:30, held with a guest, a recorder and a breakout that lasted longer."""
    about = {"kind": "WEBINAR", "template": "LECTURE", "title": "Launch", "room": "hall", "captionsEnabled": True}
    created, first = at("02-27 10:30").isoformat(), at("03-01 09:00").isoformat()
    story.tell("event.planned", "02-27 11:00", event="launch", startsAt=first, createdAt=created, **about)
    moved, ends = at("03-01 09:30").isoformat(), at("03-01 10:30").isoformat()
    story.tell("event.planned", "02-28 12:00", event="launch", startsAt=moved, endsAt=ends)
    story.stay("launch", "c1", "03-01 09:30", "10:30", user="anna", role="MODERATOR", device="DESKTOP")
    story.stay("launch", "c2", "03-01 09:40", "10:20", user="ben", role="PARTICIPANT")
    story.tell("stay.roleChanged", "03-01 10:00", event="launch", connection="c2", role="SPEAKER")
    story.stay("launch", "c3", "03-01 09:40", "10:10", externalId="guest-7", role="PARTICIPANT")
    story.stay("launch", "c4", "03-01 09:30", "10:30", service="RECORDER")
    story.tell("event.started", "03-01 10:05", event="launch-b", parent="launch")
    story.stay("launch-b", "b1", "03-01 10:10", "10:40")
    story.tell("event.ended", "03-01 10:45", event="launch")
    story.tell("recording.started", "03-01 09:30", recording="tape-1", event="launch")
    story.tell("recording.stopped", "03-01 10:30", recording="tape-1", event="launch")
    story.tell("recording.stored", "03-01 11:00", recording="tape-1", bytes=500)
    story.tell("recording.started", "03-01 10:10", recording="tape-2", event="launch-b")
    story.tell("recording.deleted", "03-01 11:00", recording="tape-2")


def _features(story: Story) -> None:
    """Captions in the webinar and, beyond its stop, in its breakout; a stream, a shared screen, and how it went."""
    for verb, moment, event, feature in (
        ("started", "09:30", "launch", "LIVE_STREAM"),
        ("started", "09:45", "launch", "CAPTIONS"),
        ("stopped", "10:00", "launch", "CAPTIONS"),
        ("started", "10:10", "launch-b", "CAPTIONS"),
        ("stopped", "10:15", "launch", "LIVE_STREAM"),
        ("started", "10:20", "launch", "TRANSCRIPTION"),
    ):
        story.tell(f"feature.{verb}", f"03-01 {moment}", event=event, feature=feature)
    for verb, moment in (("started", "07:10"), ("stopped", "07:25")):
        story.tell(f"feature.{verb}", f"03-02 {moment}", event="standup", feature="SCREEN_SHARE", connection="s1")
    sent = {"direction": "SENT", "track": "AUDIO_VIDEO", "seconds": 1800}
    story.tell("media.measured", "03-01 10:00", event="launch", connection="c1", **sent)
    received = {"direction": "RECEIVED", "track": "SCREEN", "seconds": 90}
    story.tell("media.measured", "03-01 10:00", event="launch", connection="c2", **received)
    story.tell("quality.sampled", "03-01 09:50", event="launch", connection="c1", packetLoss=0.06)
    story.tell("quality.sampled", "03-01 09:55", event="launch", connection="c2", cpuTrouble=False)


def _meetings(story: Story) -> None:
    """One over midnight, one beside the webinar, one that is still going on."""
    about = {"kind": "MEETING", "template": f"{story.prefix}Stammtisch", "title": "Late", "room": "hall"}
    story.tell("event.started", "02-28 22:00", event="late", **about)
    story.stay("late", "l1", "02-28 22:30", "23:30", user="anna")
    story.stay("late", "l2", "02-28 22:30", "22:45", user="carl")
    story.tell("event.started", "03-01 09:00", event="greenroom", owner="anna")
    story.stay("greenroom", "g1", "03-01 09:35", "09:45", user="anna")
    story.tell("event.started", "03-02 07:00", event="standup", owner="ben", room="cellar")
    story.stay("standup", "s1", "03-02 07:00", user="ben")
    story.stay("standup", "s2", "03-02 07:30", "08:00", user="carl")


def _calls(story: Story) -> None:
    """A personal call by its template, and a group call by three at once."""
    story.tell("event.started", "03-01 13:00", event="call-1", template="PERSONAL_CALL", owner="ben")
    story.stay("call-1", "p1", "03-01 13:00", "13:10", user="anna")
    story.stay("call-1", "p2", "03-01 13:00", "13:10", user="ben")
    story.tell("event.started", "03-02 09:00", event="call-2", kind="CALL", owner="anna")
    story.stay("call-2", "x1", "03-02 09:00", "09:20", user="anna")
    story.stay("call-2", "x2", "03-02 09:05", "09:20", user="ben")
    story.stay("call-2", "x3", "03-02 09:10", "09:15", externalId="guest-7")


def _plans(story: Story) -> None:
    """What is to come, what was cancelled, and what nobody came to."""

    def plan(moment: str, event: str, starts: str, **about: Any) -> None:
        story.tell("event.planned", moment, event=event, startsAt=at(starts).isoformat(), **about)

    plan("02-28 08:00", "missed", "03-01 15:00", title="Missed")
    plan("03-01 08:00", "review", "03-03 09:00", title="Review", owner="anna", endsAt=at("03-03 10:00").isoformat())
    plan("03-01 08:05", "party", "03-05 18:00", owner="anna", room="hall")
    story.tell("event.cancelled", "03-01 09:00", event="party")
    plan("03-01 08:10", "callback", "03-04 09:00", kind="CALL")
    plan("03-01 08:20", "dinner", "03-02 18:00", owner="anna")
    plan("03-02 08:30", "one-on-one", "03-06 09:00", kind="CALL", owner="ben")


def _files(story: Story) -> None:
    """A file that is replaced, one that is deleted, one of nobody, one from before, and a recording of no event."""
    story.tell("file.uploaded", "02-26 10:00", file="f0", owner="carl", bytes=25)
    story.tell("file.uploaded", "02-28 10:00", file="f1", owner="anna", bytes=1000)
    story.tell("file.uploaded", "03-01 10:00", file="f1", bytes=1500)
    story.tell("file.uploaded", "03-01 11:00", file="f2", owner="ben", bytes=300)
    story.tell("file.deleted", "03-02 09:00", file="f2")
    story.tell("file.uploaded", "03-02 08:00", file="f3", bytes=70)
    story.tell("recording.stored", "03-01 12:00", recording="tape-3", owner="ben", bytes=40)


def _messages(story: Story) -> None:
    for moment in ("02-28 10:00", "03-01 10:00", "03-02 10:00", "03-02 10:01"):
        story.tell("message.posted", moment, place="MESSENGER", sender="anna")
    story.tell("message.posted", "03-01 09:50", place="PUBLIC_CHAT", event="launch")


# Ties but for capitals, signs beyond ASCII and beyond 16 bits, a dotted capital I, and two that differ late.
LONG = "ß" * 299
SIGNS = "UuUuUuUuUÉé"
CALLED = ["anna", "Anna", "Ωmega", "ωmega", "张伟", "İpek", "😀", f"{LONG}ab", f"{LONG}aa", None, None]


def awkward_company() -> list[dict[str, Any]]:
    """Users, rooms, events, plans and files whose names are hard to put in order, and of which many are equal."""
    story = Story()
    for number, name in enumerate(CALLED):
        sign, title = SIGNS[number], {} if name is None else {"title": name}
        user, event = f"{sign}-{number}", f"{sign}{number}"
        story.tell("user.registered", "02-27 10:00", user=user, **({} if name is None else {"name": name}))
        story.tell("file.uploaded", "03-01 10:00", file=f"f-{number}", owner=user, bytes=number // 2)
        story.tell("room.created", "03-01 09:00", room=user, owner=user, **({} if name is None else {"name": name}))
        kind = ("MEETING", "WEBINAR", "CALL")[number % 3]
        template = {"template": ("A", "a", "ÿ")[number % 3]} if number % 4 else {}
        about = {"kind": kind, "owner": user, "room": user} | title | template
        hour = 10 + number // 3
        story.tell("event.started", f"03-01 {hour}:00", event=event, **about)
        if number % 4:
            left = f"{hour}:{30 + number % 3}" if number % 5 else None
            story.stay(event, "c", f"03-01 {hour}:1{number % 2}:00.500000", left)
        else:
            story.stay(event, "c", f"03-01 {hour}:10", f"{hour}:20", service="RECORDER")
        starts = at(f"03-0{3 + number // 4} 09:00").isoformat()
        story.tell("event.planned", "03-01 09:00", event=f"p-{number}", startsAt=starts, **({"owner": user} | title))
    _hosts(story)
    story.tell("event.planned", "03-01 09:00", event="p", startsAt=at("03-04 09:00").isoformat())
    story.tell("file.uploaded", "03-01 10:00", file="f", bytes=2)
    return story.activities


def _hosts(story: Story) -> None:
    """Of every owner a planned event: some hosts come early, some late, two alike, and some not at all."""
    for number in range(len(CALLED)):
        owner, event = f"{SIGNS[number]}-{number}", f"h-{number}"
        starts = at("03-01 12:00").isoformat()
        story.tell("event.planned", "03-01 09:00", event=event, startsAt=starts, owner=owner, title=f"Host {number}")
        who = {"user": owner} if number % 4 != 3 else {"externalId": "guest"}
        story.stay(event, "c", f"03-01 {('11:58', '12:00', '12:03')[number % 3]}:0{number // 2}", "12:30", **who)
