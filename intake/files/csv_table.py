"""A CSV file as a table: encoding and separator found, broken rows refused one by one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casework.errors import FileUnreadable, Rejected
from intake.files.encoding import errors_for, find_encoding
from intake.files.interface import MAX_CELL, MAX_COLUMNS, WHOLE_ROW, Row

SEPARATORS = (",", "\t", ";")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """See Table. Office programs write tabs with UTF-16 and semicolons in some countries."""

    file: Path
    encoding: str
    separator: str
    names: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        with _open(self.file, self.encoding) as stream:
            rows = csv.reader(stream, delimiter=self.separator)
            next(rows, None)
            for position, row in enumerate(_readable(rows), start=2):
                if isinstance(row, Rejected):
                    yield Row(position, (), (), {WHOLE_ROW: row})
                elif any(cell.strip() for cell in row):
                    yield Row(position, tuple(row), tuple(row))


def open_csv(file: Path) -> CsvTable:
    """Raises FileUnreadable("empty" | "too_many_columns" | "unreadable" | "header")."""
    encoding = find_encoding(file)
    with _open(file, encoding) as stream:
        first = stream.readline(MAX_CELL)
        separator = max(SEPARATORS, key=first.count)
        stream.seek(0)
        try:
            names = tuple(next(csv.reader(stream, delimiter=separator), ()))
        except csv.Error as error:
            raise FileUnreadable("header", file=file.name, detail=str(error)) from error
    if not any(name.strip() for name in names):
        raise FileUnreadable("empty", file=file.name)
    if len(names) > MAX_COLUMNS:
        raise FileUnreadable("too_many_columns", file=file.name, limit=MAX_COLUMNS)
    return CsvTable(file, encoding, separator, names)


def _open(file: Path, encoding: str) -> io.TextIOWrapper:
    csv.field_size_limit(MAX_CELL)
    try:
        return file.open(encoding=encoding, errors=errors_for(encoding), newline="")
    except OSError as error:
        raise FileUnreadable("unreadable", file=file.name, detail=error.strerror) from error


def _readable(rows: Iterator[list[str]]) -> Iterator[list[str] | Rejected]:
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Rejected("row", "", detail=str(error))
