"""Bringing the tables to the newest form, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from casework.errors import RecordsUnavailable
from casework.storage.records import reason

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate up. Raises RecordsUnavailable when the database cannot be reached or written."""
    _migrate(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str) -> None:
    """Migrate down to a revision ("base" for none)."""
    _migrate(engine, lambda config: command.downgrade(config, revision))


@cache
def newest() -> str:
    """The newest revision there is. Found once: it takes reading every migration."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head


def current(engine: Engine) -> str | None:
    """The revision of the database; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _migrate(engine: Engine, run: Callable[[Config], None]) -> None:
    # SQLite alters a table by copying it and dropping the old one; with foreign keys on, the drop
    # would empty the children. They are switched off for the migration and checked after it.
    sqlite = engine.dialect.name == "sqlite"
    try:
        with engine.connect().execution_options(minsheng_writing=True) as connection:
            if sqlite:
                _switch_foreign_keys(connection, "OFF")
            with connection.begin():
                run(_config(connection))
                if sqlite:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise RecordsUnavailable(f"the migration would orphan rows: {broken[:5]}")
            if sqlite:
                _switch_foreign_keys(connection, "ON")
    except DBAPIError as error:
        raise RecordsUnavailable(reason(error)) from error


def _switch_foreign_keys(connection: Connection, state: str) -> None:
    # Straight to the driver: the pragma does nothing inside a transaction.
    driver = connection.connection.dbapi_connection
    if driver is not None:
        driver.cursor().execute(f"PRAGMA foreign_keys={state}")


def draft(engine: Engine, revision: str, message: str) -> None:
    """Write a migration from what the tables have and the database lacks, for a person to check."""
    with engine.connect() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=revision)
