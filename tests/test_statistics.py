"""What the planner takes for granted of tables that nobody has analyzed yet."""

import psycopg

from turnout.database.migrating import migrate

from .databases import Database

LOOK_UP = "explain select from event where company_id = 1 and event_id = 2 for key share"


def test_a_row_is_looked_up_by_its_key_before_anything_is_analyzed(database: Database) -> None:
    with psycopg.connect(database.admin, options="-c search_path=turnout") as admin:
        plan = [line for (line,) in admin.execute(LOOK_UP).fetchall()]

    assert any("event_pkey" in line for line in plan), plan


def test_what_has_been_analyzed_is_left_as_it_is(database: Database) -> None:
    distinct = "select n_distinct from pg_stats where tablename = 'company_limit' and attname = 'company_id'"
    with psycopg.connect(database.admin, options="-c search_path=turnout", autocommit=True) as admin:
        admin.execute("insert into company (slug, name, time_zone, created_at) values ('a', 'A', 'UTC', now())")
        admin.execute("insert into company_limit (company_id, metric, section, value) select 1, 'USERS', 'TOTAL', 1")
        admin.execute("analyze company_limit")
        before = admin.execute(distinct).fetchall()
        admin.execute("delete from schema_digest")

    migrate(database.admin)

    with psycopg.connect(database.admin) as admin:
        assert admin.execute(distinct).fetchall() == before != [(10,)]
