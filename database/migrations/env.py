"""Alembic's way in: it is handed an open connection, already acting as the owner."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table_schema="turnout")
with context.begin_transaction():
    context.run_migrations()
