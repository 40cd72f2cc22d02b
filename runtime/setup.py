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
from casework.policy import read_policy
from casework.storage import migrate, office
from casework.storage.audit import append
from casework.storage.local_rules import load_local_rules
from casework.storage.locks import only_one_process
from casework.storage.policies import keep_policy, newest_effective
from casework.storage.records import Records
from routing.catalogue import starting_departments

SET_UP = "set_up"
KEY = "key_digest"
POLICY_OF_FILE = "policy_of_file"
CALENDAR_AHEAD = 2
"""Years beyond the last announced one that the calendar is filled with, provisionally."""


def make_ready(records: Records, home: Path, now: datetime) -> None:
    """Migrate, and load catalogue and calendar into a new city. A ready home costs a few queries.

    Raises RecordsUnavailable when the home or the database cannot be written.
    """
    if migrate.current(records.engine) == migrate.newest() and _is_set_up(records):
        _check_key(records)
        return
    with only_one(home), only_one_process(records.engine, "set up"):
        migrate.upgrade(records.engine)
        if not _has(records, SET_UP):
            _load(records, now)
        _keep_policy_of_the_file(records, now)
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
    return _has(records, SET_UP) and _policy_fact(records) == read_policy().version


def _has(records: Records, name: str) -> bool:
    with records.read() as work:
        return bool(office.fact(work, name))


def _policy_fact(records: Records) -> str:
    with records.read() as work:
        return office.fact(work, POLICY_OF_FILE)


def _keep_policy_of_the_file(records: Records, now: datetime) -> None:
    """A new policy file makes a version of its own, with what the city decided otherwise. The very
    first one holds from the day the file names, a later one from today at the earliest."""
    policy = read_policy()
    with records.write() as work:
        if office.fact(work, POLICY_OF_FILE) == policy.version:
            return
        begins = policy.effective_from
        if office.fact(work, POLICY_OF_FILE):
            begins = max(begins, now.date(), newest_effective(work))
        keep_policy(work, policy.with_local(load_local_rules(work)), begins, PROGRAM, now)
        office.set_fact(work, POLICY_OF_FILE, policy.version)
        office.announce_change(work)
        work.commit()


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
