"""Keeping folder and records in step: files that no record names go, records whose file is gone are
told."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from casework.errors import NotFound
from casework.storage.attachment_files import path_of
from casework.storage.records import Records, Work
from casework.storage.tables import AttachmentRow

LEFT_FOR = timedelta(days=1)
"""A file is written before the record that names it: a young one may be about to be named."""
BATCH = 500
_LEAVING = ".leaving"
_OURS = re.compile(r"\.?[0-9a-f]{64}(?:\.[0-9a-f]{16}|\.leaving)?")


@dataclass(frozen=True, slots=True)
class MissingFile:
    """A file on record that does not lie in the folder."""

    id: UUID
    name: str
    digest: str


def missing_files(work: Work, folder: Path) -> Iterator[MissingFile]:
    """Every file on record that is not there, or not whole."""
    rows = work.session.execute(
        select(
            AttachmentRow.id, AttachmentRow.name, AttachmentRow.digest, AttachmentRow.size
        ).order_by(AttachmentRow.id)
    )
    for file_id, name, digest, size in rows:
        try:
            there = path_of(folder, digest).stat().st_size == size
        except (NotFound, OSError):
            there = False
        if not there:
            yield MissingFile(file_id, name, digest)


def remove_unnamed(records: Records, folder: Path, now: datetime) -> int:
    """Remove files that no record names and nobody has touched for LEFT_FOR, what a killed process
    left half written among them; how many they were."""
    before = (now - LEFT_FOR).timestamp()
    old = [path for path in sorted(folder.glob("??/*")) if _is_old(path, before)]
    removed = 0
    for at in range(0, len(old), BATCH):
        batch = old[at : at + BATCH]
        with records.read() as work:
            named = _named(work, [path.name for path in batch])
        removed += sum(_remove(path, before) for path in batch if path.name not in named)
    return removed


def _is_old(path: Path, before: float) -> bool:
    with suppress(OSError):
        return _OURS.fullmatch(path.name) is not None and path.stat().st_mtime < before
    return False


def _named(work: Work, digests: list[str]) -> frozenset[str]:
    found = select(AttachmentRow.digest).where(AttachmentRow.digest.in_(digests))
    return frozenset(work.session.scalars(found))


def _remove(path: Path, before: float) -> bool:
    """Put the file out of reach, look at it once more, and only then remove it: whoever keeps the
    same content at this moment either made it young, and it is put back, or writes it anew."""
    if path.name.startswith("."):
        path.unlink(missing_ok=True)
        return True
    aside = path.with_name(f".{path.name}{_LEAVING}")
    try:
        os.replace(path, aside)
        if aside.stat().st_mtime >= before:
            os.replace(aside, path)
            return False
        aside.unlink()
    except FileNotFoundError:
        return False
    return True
