"""Waiting for one's turn where a row to lock does not exist yet.

SQLite has one writer at a time and needs none of this. On PostgreSQL these are advisory locks: they
name a thing by a number, hold until the transaction or the block ends, and cost a round trip.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import BigInteger, Engine, func, select, values
from sqlalchemy import column as named_column

from casework.storage.records import Work


def lock(work: Work, things: Iterable[str | bytes]) -> None:
    """Let no other unit of work that locks one of the things go on before this one has ended.

    Things are taken in one order by everybody, so that two cannot wait for each other.
    """
    if work.session.get_bind().dialect.name != "postgresql":
        return
    numbers = sorted({_number(thing) for thing in things})
    if not numbers:
        return
    given = values(named_column("number", BigInteger), name="given").data([(n,) for n in numbers])
    ordered = select(given.c.number).order_by(given.c.number).subquery()
    work.session.execute(select(func.pg_advisory_xact_lock(ordered.c.number)))


@contextmanager
def only_one_process(engine: Engine, thing: str) -> Iterator[None]:
    """Wait until no other process of any machine is in a block of this name on this database."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect() as connection:
        connection.execute(select(func.pg_advisory_lock(_number(thing))))
        connection.commit()  # the lock belongs to the connection, not to its transaction
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(_number(thing))))
            connection.commit()


def _number(thing: str | bytes) -> int:
    named = thing.encode() if isinstance(thing, str) else thing
    return int.from_bytes(hashlib.sha256(named).digest()[:8], "big", signed=True)
