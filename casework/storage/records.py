"""The one door to the records: open, work, commit. Leaving without a commit rolls back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import ConnectionPoolEntry

from casework.errors import Conflict, RecordsUnavailable
from casework.storage.engine import open_engine
from casework.storage.vault import KEY_BYTES, Vault

BREATH_SECONDS = 0.11

LOST_A_RACE = ("40001", "40P01")
"""PostgreSQL's codes for a transaction it ended in favour of another: it may be tried again."""


class Work:
    """One unit of work. The modules beside this one read and write through `session`."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self.session = session
        self.vault = vault

    def commit(self) -> None:
        """Make everything done so far permanent, at once."""
        self.session.commit()


class Records:
    """Opens units of work on one database."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self.engine = engine
        self.vault = vault
        self._writing = engine.execution_options(minsheng_writing=True)
        self._reading = engine
        if engine.dialect.name == "postgresql":
            self._reading = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @contextmanager
    def read(self) -> Iterator[Work]:
        """A consistent view; nothing can be committed by accident, since nothing is written."""
        with reason_told(), Session(self._reading, autoflush=False) as session:
            yield Work(session, self.vault)

    @contextmanager
    def write(self) -> Iterator[Work]:
        """A unit of work that holds the write lock (SQLite) from its first statement.

        Raises RecordsUnavailable when the database is locked, full or gone, and Conflict when
        somebody else changed the same row; either way nothing was written.
        """
        with reason_told(), Session(self._writing, expire_on_commit=False) as session:
            yield Work(session, self.vault)

    @property
    def writers(self) -> int:
        """How many units of work it is of use to write in at a time: SQLite has one writer."""
        return 1 if self.engine.dialect.name == "sqlite" else 2

    def give_way(self) -> None:
        """Between two transactions of many: let those who wait to write have their turn. PostgreSQL's
        are told at once; SQLite's look again every tenth of a second and know no queue."""
        if self.engine.dialect.name == "sqlite":
            time.sleep(BREATH_SECONDS)

    def opener(self) -> Callable[[], Records]:
        """What opens the same records in another process; it can be pickled. Without their keys:
        nothing sealed can be opened there."""
        return partial(_opened_without_keys, self.engine.url.render_as_string(hide_password=False))

    def close(self) -> None:
        """Give all connections back; one that somebody still uses is closed when they are done."""
        event.listen(self.engine.pool, "checkin", _close_returned)
        self.engine.dispose()


def _opened_without_keys(address: str) -> Records:
    vault = Vault(bytes(KEY_BYTES))
    return Records(open_engine(address, vault), vault)


def _close_returned(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.invalidate()


@contextmanager
def reason_told() -> Iterator[None]:
    """Turn what the database raises into errors of ours: Conflict, RecordsUnavailable."""
    try:
        yield
    except StaleDataError:
        raise Conflict("changed") from None
    except IntegrityError as error:
        raise Conflict("duplicate") from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") in LOST_A_RACE:
            raise Conflict("busy") from error
        raise RecordsUnavailable(reason(error)) from error


def reason(error: DBAPIError) -> str:
    """What the database says is wrong, without the values PostgreSQL adds to it."""
    said = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    return said or str(error.orig)
