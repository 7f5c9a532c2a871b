"""The migrations of this version, as Alembic keeps them."""

from importlib.resources import files
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool


def known_revisions() -> set[str]:
    """The migrations of this version: a schema of any other was made by a newer one."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def upgrade(admin_conninfo: str) -> None:
    """Run every migration that a database has not had, as the owner of the schema."""

    def connect() -> psycopg.Connection:
        connection = psycopg.connect(admin_conninfo)
        connection.execute("set role turnout_owner")
        connection.execute("set search_path = turnout")
        connection.execute("set lock_timeout = '30s'")
        connection.commit()
        return connection

    config = _config()
    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=pool.NullPool)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(str(files("turnout.database.migrations")))).replace("%", "%%"))
    return config
