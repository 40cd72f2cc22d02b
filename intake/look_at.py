"""A first look at an uploaded file: what its columns are called, and how its first rows look."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from casework.storage.imports import Look
from intake.files.formats import open_table
from intake.files.xlsx_table import XlsxTable, sheet_names

FIRST_ROWS = 3
SHOWN = 60
"""Characters of a cell; the rest is not kept twice."""


def look_at(file: Path, sheet: str = "") -> Look:
    """Raises FileUnreadable."""
    table = open_table(file, sheet)
    rows = tuple(
        tuple(_shown(cell) for cell in row.cells[: len(table.names)])
        for row in islice(table.rows(), FIRST_ROWS)
    )
    sheets = sheet_names(file) if isinstance(table, XlsxTable) else ()
    return Look(tuple(map(_storable, table.names)), rows, tuple(map(_storable, sheets)))


def _shown(cell: str) -> str:
    plain = _storable(cell)
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"


def _storable(text: str) -> str:
    """Without what PostgreSQL refuses: NUL, and what broken bytes leave behind."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
