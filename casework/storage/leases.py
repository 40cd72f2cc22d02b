"""Who alone may do something now, e.g. write the embedded index, and what others ask of them.

A lease is a row with an end; whoever holds it renews it before the end. A command that finds it
held writes its wish into the row; the holder does it and clears the wish.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from casework.errors import LeaseHeld
from casework.storage.records import Work
from casework.storage.tables import LeaseRow

INDEX = "index"
"""The lease on writing the trend index."""
TIMETABLE = "timetable"
"""The lease on running the jobs."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as it stands. term: grows with every change of holder, so that what a former holder
    still does can be told from what the present one does. request: "" when nobody asks for
    anything."""

    name: str
    holder: str
    term: int
    expires_at: datetime
    request: str


def take(work: Work, name: str, holder: str, now: datetime, length: timedelta) -> Lease:
    """Take the lease, or renew one's own, until now + length.

    Raises LeaseHeld with the holder's name while somebody else's lease runs.
    """
    row = _row(work, name)
    if row is None:
        row = LeaseRow(name=name, holder="", term=0, expires_at=now, request="")
        work.session.add(row)
    elif row.holder not in ("", holder) and row.expires_at > now:
        raise LeaseHeld(name, row.holder)
    if row.holder != holder:
        row.term += 1
    row.holder = holder
    row.expires_at = now + length
    work.session.flush()
    return _lease(row)


def release(work: Work, name: str, holder: str, now: datetime) -> None:
    """Give the lease back; one that somebody else holds by now is left alone."""
    row = _row(work, name)
    if row is not None and row.holder == holder:
        row.holder = ""
        row.expires_at = now


def ask(work: Work, name: str, request: str, now: datetime) -> str:
    """Ask the holder for something; the holder's name, or "" (and no wish kept) if none is alive."""
    row = _row(work, name)
    if row is None or not row.holder or row.expires_at <= now:
        return ""
    row.request = request
    return row.holder


def answered(work: Work, name: str, holder: str, request: str) -> None:
    """Say that the wish was met. A different wish that came meanwhile stays."""
    row = _row(work, name)
    if row is not None and row.holder == holder and row.request == request:
        row.request = ""


def look(work: Work, name: str) -> Lease | None:
    """The lease as it stands, expired or not."""
    row = work.session.get(LeaseRow, name)
    return None if row is None else _lease(row)


def holds(work: Work, name: str, holder: str, term: int, now: datetime) -> bool:
    """Whether this is the holder's term, now. Until the unit of work ends nobody can take over."""
    row = _row(work, name)
    return row is not None and (row.holder, row.term) == (holder, term) and row.expires_at > now


def _row(work: Work, name: str) -> LeaseRow | None:
    return work.session.scalar(select(LeaseRow).where(LeaseRow.name == name).with_for_update())


def _lease(row: LeaseRow) -> Lease:
    return Lease(row.name, row.holder, row.term, row.expires_at, row.request)
