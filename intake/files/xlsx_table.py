"""A sheet of a workbook as a table, row by row, in flat memory.

openpyxl knows where sheets, styles and dates are. The rows themselves are read here, because its
own reader holds every shared text in memory and cannot tell an empty cell from a formula whose
value was never stored.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse

from openpyxl.reader.excel import SHARED_STRINGS, ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHEET_MAIN_NS

from casework.errors import FileUnreadable, Rejected
from intake.files.interface import MAX_COLUMNS, WHOLE_ROW, Row
from intake.files.shared_strings import SharedStrings
from intake.files.xlsx_archive import Archive
from intake.files.xlsx_cells import Reading, cell_text

ROW = f"{{{SHEET_MAIN_NS}}}row"
DATA = f"{{{SHEET_MAIN_NS}}}sheetData"
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    InvalidFileException,
    struct.error,
    OSError,
    EOFError,
    KeyError,
    IndexError,
    AttributeError,
    ValueError,
    TypeError,
    NotImplementedError,
)
"""What openpyxl and zipfile raise on files that are not what they say."""


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
    """openpyxl's reader over our archive, with the shared texts on disk and the sheets unread.

    sheets: title → part, in order.
    """

    def __init__(self, archive: Archive, with_texts: bool) -> None:
        self.archive = archive
        self.valid_files = archive.namelist()
        self.read_only, self.data_only = True, True
        self.keep_vba = self.keep_links = self.rich_text = False
        self.shared_strings = SharedStrings()
        self.sheets: dict[str, str] = {}
        self._with_texts = with_texts

    def read(self) -> None:
        self.read_manifest()
        if self._with_texts:
            self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        for sheet, part in self.parser.find_sheets():
            if part.target in self.valid_files and "chartsheet" not in part.Type:
                self.sheets[sheet.name] = part.target

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as stream:
                self.shared_strings.fill(stream)

    def part_of(self, sheet: str, file: Path) -> str:
        if not self.sheets:
            raise FileUnreadable("empty", file=file.name)
        if sheet and sheet not in self.sheets:
            raise FileUnreadable("missing_sheet", sheet=sheet, sheets="、".join(self.sheets))
        return self.sheets[sheet] if sheet else next(iter(self.sheets.values()))


@dataclass(frozen=True, slots=True)
class XlsxTable:
    """See Table. first: the row its names stand in."""

    file: Path
    sheet: str
    first: int
    names: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        for position, found in _rows(self.file, self.sheet):
            if position <= self.first:
                continue
            row = self._row(position, found)
            if row.faults or any(cell.strip() for cell in row.cells):
                yield row

    def _row(self, position: int, found: dict[int, str | Rejected]) -> Row:
        faults = {
            column: value
            for column, value in found.items()
            if isinstance(value, Rejected) and column < len(self.names)
        }
        surplus = [c for c, value in found.items() if c >= len(self.names) and value]
        if surplus:
            faults[WHOLE_ROW] = Rejected(
                "too_many_cells", "", cells=max(surplus) + 1, columns=len(self.names)
            )
        values = [found.get(column, "") for column in range(len(self.names))]
        cells = tuple("" if isinstance(value, Rejected) else value for value in values)
        return Row(position, cells, cells, faults)


def open_xlsx(file: Path, sheet: str = "") -> XlsxTable:
    """Raises FileUnreadable("empty" | "missing_sheet" | "xlsx" | "bomb" | "protected" | …)."""
    for position, found in _rows(file, sheet):
        names = [value for value in found.values() if isinstance(value, str) and value.strip()]
        if not names:
            continue
        wide = max(found) + 1
        if wide > MAX_COLUMNS:
            raise FileUnreadable("too_many_columns", file=file.name, limit=MAX_COLUMNS)
        header = [found.get(column, "") for column in range(wide)]
        texts = ["" if isinstance(cell, Rejected) else cell for cell in header]
        while not texts[-1].strip():
            texts.pop()
        return XlsxTable(file, sheet, position, tuple(texts))
    raise FileUnreadable("empty", file=file.name)


def sheet_names(file: Path) -> tuple[str, ...]:
    """The sheets of a workbook, in order. Raises FileUnreadable."""
    with _workbook(file, with_texts=False) as reader:
        return tuple(reader.sheets)


@contextmanager
def _workbook(file: Path, with_texts: bool = True) -> Iterator[_Reader]:
    """The workbook, opened; whatever is wrong with it becomes FileUnreadable."""
    try:
        with Archive(file) as archive:
            reader = _Reader(archive, with_texts)
            try:
                reader.read()
                yield reader
            finally:
                reader.shared_strings.close()
    except DAMAGED as error:
        raise FileUnreadable("xlsx", file=file.name, detail=str(error)[:200]) from error


def _rows(file: Path, sheet: str) -> Iterator[tuple[int, dict[int, str | Rejected]]]:
    """Row number and its cells by column index from 0."""
    with _workbook(file) as reader:
        styles = frozenset(reader.wb._date_formats)
        reading = Reading(reader.shared_strings.__getitem__, reader.wb.epoch, styles)
        position, data = 0, None
        with reader.archive.open(reader.part_of(sheet, file)) as stream:
            for event, element in iterparse(stream, events=("start", "end")):  # noqa: S314 - the archive refuses document types
                if event == "start":
                    data = element if element.tag == DATA else data
                elif element.tag == ROW:
                    position = int(element.get("r", position + 1))
                    yield position, _cells(element, position, reading)
                    if data is not None:
                        data.clear()
                    stream.done_with()


def _cells(row: Element, position: int, reading: Reading) -> dict[int, str | Rejected]:
    cells: dict[int, str | Rejected] = {}
    column = -1
    for element in row:
        letters = element.get("r", "").rstrip("0123456789")
        column = column_index_from_string(letters) - 1 if letters else column + 1
        try:
            text: str | Rejected = cell_text(
                element, f"{get_column_letter(column + 1)}{position}", reading
            )
        except Rejected as rejection:
            text = rejection
        if text:
            cells[column] = text
    return cells
