"""Reading labelled rows from a CSV file: UTF-8, with or without mark, or GB18030."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casework.errors import FileUnreadable
from casework.judgement import judged_text


@dataclass(frozen=True, slots=True)
class Row:
    """A text with its label; domain: where it comes from, for figures apart."""

    text: str
    label: str
    domain: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file; skipped: how many had no label or no text."""

    rows: tuple[Row, ...]
    skipped: int

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Text and label of every row."""
        return tuple((row.text, row.label) for row in self.rows)


def read_rows(path: Path, text_column: str = "text", label_column: str = "label") -> Rows:
    """Reads a file.

    A column `subject` is put before the text; where the text is empty, a column `tokens` (words
    with spaces between) stands in; a column `domain` names the domain, otherwise the file's name
    does. Raises FileUnreadable with the reason "missing_file", "encoding", "not_csv" or
    "missing_column" (values: column, columns).
    """
    reader = csv.DictReader(io.StringIO(_decoded(path), newline=""), strict=False)
    try:
        columns = list(reader.fieldnames or ())
        for column in (text_column, label_column):
            if column not in columns:
                raise FileUnreadable("missing_column", column=column, columns=", ".join(columns))
        records = list(reader)
    except csv.Error as error:
        raise FileUnreadable("not_csv", file=path.name) from error
    rows = tuple(
        Row(text, label, (record.get("domain") or path.stem).strip())
        for record in records
        if (text := _text(record, text_column)).strip()
        and (label := (record.get(label_column) or "").strip())
    )
    return Rows(rows, len(records) - len(rows))


def _text(record: dict[str, str | None], text_column: str) -> str:
    text = record.get(text_column) or record.get("tokens") or ""
    return judged_text(record.get("subject") or "", text)


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileUnreadable("missing_file", file=path.name) from error
    return _unambiguous(raw, path.name, ("utf-8-sig", "gb18030"))


def _unambiguous(raw: bytes, name: str, encodings: Sequence[str]) -> str:
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable("encoding", file=name)
