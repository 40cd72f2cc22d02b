"""Imports of files in and out of the records: uploaded, asked for, run, finished.

A running import is held by one process until `expires_at`, which every batch moves on. A process
that dies leaves it behind; the next one takes it up where its counts stand.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from uuid_utils.compat import uuid7

from casework.errors import Conflict, NotFound, Stopped
from casework.events import OFFICE_CHAIN, EventName
from casework.storage.audit import append
from casework.storage.import_record import (
    BUSY,
    Import,
    ImportPlan,
    ImportProgress,
    ImportState,
    Look,
    as_import,
    plan_of,
)
from casework.storage.records import Work
from casework.storage.tables import ImportRow

__all__ = ["BUSY", "Import", "ImportPlan", "ImportProgress", "ImportState", "Look"]
HELD_FOR = timedelta(minutes=1)


def add_import(
    work: Work, file_name: str, file: str, size: int, look: Look, by: str, now: datetime
) -> UUID:
    """Note an uploaded file; its id."""
    row = ImportRow(
        id=uuid7(),
        file_name=file_name[:200],
        file=file,
        size=size,
        look=asdict(look),
        columns={},
        state=ImportState.UPLOADED,
        uploaded_by=by,
        uploaded_at=now,
    )
    work.session.add(row)
    return row.id


def import_by_id(work: Work, import_id: UUID) -> Import:
    """One import. Raises NotFound."""
    row = work.session.get(ImportRow, import_id)
    if row is None:
        raise NotFound("import", str(import_id))
    return as_import(row)


def imports(work: Work, offset: int, limit: int) -> tuple[Import, ...]:
    """Imports, the latest first."""
    rows = work.session.scalars(
        select(ImportRow)
        .order_by(ImportRow.uploaded_at.desc(), ImportRow.id)
        .offset(offset)
        .limit(limit)
    )
    return tuple(as_import(row) for row in rows)


def count_imports(work: Work) -> int:
    return work.session.scalar(select(func.count()).select_from(ImportRow)) or 0


def look_again(work: Work, import_id: UUID, sheet: str, look: Look) -> None:
    """Another sheet of the same file is meant. Raises Conflict("state") while it runs."""
    row = _row(work, import_id)
    _not_busy(row)
    row.sheet, row.look = sheet, asdict(look)


def ask_for(
    work: Work, import_id: UUID, plan: ImportPlan, dry_run: bool, by: str, now: datetime
) -> None:
    """Ask for an import, or a dry run of it, to be run.

    One that was stopped or failed and is to be read the same way goes on where it stood. Raises
    Conflict("state") when it runs already or is done.
    """
    row = _row(work, import_id)
    _not_busy(row)
    goes_on = (
        row.state in (ImportState.STOPPED, ImportState.FAILED)
        and not row.dry_run
        and not dry_run
        and plan_of(row) == plan
    )
    if not goes_on:
        _set_progress(row, ImportProgress())
        row.total = None
    row.source, row.channel, row.mode = plan.source, plan.channel, plan.mode
    row.sheet, row.columns, row.dry_run = plan.sheet, dict(plan.columns), dry_run
    row.state, row.asked_at, row.finished_at, row.error = ImportState.WAITING, now, None, ""
    if not dry_run:
        append(work, OFFICE_CHAIN, EventName.IMPORT_STARTED, by, now, _told(row))


def stop_import(work: Work, import_id: UUID, by: str, now: datetime) -> None:
    """Stop it; what is on record stays. Raises Conflict("state") when it does not run."""
    row = _row(work, import_id)
    if row.state not in BUSY:
        raise Conflict("state")
    _end(work, row, ImportState.STOPPED, "", by, now)


def take_next(work: Work, holder: str, now: datetime) -> Import | None:
    """Hold the import that has waited longest, or one whose holder has died; None: there is none."""
    row = work.session.scalar(
        select(ImportRow)
        .where(
            or_(
                ImportRow.state == ImportState.WAITING,
                and_(ImportRow.state == ImportState.RUNNING, ImportRow.expires_at < now),
            )
        )
        .order_by(ImportRow.asked_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.state, row.holder, row.expires_at = ImportState.RUNNING, holder, now + HELD_FOR
    row.started_at = row.started_at or now
    return as_import(row)


def still_running(
    work: Work,
    import_id: UUID,
    holder: str,
    now: datetime,
    progress: ImportProgress | None = None,
    total: int | None = None,
) -> None:
    """Say that one is alive, and how far. Raises Stopped when the import was stopped or is
    another's by now."""
    values: dict[str, Any] = {"expires_at": now + HELD_FOR}
    if progress is not None:
        values |= asdict(progress)
    if total is not None:
        values["total"] = total
    done = work.session.execute(
        update(ImportRow)
        .where(_held(import_id, holder))
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]  # of an update it is there
        raise Stopped(str(import_id))


def leave_off(work: Work, import_id: UUID, holder: str) -> None:
    """This process ends: let the next one go on at once."""
    work.session.execute(
        update(ImportRow)
        .where(_held(import_id, holder))
        .values(state=ImportState.WAITING, holder="", expires_at=None)
        .execution_options(synchronize_session=False)
    )


def files_in_use(work: Work) -> frozenset[str]:
    """Names in the uploads folder of imports that are not done."""
    rows = work.session.scalars(select(ImportRow.file).where(ImportRow.state != ImportState.DONE))
    return frozenset(rows)


def finish(
    work: Work, import_id: UUID, holder: str, state: ImportState, error: str, by: str, now: datetime
) -> None:
    """It has come to its end, well or not. Raises Stopped like `still_running`."""
    row = work.session.scalar(select(ImportRow).where(_held(import_id, holder)).with_for_update())
    if row is None:
        raise Stopped(str(import_id))
    _end(work, row, state, error, by, now)


def _end(
    work: Work, row: ImportRow, state: ImportState, error: str, by: str, now: datetime
) -> None:
    row.state, row.error, row.finished_at = state, error[:2000], now
    row.holder, row.expires_at = "", None
    if state is ImportState.DONE:
        row.look = asdict(Look(tuple(row.look["names"])))  # people's words are not kept twice
    if not row.dry_run:
        append(work, OFFICE_CHAIN, EventName.IMPORT_FINISHED, by, now, _told(row))


def _told(row: ImportRow) -> str:
    counts = f"{row.read} = {row.accepted} + {row.duplicates} + {row.rejected}"
    return f"{row.id} {row.file_name} {row.source} {row.state} {counts}"


def _held(import_id: UUID, holder: str) -> ColumnElement[bool]:
    return and_(
        ImportRow.id == import_id,
        ImportRow.holder == holder,
        ImportRow.state == ImportState.RUNNING,
    )


def _row(work: Work, import_id: UUID) -> ImportRow:
    row = work.session.get(ImportRow, import_id, with_for_update=True)
    if row is None:
        raise NotFound("import", str(import_id))
    return row


def _not_busy(row: ImportRow) -> None:
    if row.state in BUSY or row.state == ImportState.DONE:
        raise Conflict("state")


def _set_progress(row: ImportRow, progress: ImportProgress) -> None:
    for name, value in asdict(progress).items():
        setattr(row, name, value)
