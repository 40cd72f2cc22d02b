"""Messages from a file of any format: columns mapped, one draft a row, flat memory."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from casework.errors import Rejected
from casework.model import IntakeMode, MessageDraft
from intake.check import mode_by_age
from intake.connectors.columns import places
from intake.connectors.interface import Item
from intake.connectors.times import read_time
from intake.files.formats import open_table
from intake.files.interface import WHOLE_ROW, Row, Table

KEY_BYTES = 8
TOLD_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class FileSource:
    """One file and how to read it. columns: field → column name, a subset of FIELDS.
    mode: None decides by age, row by row. zone: of times that name none. sheet: of a workbook."""

    file: Path
    channel: str
    source: str
    columns: Mapping[str, str]
    zone: ZoneInfo
    mode: IntakeMode | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first walk through a file finds. rows: how many, the names left out. repeated: keys
    of the contents that stand in more than one row without a number, sorted."""

    table: Table
    rows: int
    repeated: array[int]


def survey(source: FileSource, progress: Callable[[int], None] = lambda rows: None) -> Survey:
    """Walk through the whole file once: a damaged one is refused before anything is recorded.

    progress: called with the rows so far, every TOLD_EVERY of them. Raises FileUnreadable.
    """
    table = open_table(source.file, source.sheet)
    index = places(source.columns, table.names)
    rows, keys = 0, array("Q")
    for row in table.rows():
        rows += 1
        if rows % TOLD_EVERY == 0:
            progress(rows)
        if not _cell(row, index, "source_ref"):
            keys.append(_key(_digest(row)))
    found, times = np.unique(np.frombuffer(keys, dtype=np.uint64), return_counts=True)
    return Survey(table, rows, array("Q", found[times > 1].tobytes()))


def read(source: FileSource, now: datetime, known: Survey | None = None) -> Iterator[Item]:
    """Every row as an item. Rows that cannot be read carry the reason; reading goes on.

    Raises FileUnreadable.
    """
    known = known or survey(source)
    index = places(source.columns, known.table.names)
    seen = array("Q", bytes(len(known.repeated) * known.repeated.itemsize))
    for row in known.table.rows():
        raw = tuple(cell.encode("utf-8", "replace").decode() for cell in row.cells)
        try:
            _check(row, index, known.table)
            yield Item(row.position, raw, _draft(source, index, row, known, seen, now))
        except Rejected as rejection:
            yield Item(row.position, raw, rejection)


def _check(row: Row, index: Mapping[str, int], table: Table) -> None:
    """Faults count in the columns that are used, and in all when the row is known by its content."""
    if WHOLE_ROW in row.faults:
        raise row.faults[WHOLE_ROW]
    if len(row.cells) > len(table.names):
        raise Rejected("too_many_cells", "", cells=len(row.cells), columns=len(table.names))
    by_content = not _cell(row, index, "source_ref")
    for place, fault in row.faults.items():
        if by_content or place in index.values():
            raise fault


def _cell(row: Row, index: Mapping[str, int], field: str) -> str:
    place = index.get(field, -1)
    return row.cells[place].strip() if 0 <= place < len(row.cells) else ""


def _draft(
    source: FileSource,
    index: Mapping[str, int],
    row: Row,
    known: Survey,
    seen: array[int],
    now: datetime,
) -> MessageDraft:
    def cell(field: str) -> str:
        return _cell(row, index, field)

    received_at = read_time(cell("received_at"), "received_at", source.zone)
    replied_at = read_time(cell("replied_at"), "replied_at", source.zone) if cell("reply") else None
    reference = cell("source_ref")
    return MessageDraft(
        channel=source.channel,
        source=source.source,
        source_ref=reference,
        row_ref="" if reference else _row_reference(row, known, seen),
        subject=cell("subject"),
        body=cell("body"),
        received_at=received_at,
        mode=source.mode or mode_by_age(received_at, now),
        sender=cell("sender"),
        department_stated=cell("department"),
        reply=cell("reply"),
        replied_at=replied_at,
    )


def _row_reference(row: Row, known: Survey, seen: array[int]) -> str:
    """A reference for a row without a number: its content, and how often it stood above.

    The same file, or one that has grown, can then be run again without doubling anything. Only
    contents that repeat are counted, beside their sorted keys: sixteen bytes a content, all of them
    taken before the first row.
    """
    digest = _digest(row)
    key = _key(digest)
    place = bisect_left(known.repeated, key)
    times = 1
    if place < len(known.repeated) and known.repeated[place] == key:
        seen[place] += 1
        times = seen[place]
    return f"row:{digest.hex()[:32]}:{times}"


def _digest(row: Row) -> bytes:
    return hashlib.sha256("\x1f".join(row.content).encode("utf-8", "surrogatepass")).digest()


def _key(digest: bytes) -> int:
    return int.from_bytes(digest[:KEY_BYTES], "big")
