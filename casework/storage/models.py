"""The city's own models in the records: made, put to use, and the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.errors import Conflict, NotFound
from casework.events import OFFICE_CHAIN, EventName
from casework.storage.audit import append
from casework.storage.locks import lock
from casework.storage.records import Work
from casework.storage.tables import ModelRow, ModelUseRow
from casework.storage.word_lists import announce_change

TRAINED_TASKS = ("topic", "kind", "sentiment", "unit")


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model that was trained here. report: as classifier.report writes it."""

    version: str
    task: str
    digest: str
    made_by: str
    made_at: datetime
    report: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ModelUse:
    """Which model a task has been judged with since when. version, before: "" for the shipped one."""

    task: str
    version: str
    before: str
    by: str
    at: datetime


def add_model(
    work: Work, version: str, task: str, digest: str, report: dict[str, Any], by: str, now: datetime
) -> None:
    """Note a model that was trained; nothing judges with it yet. One that is known stays."""
    if work.session.get(ModelRow, version) is not None:
        return
    work.session.add(
        ModelRow(version=version, task=task, digest=digest, report=report, made_by=by, made_at=now)
    )
    append(work, OFFICE_CHAIN, EventName.MODEL_TRAINED, by, now, version)


def models(work: Work, task: str = "") -> tuple[KeptModel, ...]:
    """The models trained here, the newest first."""
    rows = select(ModelRow).order_by(ModelRow.made_at.desc(), ModelRow.version)
    if task:
        rows = rows.where(ModelRow.task == task)
    return tuple(_kept(row) for row in work.session.scalars(rows))


def model(work: Work, version: str) -> KeptModel:
    """One of them. Raises NotFound."""
    row = work.session.get(ModelRow, version)
    if row is None:
        raise NotFound("model", version)
    return _kept(row)


def use_of(work: Work, task: str) -> ModelUse | None:
    """What the task is judged with; None: the shipped model, and there was never another."""
    row = work.session.scalar(
        select(ModelUseRow)
        .where(ModelUseRow.task == task)
        .order_by(ModelUseRow.at.desc(), ModelUseRow.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    return ModelUse(row.task, row.version, row.before, row.by, row.at)


def models_in_use(work: Work) -> tuple[KeptModel, ...]:
    """The models of the city's own that are in use, at most one a task."""
    uses = [use_of(work, task) for task in TRAINED_TASKS]
    return tuple(model(work, use.version) for use in uses if use is not None and use.version)


def use_model(work: Work, version: str, by: str, now: datetime) -> ModelUse:
    """Put a model to use; the one before is kept. Raises NotFound, Conflict("in_use")."""
    return _use(work, model(work, version).task, version, by, now)


def use_previous(work: Work, task: str, by: str, now: datetime) -> ModelUse:
    """Go back to what was in use before; once more goes forward again.

    Raises Conflict("no_previous") when there was nothing before.
    """
    last = use_of(work, task)
    if last is None:
        raise Conflict("no_previous")
    return _use(work, task, last.before, by, now)


def use_shipped(work: Work, task: str, by: str, now: datetime) -> ModelUse:
    """Judge with the model shipped with the program again. Raises Conflict("in_use")."""
    return _use(work, task, "", by, now)


def _use(work: Work, task: str, version: str, by: str, now: datetime) -> ModelUse:
    lock(work, ["models"])
    last = use_of(work, task)
    before = last.version if last is not None else ""
    if version == before:
        raise Conflict("in_use")
    work.session.add(
        ModelUseRow(id=uuid7(), task=task, version=version, before=before, by=by, at=now)
    )
    told = f"{task}: {version or 'shipped'} (before: {before or 'shipped'})"
    append(work, OFFICE_CHAIN, EventName.MODEL_USED, by, now, told)
    announce_change(work)
    return ModelUse(task, version, before, by, now)


def _kept(row: ModelRow) -> KeptModel:
    return KeptModel(row.version, row.task, row.digest, row.made_by, row.made_at, row.report)
