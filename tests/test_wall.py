"""The wall from outside: what the roles see and change of a company that is not theirs, which is nothing."""

from collections.abc import Generator, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql

from turnout.tenants.company import Company
from turnout.tenants.connection import CompanyLeakError, Door

from .databases import Database
from .rows import fill, insertion, rows_of, tables
from .wall import LOGINS, SEE_ALL, SEEN_BY_EVERY_USER, Admin

OF_A_COMPANY = ["turnout_app", "turnout_refresher"]
Attack = tuple[sql.Composable, tuple[object, ...]]


@pytest.fixture
def admin(database: Database, acme: Company, globex: Company) -> Generator[Admin]:
    """A superuser in a database where both companies have a row in every table."""
    with psycopg.connect(database.admin, options="-c search_path=turnout", autocommit=True) as connection:
        fill(connection, (acme.company_id, globex.company_id))
        yield connection


@pytest.mark.parametrize("role", OF_A_COMPANY)
def test_without_a_company_nothing_is_seen(database: Database, admin: Admin, acme: Company, role: str) -> None:
    with psycopg.connect(database.of(role), autocommit=True) as connection:
        never_set = seen(connection, admin, role)
        with connection.transaction():
            enter(connection, acme)
        set_before = seen(connection, admin, role)  # the setting is now '' instead of missing

    assert not any(never_set.values())
    assert not any(set_before.values())
    assert len(never_set) == len(set_before) > 10


@pytest.mark.parametrize("role", OF_A_COMPANY)
def test_of_two_companies_only_the_one_that_is_set_is_seen(
    database: Database, admin: Admin, acme: Company, globex: Company, role: str
) -> None:
    with psycopg.connect(database.of(role)) as connection:
        for company in (acme, globex):
            enter(connection, company)
            found = seen(connection, admin, role)

            assert len(found) > 10
            assert all(companies == {company.company_id} for companies in found.values())


@pytest.mark.parametrize("role", OF_A_COMPANY)
def test_of_another_company_no_row_is_changed_deleted_added_or_taken_over(
    database: Database, admin: Admin, acme: Company, globex: Company, role: str
) -> None:
    before = {table: rows_of(admin, table, globex.company_id) for table in tables(admin)}

    with psycopg.connect(database.of(role)) as connection:
        enter(connection, acme)
        touched = {
            attack.as_string(connection): outcome
            for attack, parameters in attacks(admin, acme, globex)
            if (outcome := attempt(connection, attack, parameters)) != 0
        }
        connection.commit()

    assert set(touched.values()) == {"refused"}
    assert before == {table: rows_of(admin, table, globex.company_id) for table in tables(admin)}
    assert all(before.values())


def test_one_user_sees_nothing_of_a_table_that_is_not_on_the_list(
    database: Database, admin: Admin, acme: Company, globex: Company
) -> None:
    with psycopg.connect(database.app) as connection:
        enter(connection, acme)
        connection.execute("select set_config('app.user_key', 'nobody', true)")
        found = seen(connection, admin, "turnout_app")

    assert {table for table, companies in found.items() if companies} == SEEN_BY_EVERY_USER
    assert len(found) > 10
    assert all(companies <= {acme.company_id} for companies in found.values())


def test_one_user_changes_and_adds_nothing(database: Database, admin: Admin, acme: Company) -> None:
    before = {table: rows_of(admin, table, acme.company_id) for table in tables(admin)}

    with psycopg.connect(database.app) as connection:
        enter(connection, acme)
        connection.execute("select set_config('app.user_key', 'nobody', true)")
        for attack, parameters in attacks(admin, acme, acme):
            attempt(connection, attack, parameters)
        connection.commit()

    after = {table: rows_of(admin, table, acme.company_id) for table in tables(admin)}
    assert {table for table in before if before[table] != after[table]} <= {"mark"}


def test_the_planner_expects_as_many_rows_as_a_company_without_a_user_sees(
    database: Database, admin: Admin, acme: Company
) -> None:
    admin.execute(
        "insert into event (company_id, key) select %s, n::text from generate_series(1, 5000) n", (acme.company_id,)
    )
    admin.execute("analyze event")

    with psycopg.connect(database.app) as connection:
        enter(connection, acme)
        [(plan,)] = connection.execute("explain (format json) select from event").fetchall()

    # Of two companies it expects to see half of all rows; of a policy that it misjudged, some 20.
    assert 2000 < plan[0]["Plan"]["Plan Rows"] < 6000


async def test_a_user_left_on_a_connection_is_noticed_by_the_next_borrower(database: Database, acme: Company) -> None:
    door = Door(database.app, writers=1)
    await door.open()
    async with door.write(acme.company_id) as connection:
        await connection.execute("select set_config('app.user_key', 'anna', false)")

    with pytest.raises(CompanyLeakError):
        async with door.write(acme.company_id):
            pass
    await door.close()


async def test_nobodys_id_is_not_taken_for_everybody(door: Door, acme: Company) -> None:
    with pytest.raises(ValueError, match="never empty"):
        await door.read(acme.company_id, [], user_key="")


def test_support_sees_all_companies_and_nothing_that_happened(
    database: Database, admin: Admin, acme: Company, globex: Company
) -> None:
    with psycopg.connect(database.support) as connection:
        found = seen(connection, admin, "turnout_support")

    assert set(found) == SEE_ALL["turnout_support"]
    assert all(companies == {acme.company_id, globex.company_id} for companies in found.values())


@pytest.mark.parametrize("table", ["company_password", "company_session", "api_key"])
def test_the_application_reads_no_credentials(database: Database, acme: Company, table: str) -> None:
    with psycopg.connect(database.app) as connection:
        enter(connection, acme)

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql.SQL("select from {}").format(sql.Identifier(table)))


@pytest.mark.parametrize("role", LOGINS)
def test_nobody_steps_out_of_a_role_or_builds_in_the_database(database: Database, role: str) -> None:
    refused = (
        "set role turnout_owner",
        "set role turnout_auth",
        "set session authorization turnout_owner",
        "create table turnout.mine (n integer)",
        "create table public.mine (n integer)",
        "create temporary table mine (n integer)",
        "create schema mine",
        "truncate turnout.stay",
        "truncate turnout.company cascade",
        "alter table turnout.stay disable row level security",
        "drop policy one_company on turnout.stay",
        "create or replace function turnout.current_company() returns integer language sql return 1",
        "copy turnout.company to program 'cat'",
        "select pg_read_file('postgresql.conf')",
    )
    with psycopg.connect(database.of(role), autocommit=True) as connection:
        for statement in refused:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_the_setting_counts_for_no_other_login(database: Database, acme: Company) -> None:
    with psycopg.connect(database.admin) as connection:
        connection.execute("grant usage on schema turnout to turnout_bi")
        for login in ("turnout_owner", "turnout_bi"):
            connection.execute(sql.SQL("set session authorization {}").format(sql.Identifier(login)))
            enter(connection, acme)

            assert connection.execute("select turnout.current_company()").fetchall() == [(None,)]
        connection.rollback()


def test_row_security_that_is_switched_off_refuses_instead_of_showing(database: Database, acme: Company) -> None:
    with psycopg.connect(database.app) as connection:
        enter(connection, acme)
        connection.execute("set row_security = off")

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select from company")


async def test_a_company_left_on_a_connection_is_noticed_by_the_next_borrower(
    database: Database, acme: Company, globex: Company
) -> None:
    door = Door(database.app, writers=1)
    await door.open()
    async with door.write(globex.company_id) as connection:
        await connection.execute("select set_config('app.company', %s, false)", (str(globex.company_id),))

    with pytest.raises(CompanyLeakError):
        async with door.write(acme.company_id):
            pass
    async with door.write(acme.company_id) as connection:
        rows = await (await connection.execute("select slug from company")).fetchall()
    await door.close()

    assert rows == [("acme",)]


def enter(connection: Connection[Any], company: Company) -> None:
    connection.execute("select set_config('app.company', %s, true)", (str(company.company_id),))


def seen(connection: Connection[Any], admin: Admin, role: str) -> dict[str, set[int]]:
    """The companies whose rows a role sees, by table; only those that it may read at all."""
    readable = "select has_column_privilege(%s, %s, 'company_id', 'select')"
    query = sql.SQL("select distinct company_id from {}")
    return {
        table: {company_id for (company_id,) in connection.execute(query.format(sql.Identifier(table)))}
        for table in tables(admin)
        if admin.execute(readable, (role, table)).fetchone() == (True,)
    }


def attacks(admin: Admin, mine: Company, theirs: Company) -> Iterator[Attack]:
    columns = """
        select attname from pg_attribute
        where attrelid = %s::regclass and attnum > 0 and attgenerated = '' and attidentity <> 'a'
    """
    yield sql.SQL("update company set company_id = default where company_id = %s"), (mine.company_id,)
    for table in tables(admin):
        name = sql.Identifier(table)
        for (attribute,) in admin.execute(columns, (table,)):
            same = sql.SQL("update {0} set {1} = {1} where company_id = %s").format(name, sql.Identifier(attribute))
            yield same, (theirs.company_id,)
        yield sql.SQL("delete from {} where company_id = %s").format(name), (theirs.company_id,)
        yield insertion(admin, table), (theirs.company_id,)
        move = sql.SQL("update {} set company_id = %s where company_id = %s").format(name)
        yield move, (theirs.company_id, mine.company_id)


def attempt(connection: Connection[Any], attack: sql.Composable, parameters: tuple[object, ...]) -> int | str:
    """How many rows an attack touched, or that it was refused by a missing right or by row security."""
    try:
        with connection.transaction():
            return connection.execute(sql.Composed([attack]), parameters).rowcount
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.GeneratedAlways):
        return "refused"
