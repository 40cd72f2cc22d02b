"""Trainings asked for on a page: waiting, running, ended. The timetable runs one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.errors import Conflict, NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.storage.audit import append
from casework.storage.locks import lock
from casework.storage.models import TRAINED_TASKS
from casework.storage.records import Work
from casework.storage.tables import TrainingRow

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
BUSY = (WAITING, RUNNING)
MOST_TRIES = 3
UNFINISHED = "the process ended before the training did"


@dataclass(frozen=True, slots=True)
class Training:
    """See the table. percent: from 0 to 100."""

    id: UUID
    task: str
    asked_by: str
    asked_at: datetime
    state: str
    step: str
    percent: int
    version: str
    error: str
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def busy(self) -> bool:
        return self.state in BUSY


def ask_for(work: Work, task: str, by: str, now: datetime) -> UUID:
    """Ask for a training. Raises Rejected("unknown", "task"), Conflict("training") while one of this
    task waits or runs."""
    if task not in TRAINED_TASKS:
        raise Rejected("unknown", "task")
    lock(work, ["trainings"])
    busy = work.session.scalar(
        select(TrainingRow.id).where(TrainingRow.task == task, TrainingRow.state.in_(BUSY)).limit(1)
    )
    if busy is not None:
        raise Conflict("training")
    row = TrainingRow(id=uuid7(), task=task, asked_by=by, asked_at=now, state=WAITING, percent=0)
    work.session.add(row)
    append(work, OFFICE_CHAIN, EventName.TRAINING_ASKED, by, now, task)
    return row.id


def training(work: Work, training_id: UUID) -> Training:
    """One of them. Raises NotFound."""
    row = work.session.get(TrainingRow, training_id)
    if row is None:
        raise NotFound("training", str(training_id))
    return _training(row)


def trainings(work: Work, limit: int = 10) -> tuple[Training, ...]:
    """The last ones, newest first."""
    rows = work.session.scalars(
        select(TrainingRow).order_by(TrainingRow.asked_at.desc(), TrainingRow.id).limit(limit)
    )
    return tuple(map(_training, rows))


def take_next(work: Work, now: datetime) -> Training | None:
    """Begin the one that has waited longest. One that still counts as running was cut off, since
    one process runs one at a time; it begins anew, three times at most."""
    rows = work.session.scalars(
        select(TrainingRow)
        .where(TrainingRow.state.in_(BUSY))
        .order_by(TrainingRow.asked_at)
        .with_for_update()
    )
    for row in rows:
        if row.state == RUNNING and row.tries >= MOST_TRIES:
            row.state, row.error, row.ended_at = FAILED, UNFINISHED, now
            continue
        row.state, row.step, row.percent = RUNNING, "", 0
        row.tries += 1
        row.started_at = now
        return _training(row)
    return None


def progress(work: Work, training_id: UUID, step: str, percent: int) -> None:
    """How far it is."""
    row = work.session.get(TrainingRow, training_id)
    if row is not None and row.state == RUNNING:
        row.step, row.percent = step, percent


def wait_again(work: Work, training_id: UUID) -> None:
    """The process ends: another begins it anew, and this does not count as a try."""
    row = work.session.get(TrainingRow, training_id)
    if row is not None and row.state == RUNNING:
        row.state, row.step, row.percent = WAITING, "", 0
        row.tries -= 1


def end(work: Work, training_id: UUID, version: str, error: str, now: datetime) -> None:
    """Say what came of it: a model, or why not."""
    row = work.session.get(TrainingRow, training_id)
    if row is not None:
        row.state, row.ended_at = (FAILED if error else DONE), now
        row.version, row.error, row.percent = version, error[:2000], 100


def _training(row: TrainingRow) -> Training:
    return Training(
        row.id,
        row.task,
        row.asked_by,
        row.asked_at,
        row.state,
        row.step,
        row.percent,
        row.version,
        row.error,
        row.started_at,
        row.ended_at,
    )
