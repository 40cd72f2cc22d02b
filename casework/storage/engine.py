"""Opening the database: SQLite in WAL mode, or PostgreSQL, from one address."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.engine.url import make_url

from casework.storage.vault import Vault

LOCK_WAIT_SECONDS = 10
"""How long a writer waits for another process to finish before RecordsUnavailable."""


def open_engine(address: str, vault: Vault) -> Engine:
    """An engine for the address, with this city's keys on its dialect.

    postgresql://user:password@host/name is PostgreSQL, by psycopg; sqlite:///file is SQLite.
    """
    url = make_url(address)
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    options: dict[str, Any] = {
        "hide_parameters": True,  # what citizens write must not reach a log by way of an error
        # One encoder: json.dumps with options makes a new one for every value.
        "json_serializer": json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode,
        "json_deserializer": msgspec.json.decode,  # a rebuild of the trend index reads millions
    }
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": LOCK_WAIT_SECONDS}
    else:
        options["pool_pre_ping"] = True
        options["connect_args"] = {
            "connect_timeout": LOCK_WAIT_SECONDS,
            "options": f"-c lock_timeout={LOCK_WAIT_SECONDS}s -c timezone=UTC",
        }
    engine = create_engine(url, **options)
    engine.dialect.minsheng_vault = vault  # type: ignore[attr-defined]  # read in types.py
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: DBAPIConnection, _record: object) -> None:
        # The driver must not open transactions by itself: BEGIN IMMEDIATE below takes the write
        # lock at once, so that two writers queue instead of failing half way.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # an accepted message survives a power cut
            "foreign_keys=ON",
            "cache_size=-16384",  # 16 MB a connection: what a long import touches at once, and more
            # 32 MB of WAL, not 4, before pages go to their places: a batch of the sweep fills 4 many
            # times over, and the next one writes many of the same pages again.
            "wal_autocheckpoint=8000",
            "temp_store=MEMORY",
            "mmap_size=268435456",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("minsheng_writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
