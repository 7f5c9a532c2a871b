"""Rows in every table of companies, made of the catalogue alone: a table added tomorrow is filled too."""

from collections.abc import Iterable
from typing import LiteralString, cast

from psycopg import sql

from .wall import TABLES, Admin, column

# Any value of a type: foreign keys are not looked at while the tables are filled.
VALUES = {
    "bit": "0::bit(256)",
    "text": "gen_random_uuid()::text",
    "bytea": "uuid_send(gen_random_uuid())",
    "uuid": "gen_random_uuid()",
    "date": "date '2026-03-02'",
    "timestamptz": "timestamptz '2026-03-02 12:00Z'",
    "bool": "false",
    "_text": "'{}'::text[]",
    "_int4": "'{}'::integer[]",
    "_int8": "'{}'::bigint[]",
    "int2": "1",
    "int4": "1",
    "int8": "1",
    "float8": "1",
    "jsonb": "'{}'::jsonb",
}

REQUIRED = """
    select a.attname, t.typname from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = %s::regclass and a.attnum > 0 and a.attname <> 'company_id'
      and a.attnotnull and not a.atthasdef and a.attidentity = ''
"""


def tables(admin: Admin) -> list[str]:
    """Every table of companies."""
    return sorted(column(admin, f"select relname from ({TABLES}) t"))


def insertion(admin: Admin, table: str) -> sql.Composed:
    """A statement that adds a row of the company whose id is its parameter."""
    required = admin.execute(REQUIRED, (table,)).fetchall()
    names = sql.SQL(", ").join(sql.Identifier(name) for name in ["company_id", *(name for name, _ in required)])
    values = sql.SQL(", ").join([sql.SQL("%s"), *(value_of(type_name) for _, type_name in required)])
    return sql.SQL("insert into {} ({}) values ({})").format(sql.Identifier(table), names, values)


def fill(admin: Admin, companies: Iterable[int]) -> None:
    """Give each company a row in every table but `company`, where it has one."""
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")
        for company_id in companies:
            for table in tables(admin):
                if not rows_of(admin, table, company_id):
                    admin.execute(insertion(admin, table), (company_id,))


def rows_of(admin: Admin, table: str, company_id: int) -> list[str]:
    """The rows of a company, as text."""
    query = sql.SQL("select t::text from {} t where company_id = %s order by 1").format(sql.Identifier(table))
    return [text for (text,) in admin.execute(query, (company_id,))]


def value_of(type_name: str) -> sql.Composable:
    if type_name.startswith("_"):
        return sql.SQL("'{}'")
    if type_name in VALUES:
        return sql.SQL(cast("LiteralString", VALUES[type_name]))
    return sql.SQL("enum_first(null::{})").format(sql.Identifier(type_name))
