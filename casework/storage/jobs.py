"""The jobs of the timetable: each turn is run once, by the process that holds the lease.

A turn is claimed before it is run and marked after. A process that was believed dead and comes back
finds its term over: it can neither claim a turn nor mark one that its successor has taken. A turn that
failed, or was cut off with its process, may be claimed again after a while: a nightly job that found the
cluster away need not wait for the next night.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from casework.storage import leases
from casework.storage.records import Work
from casework.storage.tables import JobRow

RUNNING, DONE, FAILED = "running", "done", "failed"
UNFINISHED = "the process ended before the job did"

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
"""Before a failed turn is tried again; it doubles with every failure in a row."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """The last run of a job. failures: in a row. ended_at: None while it runs."""

    name: str
    turn: int
    state: str
    holder: str
    started_at: datetime
    ended_at: datetime | None
    error: str
    runs: int
    failures: int

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()


def claim(work: Work, name: str, turn: int, holder: str, term: int, now: datetime) -> bool:
    """Take a turn of a job, to run it after the commit.

    False when the lease is somebody else's by now, and when the turn (or a later one) was taken and
    did not fail long enough ago.
    The caller runs one turn of a job at a time, so one that still counts as running was cut off.
    """
    if not leases.holds(work, leases.TIMETABLE, holder, term, now):
        return False
    row = work.session.get(JobRow, name, with_for_update=True)
    if row is None:
        row = JobRow(name=name, turn=turn - 1, term=term, holder=holder, state=DONE, started_at=now)
        row.runs = row.failures = 0
        row.error = ""
        work.session.add(row)
    if row.turn > turn or (row.turn == turn and not _again(row, term, now)):
        return False
    if row.state == RUNNING:
        row.failures += 1
        row.error = UNFINISHED
    row.turn, row.term, row.holder = turn, term, holder
    row.state, row.started_at, row.ended_at = RUNNING, now, None
    row.runs += 1
    return True


def _again(row: JobRow, term: int, now: datetime) -> bool:
    """Whether the turn that was taken last may be run once more."""
    cut_off = row.state == RUNNING and row.term != term
    if row.state != FAILED and not cut_off:
        return False
    wait: timedelta = min(FIRST_WAIT * 2 ** min(max(row.failures - 1, 0), 6), LONGEST_WAIT)
    return (row.ended_at or row.started_at) + wait <= now


def mark(work: Work, name: str, turn: int, term: int, now: datetime, error: str = "") -> None:
    """Say how a claimed turn ended; error: "" when it went well. A turn that a later term has
    taken over is left alone."""
    row = work.session.get(JobRow, name, with_for_update=True)
    if row is None or (row.turn, row.term) != (turn, term):
        return
    row.state, row.ended_at = (FAILED if error else DONE), now
    row.error = error[:2000]
    row.failures = row.failures + 1 if error else 0


def skip_to(work: Work, name: str, turn: int, now: datetime) -> None:
    """Begin a job that was never run at this turn, without running it."""
    if work.session.get(JobRow, name) is None:
        work.session.add(
            JobRow(
                name=name, turn=turn, term=0, holder="", state=DONE, started_at=now, ended_at=now
            )
        )


def last_runs(work: Work) -> dict[str, JobRun]:
    """The last run of every job that was ever begun, by name."""
    rows = work.session.scalars(select(JobRow).order_by(JobRow.name))
    return {
        row.name: JobRun(
            row.name,
            row.turn,
            row.state,
            row.holder,
            row.started_at,
            row.ended_at,
            row.error,
            row.runs,
            row.failures,
        )
        for row in rows
    }
