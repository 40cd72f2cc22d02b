"""A CSV file of counts, judged row by row."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from casework.errors import FileUnreadable, Rejected
from monitor.series import Judged, SeriesWatch


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """timestamp: as the file writes it."""

    timestamp: str
    judged: Judged


def judge_rows(
    lines: Iterable[str], file: str, timestamp_column: str, value_column: str
) -> Iterator[JudgedRow]:
    """Each row as soon as its line was read, in the file's order.

    A time without a zone is taken for one of UTC: only distances and times of day matter. Raises
    FileUnreadable("empty" | "missing_column" | "header") and, for a row that cannot be read,
    Rejected("series_time" | "series_value" | "row").
    """
    rows = csv.reader(lines)
    try:
        header = next(rows, None)
    except csv.Error as error:
        raise FileUnreadable("header", file=file, detail=str(error)) from error
    if not header:
        raise FileUnreadable("empty", file=file)
    columns = [name.strip().removeprefix("\ufeff") for name in header]
    at, count = (_place(columns, wanted) for wanted in (timestamp_column, value_column))
    watch = SeriesWatch()
    try:
        for cells in rows:
            if cells:
                time, value = _cell(cells, at), _cell(cells, count)
                judged = watch.judge(_read_time(time, rows.line_num), _read(value, rows.line_num))
                yield JudgedRow(time, judged)
    except csv.Error as error:
        raise Rejected("row", str(rows.line_num), detail=str(error)) from error


def _place(columns: list[str], wanted: str) -> int:
    if wanted not in columns:
        raise FileUnreadable("missing_column", column=wanted, columns="、".join(columns))
    return columns.index(wanted)


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _read_time(text: str, line: int) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Rejected("series_time", line=line, value=text) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _read(text: str, line: int) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found <= 1e15:
        raise Rejected("series_value", line=line, value=text)
    return found
