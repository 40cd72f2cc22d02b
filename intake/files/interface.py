"""What every format gives: column names, then rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from casework.errors import Rejected

WHOLE_ROW = -1
"""Where a fault stands that is not one cell's."""
MAX_CELL = 200_000
"""Characters; longer cells are refused as they are read: a quote left open swallows a file."""
MAX_COLUMNS = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty.

    position: the line or row in the file, 1-based. cells: in the order of the table's names; may
    be fewer or more. content: what the row is recognised by when it has no number. faults: column
    index (or WHOLE_ROW) → why that cell cannot be read.
    """

    position: int
    cells: tuple[str, ...]
    content: tuple[str, ...]
    faults: Mapping[int, Rejected] = field(default_factory=dict)


class Table(Protocol):
    """An opened file. names: its columns."""

    @property
    def names(self) -> tuple[str, ...]: ...

    def rows(self) -> Iterator[Row]:
        """Every row from the first on, in flat memory; may be called again.

        Raises FileUnreadable when the file is damaged further down.
        """
        ...
