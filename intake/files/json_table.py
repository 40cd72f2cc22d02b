"""A file of JSON lines as a table: one object a line, inner fields by dotted names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn

from casework.errors import FileUnreadable, Rejected
from intake.files.encoding import errors_for, find_encoding
from intake.files.interface import MAX_CELL, MAX_COLUMNS, WHOLE_ROW, Row

MAX_LINE = 4 * 1024 * 1024
MAX_DEPTH = 20
LONGEST_NUMBER = 40
"""Digits; what has more is no number anybody wrote and is left as it stands."""
SHOWN_OF_LINE = 1_000


@dataclass(frozen=True, slots=True)
class JsonTable:
    """See Table. names: every name that stands in the file, in order of appearance."""

    file: Path
    encoding: str
    names: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        for position, line in _lines(self.file, self.encoding):
            found = _read(line)
            if isinstance(found, Rejected):
                shown = line[:SHOWN_OF_LINE]
                yield Row(position, (shown,), (line,), {WHOLE_ROW: found})
            elif any(text.strip() for text in found.values()):
                cells = tuple(found.get(name, "") for name in self.names)
                # Without what is empty, so that a line stays the same when a file gains columns.
                content = tuple(f"{name}={text}" for name, text in sorted(found.items()) if text)
                yield Row(position, cells, content)


def open_json(file: Path) -> JsonTable:
    """Raises FileUnreadable("empty" | "too_many_columns" | "unreadable")."""
    encoding = find_encoding(file)
    names: dict[str, None] = {}
    for _, line in _lines(file, encoding):
        found = _read(line)
        if not isinstance(found, Rejected):
            names.update(dict.fromkeys(found))
        if len(names) > MAX_COLUMNS:
            raise FileUnreadable("too_many_columns", file=file.name, limit=MAX_COLUMNS)
    if not names:
        raise FileUnreadable("empty", file=file.name)
    return JsonTable(file, encoding, tuple(names))


def _lines(file: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """Lines that are not blank; of one that is too long its beginning, longer than MAX_LINE."""
    position = 0
    try:
        with file.open(encoding=encoding, errors=errors_for(encoding), newline="\n") as stream:
            while line := stream.readline(MAX_LINE + 1):
                position += 1
                rest = line
                while rest and not rest.endswith("\n") and len(rest) > MAX_LINE:
                    rest = stream.readline(MAX_LINE + 1)
                if line.strip():
                    yield position, line
    except OSError as error:
        raise FileUnreadable("unreadable", file=file.name, detail=error.strerror) from error


def _read(line: str) -> dict[str, str] | Rejected:
    """The fields of a line, or why it has none."""
    if len(line) > MAX_LINE:
        return Rejected("line_too_long", "", limit=MAX_LINE)
    try:
        found = json.loads(
            line, parse_int=_number, parse_float=_number, parse_constant=_no_constant
        )
    except RecursionError:
        return Rejected("json_depth", "", limit=MAX_DEPTH)
    except ValueError as error:
        return Rejected("json", "", detail=str(error))
    if not isinstance(found, dict):
        return Rejected("json_object", "")
    fields: dict[str, str] = {}
    try:
        _flatten(found, "", 1, fields)
    except Rejected as rejection:
        return rejection
    return fields


def _flatten(value: Any, name: str, depth: int, into: dict[str, str]) -> None:
    if depth > MAX_DEPTH:
        raise Rejected("json_depth", "", limit=MAX_DEPTH)
    if isinstance(value, list):
        value = {str(place): item for place, item in enumerate(value)}
    if not isinstance(value, dict):
        into[name] = _text(value)
        if len(into[name]) > MAX_CELL or len(into) > MAX_COLUMNS:
            raise Rejected("line_too_long", "", limit=MAX_CELL)
        return
    for key, inner in value.items():
        _flatten(inner, f"{name}.{key}" if name else key, depth + 1, into)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _number(text: str) -> str:
    """A number as it is written out: 1.38e10 is 13800000000."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        return text
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)
