"""Companies whose every text is a canary, and whose every size is a multiple of a prime of their own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString, cast
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from tests.api.clients import activity
from tests.api.stories import Story, at
from tests.rows import rows_of, tables, value_of
from tests.wall import ONLY_ADDED_TO, TABLES, Admin
from turnout.tenants.audit import Act, Actor, ActorKind
from turnout.tenants.caller import Caller
from turnout.tenants.hashing import DUMMY

# Texts that the product itself chooses or demands, with one that it takes: no company can say anything in them.
MEANT = {
    "api_key.prefix": "turnout_live_key_",
    "api_key.scopes": "read:stats",
    "billing_close.time_zone": "Europe/Berlin",
    "company.time_zone": "Europe/Berlin",
    "company_password.hash": DUMMY,
    "quarantine.code": "INVALID",
    "rollup_generation.time_zone": "Europe/Berlin",
}
TYPES = {"text": "%s", "varchar": "%s", "_text": "array[%s]", "jsonb": "to_jsonb(%s::text)"}
LARGER = 1000


@dataclass(frozen=True)
class Canary:
    """A company by the name that all its texts have in them."""

    name: str
    prime: int

    @property
    def slug(self) -> str:
        return f"canary-{self.name}"

    def __call__(self, word: str) -> str:
        return f"CANARY-{self.name}-{word}"

    def sings_in(self, content: bytes | str) -> bool:
        """Whether something of this company is in a text."""
        text = content if isinstance(content, str) else content.decode(errors="replace")
        return self.slug in text.lower()

    def counterpart(self, value: str) -> str:
        """What nobody has, in the shape of something that this company has."""
        if self.sings_in(value):
            return re.sub(self.name, "omega", value, flags=re.IGNORECASE)
        place = next(number for number, sign in enumerate(value) if sign.isalnum())
        return value[:place] + _another(value[place]) + value[place + 1 :]


ALPHA = Canary("alpha", 7919)
BETA = Canary("beta", 7907)
NEWCOMER = Canary("gamma", 7901)


def story(canary: Canary) -> list[dict[str, Any]]:
    """Some of everything that can be told, with a text wherever one may stand."""
    told = Story(canary(""))
    for part in (_people, _events, _storage):
        part(told, canary)
    return [_signed(one, canary) for one in told.activities]


def _signed(one: dict[str, Any], canary: Canary) -> dict[str, Any]:
    return one | {"source": canary("mcu"), "id": canary(one["id"])}


def _people(told: Story, canary: Canary) -> None:
    about = {"email": canary("anna@acme.test"), "department": canary("Sales")}
    told.tell("user.registered", "02-28 10:00", user="anna", name="Anna", **about)
    told.tell("user.registered", "03-01 08:00", user="ben", name="Ben")
    told.tell("room.created", "02-28 10:05", room="hall", owner="anna", name="Hall")
    for moment, user in (("03-01 08:30", "anna"), ("03-01 08:31", "ben")):
        client = {"client": canary("app"), "os": canary("os")}
        told.tell("user.signedIn", moment, user=user, device="DESKTOP", **client)
    told.tell("message.posted", "03-01 10:00", place="MESSENGER", sender=canary("anna"))


def _events(told: Story, canary: Canary) -> None:
    about = {"template": canary("Lecture"), "room": "hall", "owner": "anna"}
    starts, ends = at("03-01 09:30").isoformat(), at("03-01 10:30").isoformat()
    told.tell(
        "event.planned",
        "02-28 11:00",
        event="launch",
        title="Launch",
        kind="WEBINAR",
        startsAt=starts,
        endsAt=ends,
        **about,
    )
    said = {"client": canary("app"), "metadata": {"seat": canary("window")}, "role": "MODERATOR", "device": "DESKTOP"}
    told.tell("stay.joined", "03-01 09:30", event="launch", connection="c1", user="anna", name="Anna", **said)
    told.tell("stay.joined", "03-01 09:40", event="launch", connection="c2", externalId="guest", name="Guest")
    told.tell("event.started", "03-01 10:05", event="launch-b", parent="launch")
    told.stay("launch-b", "b1", "03-01 10:10", "10:20", user="ben")
    told.tell("stay.left", "03-01 10:30", event="launch", connection="c1", reason=canary("network"))
    told.tell("stay.left", "03-01 10:10", event="launch", connection="c2")
    told.tell("event.started", "03-01 13:00", event="call", kind="CALL", owner="ben", title="Call")
    told.stay("call", "p1", "03-01 13:00", "13:10", user="ben")
    told.tell("event.started", "03-02 07:00", event="standup", kind="MEETING", title="Standup", **about)
    told.stay("standup", "s1", "03-02 07:00", user="anna")
    told.tell(
        "event.planned", "03-01 08:00", event="review", title="Review", owner="ben", startsAt="2026-03-03T09:00:00Z"
    )


def _storage(told: Story, canary: Canary) -> None:
    sizes = {"bytes": canary.prime * LARGER}
    told.tell("file.uploaded", "03-01 10:00", file="slides", owner="anna", name="Slides", **sizes)
    told.tell("file.uploaded", "03-02 08:00", file="notes", owner="ben", name="Notes", **sizes)
    told.tell("recording.started", "03-01 09:30", recording="tape", event="launch")
    told.tell("recording.stopped", "03-01 10:30", recording="tape", event="launch")
    told.tell("recording.stored", "03-01 11:00", recording="tape", owner="anna", name="Tape", **sizes)


def late(canary: Canary) -> list[dict[str, Any]]:
    """What comes when the first billing period has been closed."""
    told = Story(canary(""))
    told.stay("late", "l1", "02-28 12:00", "12:10", user="ben")
    return [_signed(one | {"id": f"late {one['id']}"}, canary) for one in told.activities]


def rejected(canary: Canary) -> list[dict[str, Any]]:
    """What cannot be counted and is kept: of no known type, and at odds with what was said before."""
    unknown = activity(canary("odd"), f"turnout.{canary('odd')}", at("03-01 10:00"), event=canary("odd"))
    return [unknown | {"source": canary("mcu")}]


def declared_by(canary: Canary) -> UUID:
    """The id of the segment that a company has declared."""
    return UUID(int=canary.prime << 16)


def declare(admin: Admin, company_id: int, canary: Canary) -> None:
    """The segment, with a text wherever one may stand."""
    members = {"roomPrefix": canary("H"), "metadata": {"key": "seat", "value": canary("window")}}
    row = (company_id, declared_by(canary), canary("Hall"), Jsonb(members), NOON)
    admin.execute("insert into segment values (%s, %s, %s, %s, %s)", row)


def act(canary: Canary) -> tuple[Actor, Act]:
    """Something for the audit, with a text wherever one may stand."""
    caller = Caller("192.0.2.1", canary("browser"), canary("request"))
    actor = Actor(ActorKind.COMPANY, canary("desk"), UUID(int=canary.prime), caller)
    return actor, Act(canary("act"), canary("target"), {"label": canary("label")})


def furnish(admin: Admin, company_id: int, canary: Canary) -> None:
    """One more row in each table of which a text says nothing yet."""
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")
        quiet = set(silent(admin, company_id, canary)) - MEANT.keys()
        for table in {place.partition(".")[0] for place in quiet} - ONLY_ADDED_TO.keys():
            _insert(admin, table, company_id, canary)
        for table in tables(admin):
            if not rows_of(admin, table, company_id):
                _insert(admin, table, company_id, canary)


def silent(admin: Admin, company_id: int, canary: Canary) -> Iterable[str]:
    """Every text of a table of companies in which none of this company's rows has a canary."""
    query = sql.SQL("select count(*) from {} where company_id = %s and {}::text ilike %s")
    for table in tables(admin):
        for name, _ in texts(admin, table):
            counted = query.format(sql.Identifier(table), sql.Identifier(name))
            if admin.execute(counted, (company_id, f"%{canary.slug}%")).fetchone() == (0,):
                yield f"{table}.{name}"


def texts(admin: Admin, table: str) -> list[tuple[str, str]]:
    """The columns that hold texts, with their types; those that the database computes left out."""
    query = """
        select a.attname, t.typname from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
          and t.typname = any (%s)
    """
    return admin.execute(query, (table, list(TYPES))).fetchall()


def ids(admin: Admin, company_id: int) -> set[str]:
    """Every id that we have given to something of a company, in whatever table."""
    query = f"""
        select t.relname, a.attname from ({TABLES}) t
        join pg_attribute a on a.attrelid = t.oid and a.atttypid = 'uuid'::regtype and not a.attisdropped
    """
    found = sql.SQL("select {1}::text from {0} where company_id = %s and {1} is not null limit 3")
    return {
        value
        for table, name in admin.execute(query).fetchall()
        for (value,) in admin.execute(found.format(sql.Identifier(table), sql.Identifier(name)), (company_id,))
    }


def _insert(admin: Admin, table: str, company_id: int, canary: Canary) -> None:
    given = texts(admin, table)
    required = admin.execute(_REQUIRED, (table, [name for name, _ in given])).fetchall()
    names = ["company_id", *(name for name, _ in [*given, *required])]
    said = [sql.SQL(cast("LiteralString", TYPES[kind])) for _, kind in given]
    values = [sql.SQL("%s"), *said, *(value_of(kind) for _, kind in required)]
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names)), sql.SQL(", ").join(values)
    )
    said_in = (f"{table}.{name}" for name, _ in given)
    admin.execute(statement, (company_id, *(MEANT.get(place) or canary(place) for place in said_in)))


_REQUIRED = """
    select a.attname, t.typname from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = %s::regclass and a.attnum > 0 and a.attname <> 'company_id'
      and a.attnotnull and not a.atthasdef and a.attidentity = '' and not a.attname = any (%s)
"""


def _another(sign: str) -> str:
    """A sign of the same kind."""
    if sign.isdigit():
        return str((int(sign) + 1) % 10)
    return {"f": "e", "F": "E"}.get(sign, chr(ord(sign) + 1) if sign.lower() != "z" else "a")


NOON = datetime.fromisoformat("2026-03-02T12:00:00+00:00")
