"""Making a home ready: folder, key, tables, catalogue, calendar. Done once, under a lock."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from casework.calendar import first_and_last_year, starting_days
from casework.errors import RecordsUnavailable
from casework.events import OFFICE_CHAIN, PROGRAM, EventName
from casework.storage import migrate, office
from casework.storage.audit import append
from casework.storage.locks import only_one_process
from casework.storage.records import Records
from routing.catalogue import starting_departments

SET_UP = "set_up"
KEY = "key_digest"
CALENDAR_AHEAD = 2
"""Years beyond the last announced one that the calendar is filled with, provisionally."""


def make_ready(records: Records, home: Path, now: datetime) -> None:
    """Migrate, and load catalogue and calendar into a new city. A ready home costs two queries.

    Raises RecordsUnavailable when the home or the database cannot be written.
    """
    if migrate.current(records.engine) == migrate.newest() and _is_set_up(records):
        _check_key(records)
        return
    with only_one(home), only_one_process(records.engine, "set up"):
        migrate.upgrade(records.engine)
        if not _is_set_up(records):
            _load(records, now)
    _check_key(records)


def _check_key(records: Records) -> None:
    """A second server needs the key of the first: with another, nothing sealed could be read."""
    with records.read() as work:
        known = office.fact(work, KEY)
    if known and known != _key_digest(records):
        raise RecordsUnavailable("the key file is not the one this city was set up with")


def _key_digest(records: Records) -> str:
    return records.vault.digest("attempt", "this city's key").hex()


def _is_set_up(records: Records) -> bool:
    with records.read() as work:
        return bool(office.fact(work, SET_UP))


def _load(records: Records, now: datetime) -> None:
    first, last = first_and_last_year()
    with records.write() as work:
        office.save_departments(work, starting_departments())
        office.save_days(work, starting_days(first, last + CALENDAR_AHEAD))
        office.set_fact(work, SET_UP, now.isoformat())
        office.set_fact(work, KEY, _key_digest(records))
        append(work, OFFICE_CHAIN, EventName.CITY_SET_UP, PROGRAM, now)
        work.commit()


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Wait until no other process sets this home up, then hold the lock."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / ".setup.lock").open("w")
    except OSError as error:
        raise RecordsUnavailable(f"{home}: {error.strerror}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
