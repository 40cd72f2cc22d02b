"""Messages from a CSV file: encoding found, columns mapped, one draft a row, flat memory."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from casework.errors import FileUnreadable, Rejected
from casework.model import IntakeMode, MessageDraft
from intake.check import mode_by_age
from intake.connectors.interface import Item
from intake.connectors.times import read_time

FIELDS = (
    "subject",
    "body",
    "received_at",
    "source_ref",
    "sender",
    "department",
    "reply",
    "replied_at",
)
REQUIRED = ("body", "received_at")
MAX_CELL = 200_000
"""Longer cells are refused as they are read: a quote left open swallows the rest of a file."""


@dataclass(frozen=True, slots=True)
class CsvSource:
    """One file and how to read it. columns: field → column name, a subset of FIELDS.
    mode: None decides by age, row by row. zone: of times that name none."""

    file: Path
    channel: str
    source: str
    columns: Mapping[str, str]
    zone: ZoneInfo
    mode: IntakeMode | None = None


def read_mapping(text: str) -> dict[str, str]:
    """ "subject=留言主题,body=留言详情" as a mapping. Raises Rejected("mapping", "map")."""
    columns: dict[str, str] = {}
    for pair in filter(None, text.split(",")):
        field, equals, column = pair.partition("=")
        if not equals or not column.strip() or field.strip() not in FIELDS:
            raise Rejected("mapping", "map", value=pair)
        columns[field.strip()] = column.strip()
    missing = [field for field in REQUIRED if field not in columns]
    if missing:
        raise Rejected("mapping_missing", "map", value=", ".join(missing))
    return columns


def header(source: CsvSource) -> tuple[str, ...]:
    """The column names. Raises FileUnreadable("empty" | "missing_column" | "unreadable")."""
    with _open(source.file) as stream:
        names = tuple(next(csv.reader(stream), ()))
    if not any(names):
        raise FileUnreadable("empty", file=source.file.name)
    for column in source.columns.values():
        if column not in names:
            raise FileUnreadable("missing_column", column=column, columns="、".join(names))
    return names


def read(source: CsvSource, now: datetime) -> Iterator[Item]:
    """Every row as an item. Rows that cannot be read carry the reason; reading goes on."""
    names = header(source)
    index = {field: names.index(column) for field, column in source.columns.items()}
    seen: Counter[bytes] = Counter()
    with _open(source.file) as stream:
        rows = csv.reader(stream)
        next(rows, None)
        for position, row in enumerate(_rows(rows), start=2):
            if isinstance(row, Rejected):
                yield Item(position, (), row)
            elif any(cell.strip() for cell in row):
                yield _item(source, names, index, position, row, seen, now)


def count_rows(source: CsvSource) -> int:
    """How many rows the file has, the header left out; for a progress bar."""
    header(source)
    with _open(source.file) as stream:
        return sum(1 for _ in _rows(csv.reader(stream))) - 1


def _rows(rows: Iterator[list[str]]) -> Iterator[list[str] | Rejected]:
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Rejected("row", "", detail=str(error))


def _item(
    source: CsvSource,
    names: tuple[str, ...],
    index: Mapping[str, int],
    position: int,
    row: list[str],
    seen: Counter[bytes],
    now: datetime,
) -> Item:
    raw = tuple(cell.encode("utf-8", "replace").decode() for cell in row)
    try:
        if len(row) > len(names):
            raise Rejected("too_many_cells", "", cells=len(row), columns=len(names))
        return Item(position, raw, _draft(source, index, row, seen, now))
    except Rejected as rejection:
        return Item(position, raw, rejection)


def _draft(
    source: CsvSource,
    index: Mapping[str, int],
    row: list[str],
    seen: Counter[bytes],
    now: datetime,
) -> MessageDraft:
    def cell(field: str) -> str:
        place = index.get(field, -1)
        return row[place].strip() if 0 <= place < len(row) else ""

    received_at = read_time(cell("received_at"), "received_at", source.zone)
    replied_at = read_time(cell("replied_at"), "replied_at", source.zone) if cell("reply") else None
    reference = cell("source_ref")
    return MessageDraft(
        channel=source.channel,
        source=source.source,
        source_ref=reference,
        row_ref="" if reference else _row_reference(row, seen),
        subject=cell("subject"),
        body=cell("body"),
        received_at=received_at,
        mode=source.mode or mode_by_age(received_at, now),
        sender=cell("sender"),
        department_stated=cell("department"),
        reply=cell("reply"),
        replied_at=replied_at,
    )


def _row_reference(row: list[str], seen: Counter[bytes]) -> str:
    """A reference for a row without a number: its content, and how often it stood above.

    The same file, or one that has grown, can then be run again without doubling anything.
    """
    digest = hashlib.sha256("\x1f".join(row).encode("utf-8", "surrogateescape")).digest()
    seen[digest] += 1
    return f"row:{digest.hex()[:32]}:{seen[digest]}"


def _open(file: Path) -> io.TextIOWrapper:
    # Bytes that do not decode become lone surrogates, so that only their row is refused.
    csv.field_size_limit(MAX_CELL)
    return file.open(encoding=find_encoding(file), errors="surrogateescape", newline="")


def find_encoding(file: Path) -> str:
    """UTF-8 (with or without BOM) or GB18030.

    GB18030 decodes nearly anything, while Chinese text in GB18030 hardly ever decodes as UTF-8: a
    file with at least as many good non-ASCII lines as broken ones is UTF-8, and its broken lines
    are refused one by one. Raises FileUnreadable when the file cannot be opened.
    """
    good = broken = 0
    try:
        with file.open("rb") as stream:
            for line in stream:
                if line.isascii():
                    continue
                if _is_utf8(line):
                    good += 1
                else:
                    broken += 1
    except OSError as error:
        raise FileUnreadable("unreadable", file=file.name, detail=error.strerror) from error
    return "utf-8-sig" if good >= broken else "gb18030"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
