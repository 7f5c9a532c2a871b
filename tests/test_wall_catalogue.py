"""The catalogue obeys every rule of the wall, and every hole in the wall is noticed by a rule."""

from collections.abc import Generator, Iterable
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from .databases import Database
from .wall import TABLES, Admin, breaches, column

HOLES = (
    "create table hole (company_id integer primary key)",
    "create table hole (hole_id integer primary key)",
    "create table hole (hole_id integer primary key, company_id integer); alter table hole enable row level security",
    "create policy hole on stay using (true)",
    "create policy hole on stay to turnout_app using (true)",
    "create policy hole on stay as restrictive using (true)",
    "alter policy one_company on stay using (true)",
    "alter policy one_company on stay with check (true)",
    "alter policy one_company on stay to turnout_app",
    "alter policy one_company on stay using (company_id = current_setting('app.company')::integer)",
    "alter policy one_user on stay using (true)",
    "alter policy one_user on section_day using (true)",
    "alter policy one_user on stay to turnout_refresher",
    "drop policy one_user on audit; create policy one_user on audit to turnout_app using (true)",
    "create policy one_user on mark as restrictive to turnout_app using (true)",
    "alter function own_rooms(text) security definer",
    "alter function own_events(text) owner to turnout_owner",
    "grant select (title) on event to turnout_auth",
    "grant execute on function own_events(text) to public",
    "create or replace view current_month as select * from company_month where company_id = (select current_company())",
    "create unique index hole on event (key)",
    "create index hole on event (key)",
    "create unique index hole on event (lower(key))",
    "alter table quarantine add foreign key (times) references company (company_id)",
    "alter table api_key add column hole text unique",
    "create function hole() returns integer language sql security definer return 1",
    "alter function current_company() security definer",
    "grant execute on function find_key(bytea, timestamptz, inet) to public",
    "grant execute on function find_key(bytea, timestamptz, inet) to turnout_support",
    "alter function find_key(bytea, timestamptz, inet) owner to turnout_owner",
    "alter function find_key(bytea, timestamptz, inet) reset search_path",
    "alter function find_key(bytea, timestamptz, inet) set search_path = public, turnout",
    "grant execute on function limit_on(integer, limit_metric, section, date) to public",
    "alter role turnout_app bypassrls",
    "alter role turnout_refresher superuser",
    "alter role turnout_support createrole",
    "alter role turnout_auth login",
    "grant turnout_owner to turnout_app",
    "grant pg_read_all_data to turnout_support",
    "alter table stay owner to turnout_app",
    "grant create on schema turnout to turnout_app",
    "grant create on schema public to public",
    "grant truncate on stay to turnout_app",
    "grant references on event to turnout_app",
    "grant select on stay to public",
    "grant select on stay to turnout_app with grant option",
    "grant usage on sequence event_event_id_seq to turnout_app",
    "grant select on company_password to turnout_app",
    "grant select (hash) on company_password to turnout_app",
    "grant select on stay to turnout_support",
    "create view hole as select * from stay",
    "create view hole with (security_barrier) as select * from stay",
    "grant update on audit to turnout_support",
    "grant delete on staff_audit to turnout_support",
    "drop trigger chain on audit",
    "alter table audit disable trigger no_change",
    "alter table audit enable trigger no_removal",
    "alter table staff_audit disable trigger all",
    "create materialized view hole as select * from stay; grant select on hole to turnout_app",
    "create view bi.hole as select * from stay",
    "create view bi.hole with (security_barrier) as select * from stay; grant select on bi.hole to turnout_bi",
    "alter view bi.event_stat owner to turnout_owner",
    "alter view bi.event_stat reset (security_barrier)",
    "grant select on bi.event_stat to public",
    "grant select on bi.event_stat to turnout_app",
    "grant update on bi.company_limit to turnout_bi",
    "revoke select on bi.event_stat from turnout_bi",
    "grant select on stay to turnout_bi",
    "grant select (name) on person to turnout_bi",
    "grant select on signal to turnout_bi_owner",
    "grant select (email) on person to turnout_bi_owner; grant select on company_month to turnout_bi_owner",
    "grant insert on stay to turnout_bi_owner",
    "grant turnout_app to turnout_bi",
    "grant pg_read_all_data to turnout_bi_owner",
    "grant pg_signal_backend to turnout_bi_watch",
    "grant create on schema bi to turnout_bi",
    "grant execute on function watch_sql_logins(interval, interval, interval) to public",
    "alter function watch_sql_logins(interval, interval, interval) owner to turnout_auth",
    "grant execute on function pg_catalog.pg_advisory_lock(bigint) to public",
    "grant execute on function pg_catalog.lo_create(oid) to public",
    "grant usage on language plpgsql to public",
    "create role bi_hole login noinherit",
    "create role bi_hole noinherit connection limit 1 in role turnout_bi",
)


@pytest.fixture
def admin(database: Database) -> Generator[Admin]:
    with psycopg.connect(database.admin, options="-c search_path=turnout") as connection:
        yield connection


def test_the_wall_obeys_every_rule(admin: Admin) -> None:
    assert not [*breaches(admin)]


def test_every_hole_is_noticed(admin: Admin) -> None:
    holes = [*HOLES, *every_policy_dropped(admin), *every_table_bared(admin)]

    unnoticed = [hole for hole in holes if not notices(admin, hole)]

    assert len(holes) > 100
    assert not unnoticed


@pytest.mark.parametrize("role", ["public", "turnout_bi"])
def test_temporary_tables_granted_to_others_are_noticed(admin: Admin, role: LiteralString) -> None:
    hole = sql.SQL("grant temporary on database {} to {}").format(sql.Identifier(admin.info.dbname), sql.SQL(role))

    assert notices(admin, hole.as_string(admin))


def every_policy_dropped(admin: Admin) -> Iterable[str]:
    return column(
        admin,
        "select format('drop policy %I on %I', policyname, tablename) from pg_policies where schemaname = 'turnout'",
    )


def every_table_bared(admin: Admin) -> Iterable[str]:
    for table in column(admin, f"select relname from ({TABLES}) t"):
        yield f"alter table {table} no force row level security"
        yield f"alter table {table} disable row level security"


def notices(admin: Admin, hole: str) -> bool:
    """Whether a rule is broken while the hole is there."""
    with admin.transaction(force_rollback=True):
        admin.execute(hole.encode())
        return any(breaches(admin))
