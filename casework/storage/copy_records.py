"""Copying a city from one database to another: every table, rows as they are, then compared.

Sealed columns are copied sealed: the new database is opened with the same key. What holds only while
processes run (leases, sessions) stays behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    func,
    insert,
    select,
    update,
)

from casework.errors import RecordsUnavailable, Rejected
from casework.storage import migrate
from casework.storage.records import reason_told
from casework.storage.tables import Table as Mapped
from casework.storage.types import Sealed

BATCH = 2000
LEFT_BEHIND = frozenset({"leases", "sessions"})


@dataclass(frozen=True, slots=True)
class Copied:
    """One table: how many rows, and a digest over all of them, equal on both sides."""

    table: str
    rows: int
    digest: str


def copy_records(
    source: Engine, target: Engine, progress: Callable[[int], None] = lambda rows: None
) -> tuple[Copied, ...]:
    """Copy everything into an empty database, and compare both afterwards.

    The source is read as of one moment, at its own revision, which must be the newest. Raises
    Rejected("copy_not_empty") for a target that holds a city, Rejected("copy_revision") for a source
    that is not migrated, RecordsUnavailable when a table differs afterwards; then the target is
    left as it was.
    """
    if migrate.current(source) != migrate.newest():
        raise Rejected("copy_revision", "from")
    if migrate.current(target) is not None:
        raise Rejected("copy_not_empty", "to")
    migrate.upgrade(target)
    tables = plain_tables()
    try:
        with (
            reason_told(),
            _one_moment(source) as reading,
            target.execution_options(minsheng_writing=True).begin() as writing,
        ):
            for table in tables:
                _copy(reading, writing, table, progress)
            return tuple(_compared(reading, writing, table) for table in tables)
    except BaseException:
        migrate.downgrade(target, "base")
        raise


def count_records(source: Engine) -> int:
    """How many rows there are to copy."""
    with reason_told(), source.connect() as connection:
        return sum(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in plain_tables()
        )


def plain_tables() -> list[Table]:
    """Every table to copy, parents first, its columns of plain types: sealed stays sealed."""
    plain = MetaData()
    for table in Mapped.metadata.sorted_tables:
        columns: list[Any] = [
            Column(
                column.name,
                LargeBinary() if isinstance(column.type, Sealed) else column.type,
                primary_key=column.primary_key,
            )
            for column in table.columns
        ]
        Table(table.name, plain, *columns)
    ordered = [table.name for table in Mapped.metadata.sorted_tables]
    return [plain.tables[name] for name in ordered if name not in LEFT_BEHIND]


def _one_moment(engine: Engine) -> Connection:
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    return engine.connect()


def _copy(
    reading: Connection, writing: Connection, table: Table, progress: Callable[[int], None]
) -> None:
    """Rows first without what points into the same table, then those pointers: a row may come
    before the one it points to."""
    pointers = _pointers_into_itself(table.name)
    later = []
    for rows in _batches(reading, table):
        if pointers:
            later += [row for row in rows if any(row[name] is not None for name in pointers)]
            rows = [{**row, **dict.fromkeys(pointers)} for row in rows]
        writing.execute(insert(table), rows)
        progress(len(rows))
    if later:
        keys = list(table.primary_key.columns)
        change = update(table).values({name: bindparam(f"new_{name}") for name in pointers})
        for key in keys:
            change = change.where(key == bindparam(f"old_{key.name}"))
        writing.execute(
            change,
            [
                {f"new_{name}": row[name] for name in pointers}
                | {f"old_{key.name}": row[key.name] for key in keys}
                for row in later
            ],
        )


def _pointers_into_itself(name: str) -> list[str]:
    table = Mapped.metadata.tables[name]
    return [
        column.name
        for column in table.columns
        if any(key.column.table is table for key in column.foreign_keys)
    ]


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """All rows by primary key, in batches; flat memory."""
    order = list(table.primary_key.columns)
    found = connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*order))
    for rows in found.mappings().partitions():
        yield [dict(row) for row in rows]


def _compared(reading: Connection, writing: Connection, table: Table) -> Copied:
    before, after = _digest(reading, table), _digest(writing, table)
    if before != after:
        raise RecordsUnavailable(f"{table.name} differs: {before} and {after}")
    return after


def _digest(connection: Connection, table: Table) -> Copied:
    """A sum of the digests of the rows, so that it does not depend on how a database sorts text."""
    total, count = 0, 0
    for rows in _batches(connection, table):
        for row in rows:
            written = repr([_written(row[column.name]) for column in table.columns])
            total += int.from_bytes(hashlib.sha256(written.encode()).digest()[:16], "big")
            count += 1
    return Copied(table.name, count, f"{total % (1 << 128):032x}")


def _written(value: Any) -> Any:
    """A value as both databases' drivers would give it."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
