"""The file of rejected rows: each with its reason, to be mended and imported again."""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from casework.errors import FileUnreadable, RecordsUnavailable, Rejected
from intake.connectors.interface import Item


class RejectedRows:
    """Appends to a CSV file, with a BOM so that office programs read it right.

    The file appears with the first rejected row. What stands in it beyond `at` bytes belongs to a
    transaction that did not come about, and is written over.
    """

    def __init__(self, path: Path, names: Sequence[str], words: Callable[[Rejected], str]) -> None:
        self._path = path
        self._names = names
        self._words = words

    def write(self, at: int, rows: Sequence[tuple[Item, Rejected]]) -> int:
        """Write rows after the first `at` bytes; how many bytes count from now on.

        Raises RecordsUnavailable when the file cannot be written.
        """
        try:
            if at == 0:
                self._path.unlink(missing_ok=True)
            if not rows:
                return at
            with self._path.open("r+b" if at else "wb") as stream:
                stream.truncate(at)
                stream.seek(at)
                stream.write(self._lines(rows, with_names=at == 0))
                stream.flush()
                os.fsync(stream.fileno())
                return stream.tell()
        except OSError as error:
            raise RecordsUnavailable(f"{self._path}: {error.strerror}") from error

    def _lines(self, rows: Sequence[tuple[Item, Rejected]], with_names: bool) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text)
        if with_names:
            writer.writerow(["row", "reason", *map(_no_formula, self._names)])
        for item, rejection in rows:
            cells = [_no_formula(cell) for cell in item.raw]
            writer.writerow([item.position, _no_formula(self._words(rejection)), *cells])
        mark = codecs.BOM_UTF8 if with_names else b""
        return mark + text.getvalue().encode("utf-8", "replace")


def rejected_file_for(file: Path, otherwise: Path) -> Path:
    """FILE.rejected.csv beside the file, or in the folder `otherwise` when that cannot be written."""
    beside = file.with_name(f"{file.name}.rejected.csv")
    if os.access(file.parent, os.W_OK):
        return beside
    otherwise.mkdir(parents=True, exist_ok=True)
    return otherwise / beside.name


def as_key(error: Rejected | FileUnreadable) -> str:
    """A reason without words: they are found when somebody reads it, in the reader's language."""
    values = {
        name: value if isinstance(value, int) else str(value)
        for name, value in error.values.items()
    }
    key = {"reason": error.reason, "values": values}
    if isinstance(error, Rejected):
        key["field"] = error.field
    return json.dumps(key, ensure_ascii=False)


def from_key(text: str) -> Rejected | FileUnreadable:
    """The reason again."""
    key = json.loads(text)
    if "field" in key:
        return Rejected(key["reason"], key["field"], **key["values"])
    return FileUnreadable(key["reason"], **key["values"])


def _no_formula(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is shown as text instead."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell[:1] else cell
