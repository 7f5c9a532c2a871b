"""The models of tenants and the migrations describe the same tables."""

from collections.abc import Generator
from typing import Any, cast

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine
from sqlmodel import SQLModel

from turnout.tenants import models

from .databases import Database

# The migrations alone have comments and tables that are no tenants' business.
OF_MIGRATIONS_ALONE = {"modify_comment", "add_table_comment", "remove_table_comment"}
TABLES = {"company", "company_limit", "company_password", "company_session", "activation_link", "api_key"}

CHANGES = (
    "alter table api_key add column hole text",
    "alter table api_key drop column prefix",
    "alter table api_key alter column label set not null",
    "alter table api_key alter column prefix type varchar(20)",
    "alter table api_key alter column created_at type timestamp",
    "alter table company alter column created_at drop not null",
    "alter table company drop constraint company_slug_key",
    "alter table company add unique (name)",
    "alter table company_session drop constraint company_session_company_id_password_id_fkey",
    "alter table company_password drop constraint company_password_company_id_fkey",
    "drop table company_session cascade",
)


@pytest.fixture
def context(database: Database) -> Generator[MigrationContext]:
    def connect() -> psycopg.Connection[Any]:
        return psycopg.connect(database.admin, options="-c search_path=turnout")

    with create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool).connect() as connection:
        yield MigrationContext.configure(connection, opts={"include_name": include, "compare_type": True})


def include(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in TABLES


def differences(context: MigrationContext) -> list[Any]:
    found = cast("list[Any]", compare_metadata(context, SQLModel.metadata))
    flat = (cast("list[Any]", entry) if isinstance(entry, list) else [entry] for entry in found)
    return [change for changes in flat for change in changes if change[0] not in OF_MIGRATIONS_ALONE]


def test_models_and_migrations_are_equal(context: MigrationContext) -> None:
    assert set(SQLModel.metadata.tables) == TABLES
    assert models.CompanyRow.metadata is SQLModel.metadata
    assert differences(context) == []


def test_a_change_of_the_tables_alone_is_noticed(context: MigrationContext) -> None:
    unnoticed = [change for change in CHANGES if not notices(context, change)]

    assert not unnoticed


def notices(context: MigrationContext, change: str) -> bool:
    assert context.connection is not None
    with context.connection.begin_nested() as savepoint:
        context.connection.exec_driver_sql(change)
        found = differences(context)
        savepoint.rollback()
    return bool(found)
