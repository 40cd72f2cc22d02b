"""Migrations: up, down, with parents and children in the tables, and equal to the mapping."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from casework.errors import RecordsUnavailable
from casework.ladder import check_ladder
from casework.storage import migrate
from casework.storage.contacts import contact_of
from casework.storage.engine import open_engine
from casework.storage.policies import load_policies
from casework.storage.records import Records
from casework.storage.tables import MessageRow, Table
from casework.storage.vault import Vault
from tests.builders import record_one
from tests.databases import Databases

REVISIONS = [
    script.revision
    for script in ScriptDirectory.from_config(migrate._config()).walk_revisions("base", "heads")
][::-1]


@pytest.fixture
def engine(tmp_path: Path, databases: Databases) -> Iterator[Engine]:
    opened = open_engine(databases.fresh(tmp_path), Vault(b"k" * 32))
    yield opened
    opened.dispose()


def test_the_newest_migration_equals_the_tables(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_every_migration_goes_up_and_down(engine: Engine) -> None:
    """Each up, down and up again, then all of them down and up: what one leaves behind shows."""
    before: str | None = None
    for revision in REVISIONS:
        left = _columns(engine)
        migrate.upgrade(engine, revision)
        assert migrate.current(engine) == revision
        migrate.downgrade(engine, before or "base")
        assert migrate.current(engine) == before
        assert _columns(engine) == left, revision
        migrate.upgrade(engine, revision)
        before = revision
    migrate.downgrade(engine, "base")
    assert migrate.current(engine) is None
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate.upgrade(engine)
    assert migrate.current(engine) == migrate.newest()


def test_versions_of_the_policy_kept_before_get_the_ladder_there_was(engine: Engine) -> None:
    migrate.upgrade(engine, "0030")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO policies (version, effective_from, rules, pauses, made_by, made_at)"
                " VALUES ('old', '2026-01-01', '[]', '[]', 'program', '2026-01-01 00:00:00')"
            )
        )
    migrate.upgrade(engine)
    with Records(engine, Vault(b"k" * 32)).read() as work:
        (old,) = load_policies(work)
    check_ladder(old.steps)
    assert [step.name for step in old.steps] == ["half", "last", "over", "next_day", "five_days"]


def test_rows_survive_every_migration_down_and_up(records: Records) -> None:
    recorded = record_one(records)
    before = _counts(records.engine)
    for revision in REVISIONS[:-1][::-1]:
        migrate.downgrade(records.engine, revision)
        assert migrate.current(records.engine) == revision
    migrate.upgrade(records.engine)
    assert _counts(records.engine) == before
    with records.read() as work:
        kept = work.session.get_one(MessageRow, recorded.message_id)
        assert contact_of(kept).phone == "13800000001"


@pytest.mark.sqlite
def test_rebuilding_a_parent_table_keeps_its_children(records: Records) -> None:
    """SQLite alters a table by copying and dropping it; the children must survive the drop."""
    record_one(records)
    before = _counts(records.engine)
    assert before["messages"] == before["tickets"] == 1
    assert before["clocks"] > 1

    def alter(config: Config) -> None:
        with Operations.context(MigrationContext.configure(config.attributes["connection"])):
            for parent in ("messages", "tickets", "departments"):
                with op.batch_alter_table(parent, recreate="always"):
                    pass

    migrate._migrate(records.engine, alter)
    assert _counts(records.engine) == before
    with records.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.sqlite
def test_a_migration_that_would_orphan_rows_is_undone(records: Records) -> None:
    record_one(records)

    def drop_parent(config: Config) -> None:
        config.attributes["connection"].execute(text("DELETE FROM messages"))

    with pytest.raises(RecordsUnavailable, match="orphan"):
        migrate._migrate(records.engine, drop_parent)
    assert _counts(records.engine)["messages"] == 1


def _columns(engine: Engine) -> dict[str, set[str]]:
    """Of each table the names of its columns."""
    looked = inspect(engine)
    return {
        name: {column["name"] for column in looked.get_columns(name)}
        for name in looked.get_table_names()
        if name != "alembic_version"
    }


def _counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in Table.metadata.tables
        }
