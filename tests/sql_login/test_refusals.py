"""What a login for BI is refused, attempt by attempt: everything but reading the views."""

import re
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.databases import Database
from turnout.database.embedded import Server

from .conftest import Login

NOT_ALLOWED = errors.InsufficientPrivilege
# What is tried, and how it is refused once a login has switched its transactions to writing.
ATTEMPTS: tuple[tuple[str, type[psycopg.Error]], ...] = (
    # Tables, what is behind the views, secrets, what no row security reaches.
    ("select * from turnout.company", NOT_ALLOWED),
    ("select * from turnout.section_day", NOT_ALLOWED),
    ("select name from turnout.person", NOT_ALLOWED),
    ("select hash from turnout.company_password", NOT_ALLOWED),
    ("select * from turnout.sql_login", NOT_ALLOWED),
    ("select * from turnout.company_month", NOT_ALLOWED),
    ("select * from turnout.current_month", NOT_ALLOWED),
    ("select * from turnout.operator_overview", NOT_ALLOWED),
    ("select turnout.current_company()", NOT_ALLOWED),
    ("select * from turnout.find_passwords('other', now())", NOT_ALLOWED),
    ("select turnout.watch_sql_logins('0', '0', '0')", NOT_ALLOWED),
    ("select rolpassword from pg_authid", NOT_ALLOWED),
    ("select passwd from pg_shadow", NOT_ALLOWED),
    ("select stavalues1 from pg_statistic", NOT_ALLOWED),
    ("select * from pg_largeobject", NOT_ALLOWED),
    # Writing.
    ("insert into bi.company_limit (value) values (1)", NOT_ALLOWED),
    ("update bi.company_limit set value = 1", NOT_ALLOWED),
    ("delete from bi.company_limit", NOT_ALLOWED),
    ("update bi.daily_peak set connections = 0", errors.ObjectNotInPrerequisiteState),
    ("delete from bi.pending_day", errors.ObjectNotInPrerequisiteState),
    ("select day from bi.day_total for update", NOT_ALLOWED),
    ("truncate turnout.stay", NOT_ALLOWED),
    ("begin; lock table bi.day_total", NOT_ALLOWED),
    ("begin; lock table turnout.company in access share mode", NOT_ALLOWED),
    ("comment on view bi.day_total is ''", NOT_ALLOWED),
    ("drop view bi.day_total", NOT_ALLOWED),
    # Making anything.
    ("create temporary table mine (a integer)", NOT_ALLOWED),
    ("select 1 as a into temporary mine", NOT_ALLOWED),
    ("create temporary view mine as select 1", NOT_ALLOWED),
    ("create temporary sequence mine", NOT_ALLOWED),
    ("create table bi.mine (a integer)", NOT_ALLOWED),
    ("create table public.mine (a integer)", NOT_ALLOWED),
    ("create view bi.mine as select 1", NOT_ALLOWED),
    ("create function bi.mine() returns integer language sql return 1", NOT_ALLOWED),
    ("create function public.mine() returns integer language sql return 1", NOT_ALLOWED),
    ("create schema mine", NOT_ALLOWED),
    ("create database mine", NOT_ALLOWED),
    ("create role mine", NOT_ALLOWED),
    ("create extension dblink", NOT_ALLOWED),
    ("create extension pg_trgm", NOT_ALLOWED),
    ("create publication mine for all tables", NOT_ALLOWED),
    ("create event trigger mine on sql_drop execute function suppress_redundant_updates_trigger()", NOT_ALLOWED),
    ("do 'begin loop end loop; end'", NOT_ALLOWED),
    # Becoming somebody else.
    ("set role turnout_bi", NOT_ALLOWED),
    ("set role turnout_bi_owner", NOT_ALLOWED),
    ("set role turnout_owner", NOT_ALLOWED),
    ("set role postgres", NOT_ALLOWED),
    ("set session authorization postgres", NOT_ALLOWED),
    ("set session authorization turnout_app", NOT_ALLOWED),
    ("grant turnout_app to session_user", NOT_ALLOWED),
    ("alter role session_user superuser", NOT_ALLOWED),
    ("alter role session_user connection limit 1000", NOT_ALLOWED),
    ("alter role session_user set temp_file_limit = -1", NOT_ALLOWED),
    ("alter role turnout_app password 'x'", NOT_ALLOWED),
    ("alter system set listen_addresses = '*'", NOT_ALLOWED),
    ("set temp_file_limit = -1", NOT_ALLOWED),
    ("set log_min_messages = 'debug5'", NOT_ALLOWED),
    ("set session_replication_role = replica", NOT_ALLOWED),
    ("set log_statement = 'none'", NOT_ALLOWED),
    # Large objects, locks, the write-ahead log.
    ("select lo_create(0)", NOT_ALLOWED),
    ("select lo_creat(-1)", NOT_ALLOWED),
    ("select lo_from_bytea(0, 'x')", NOT_ALLOWED),
    ("select lo_get(1)", NOT_ALLOWED),
    ("select lo_put(1, 0, 'x')", NOT_ALLOWED),
    ("select lo_open(1, 262144)", NOT_ALLOWED),
    ("select lo_unlink(1)", NOT_ALLOWED),
    ("select lo_import('/etc/passwd')", NOT_ALLOWED),
    ("select lo_export(1, '/tmp/x')", NOT_ALLOWED),
    ("select loread(0, 1)", NOT_ALLOWED),
    ("select lowrite(0, 'x')", NOT_ALLOWED),
    ("select pg_advisory_lock(1)", NOT_ALLOWED),
    ("select pg_advisory_lock(1, 1)", NOT_ALLOWED),
    ("select pg_advisory_xact_lock(1)", NOT_ALLOWED),
    ("select pg_advisory_lock_shared(1)", NOT_ALLOWED),
    ("select pg_try_advisory_lock(1)", NOT_ALLOWED),
    ("select pg_try_advisory_xact_lock_shared(1, 1)", NOT_ALLOWED),
    ("select pg_advisory_unlock_all()", NOT_ALLOWED),
    ("select pg_logical_emit_message(false, 'x', 'x')", NOT_ALLOWED),
    ("select pg_create_physical_replication_slot('mine')", NOT_ALLOWED),
    ("select pg_switch_wal()", NOT_ALLOWED),
    ("checkpoint", NOT_ALLOWED),
    # The machine.
    ("select pg_read_file('/etc/passwd')", NOT_ALLOWED),
    ("select pg_read_binary_file('PG_VERSION')", NOT_ALLOWED),
    ("select pg_ls_dir('.')", NOT_ALLOWED),
    ("select pg_stat_file('PG_VERSION')", NOT_ALLOWED),
    ("copy (select 1) to program 'id'", NOT_ALLOWED),
    ("copy (select 1) to '/tmp/x'", NOT_ALLOWED),
    ("load 'auto_explain'", NOT_ALLOWED),
    ("select * from pg_hba_file_rules", NOT_ALLOWED),
    ("select * from dblink('dbname=turnout', 'select 1') as t (a integer)", errors.UndefinedFunction),
    # Others: who is there, what they do, how much there is.
    ("select * from pg_stat_activity", NOT_ALLOWED),
    ("select * from pg_stat_ssl", NOT_ALLOWED),
    ("select * from pg_stat_get_activity(null)", NOT_ALLOWED),
    ("select * from pg_stat_database", NOT_ALLOWED),
    ("select n_live_tup from pg_stat_user_tables", NOT_ALLOWED),
    ("select pg_stat_get_live_tuples(1)", NOT_ALLOWED),
    ("select * from pg_locks", NOT_ALLOWED),
    ("select pg_relation_size('bi.daily_peak')", NOT_ALLOWED),
    ("select pg_total_relation_size(c.oid) from pg_class c", NOT_ALLOWED),
    ("select pg_database_size(current_database())", NOT_ALLOWED),
    ("select pg_tablespace_size('pg_default')", NOT_ALLOWED),
    ("select pg_current_wal_lsn()", NOT_ALLOWED),
    ("select pg_control_checkpoint()", NOT_ALLOWED),
    ("select pg_reload_conf()", NOT_ALLOWED),
    ("select pg_terminate_backend(pid) from pg_stat_activity", NOT_ALLOWED),
)


@pytest.mark.parametrize(("attempt", "refusal"), ATTEMPTS, ids=[attempt for attempt, _ in ATTEMPTS])
def test_everything_but_reading_the_views_is_refused(little: Login, attempt: Any, refusal: type[psycopg.Error]) -> None:
    with little.connect() as connection:
        connection.execute("set default_transaction_read_only = off")

        with pytest.raises(refusal):
            connection.execute(attempt)


def test_every_function_that_locks_keeps_or_counts_is_closed(little: Login) -> None:
    callable_still = little.rows("""
        select p.oid::regprocedure::text from pg_proc p
        where p.proname ~ '^(lo_|lo(read|write)$|pg_(try_)?advisory|pg_stat_get_|pg_lock_status)'
          and has_function_privilege(p.oid, 'execute')
    """)

    assert callable_still == []


def test_a_right_that_it_has_cannot_be_passed_on(little: Login) -> None:
    """Postgres only warns, and grants nothing."""
    with little.connect() as connection:
        connection.execute("set default_transaction_read_only = off")
        connection.execute("grant select on bi.day_total to public")

        granted = connection.execute("""
            select count(*) from pg_class, aclexplode(relacl) where oid = 'bi.day_total'::regclass and grantee = 0
        """)
        assert granted.fetchall() == [(0,)]


def test_settings_of_the_application_open_nothing(little: Login) -> None:
    with little.connect() as connection:
        connection.execute("select set_config('app.company', '2', false)")

        seen = connection.execute("select company from bi.freshness").fetchall()

    assert seen == [("little",)]


def test_a_backend_of_somebody_else_cannot_be_ended(little: Login, database: Database) -> None:
    with psycopg.connect(database.app) as theirs, little.connect() as connection:
        for function in ("pg_cancel_backend", "pg_terminate_backend"):
            with pytest.raises(NOT_ALLOWED):
                connection.execute(f"select {function}(%s)".encode(), (theirs.info.backend_pid,))


def test_statistics_of_the_planner_show_nothing(little: Login) -> None:
    assert little.rows("select tablename from pg_stats where schemaname in ('turnout', 'bi')") == []


def test_no_sequence_says_how_much_there_is(little: Login) -> None:
    known = little.rows("""
        select coalesce(pg_sequence_last_value(c.oid), (pg_get_sequence_data(c.oid)).last_value)
        from pg_class c where c.relkind = 'S'
    """)

    assert known
    assert set(known) == {(None,)}


def test_names_of_logins_can_be_listed_and_say_nothing(little: Login, other: Login) -> None:
    """Postgres shows every role to everybody: docs/sql-login.md says what else."""
    names = little.rows("select rolname from pg_roles where rolname ~ '^bi_'")

    assert (other.role,) in names
    assert all(re.fullmatch(r"bi_[0-9a-f]{24}", name) for (name,) in names)


def test_there_is_no_extension_that_reaches_further(little: Login) -> None:
    assert little.rows("select extname from pg_extension") == [("plpgsql",)]


def test_a_session_begins_with_the_limits_of_its_role(little: Login) -> None:
    [settings] = little.rows("""
        select current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'),
          current_setting('temp_file_limit'), current_setting('work_mem'),
          current_setting('default_transaction_read_only'), current_setting('TimeZone')
    """)

    assert settings == ("1min", "1min", "1GB", "16MB", "on", "UTC")


def test_a_login_has_only_so_many_connections(little: Login) -> None:
    opened = [little.connect() for _ in range(10)]

    with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
        little.connect()
    for connection in opened:
        connection.close()


@pytest.mark.parametrize("user", ["postgres", "turnout_app", "turnout_support", "turnout_bi_owner"])
def test_no_other_role_comes_in_by_the_port(embedded: Server, user: str) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        psycopg.connect(host="127.0.0.1", port=embedded.port, user=user, password="x", dbname="turnout")


@pytest.mark.parametrize("name", ["postgres", "template1"])
def test_the_port_leads_to_no_other_database(little: Login, name: str) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        psycopg.connect(little.url, dbname=name)


def test_nobody_comes_in_without_the_password(little: Login) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(little.url, password="wrong")


def test_a_login_does_not_come_in_by_the_socket(little: Login, embedded: Server) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        psycopg.connect(embedded.conninfo(user=little.role, dbname="turnout"))


def test_what_a_login_asks_for_and_fails_at_is_in_no_log(embedded: Server, other: Login) -> None:
    for query in ("select title::int from bi.event_stat", "select * from bi.event_stat where title = 'CANARY' / 0"):
        with pytest.raises(psycopg.Error, match="CANARY"):
            other.rows(query)

    log = embedded.socket_folder.parent / "postgres.log"
    assert "CANARY" not in log.read_text()
