"""An import of a file as the records hold it: states, plan, progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from casework.storage.tables import ImportRow


class ImportState(StrEnum):
    UPLOADED = "uploaded"  # 待对应: nobody has said yet how it is read
    WAITING = "waiting"  # 排队
    RUNNING = "running"  # 进行中
    CHECKED = "checked"  # 已试过: a dry run came to its end
    DONE = "done"  # 完成
    FAILED = "failed"  # 失败
    STOPPED = "stopped"  # 已停止


BUSY = frozenset({ImportState.WAITING, ImportState.RUNNING})


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in a file: its columns, its first rows (cut short), the sheets of a workbook."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """How a file is read. columns: field → column. mode: "" decides by age, row by row."""

    source: str
    channel: str
    columns: Mapping[str, str]
    mode: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """See ImportRow."""

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    rejected_to: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    """One import. total: rows in the file, None before it was walked through."""

    id: UUID
    file_name: str
    file: str
    size: int
    look: Look
    plan: ImportPlan
    dry_run: bool
    state: ImportState
    total: int | None
    progress: ImportProgress
    error: str
    uploaded_by: str
    uploaded_at: datetime
    finished_at: datetime | None
    holder: str = field(default="")


def plan_of(row: ImportRow) -> ImportPlan:
    return ImportPlan(row.source, row.channel, dict(row.columns), row.mode, row.sheet)


def as_import(row: ImportRow) -> Import:
    look = row.look
    return Import(
        id=row.id,
        file_name=row.file_name,
        file=row.file,
        size=row.size,
        look=Look(
            tuple(look["names"]),
            tuple(tuple(cells) for cells in look["rows"]),
            tuple(look["sheets"]),
        ),
        plan=plan_of(row),
        dry_run=row.dry_run,
        state=ImportState(row.state),
        total=row.total,
        progress=ImportProgress(
            row.read, row.accepted, row.duplicates, row.rejected, row.rejected_to
        ),
        error=row.error,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        finished_at=row.finished_at,
        holder=row.holder,
    )
