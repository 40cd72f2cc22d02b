"""A workbook's texts, kept on disk: there may be hundreds of thousands, each a whole letter."""

from __future__ import annotations

import tempfile
from array import array
from functools import lru_cache
from xml.etree.ElementTree import Element, iterparse

from openpyxl.xml.constants import SHEET_MAIN_NS

from intake.files.xlsx_archive import Stretch

STRING = f"{{{SHEET_MAIN_NS}}}si"
TABLE = f"{{{SHEET_MAIN_NS}}}sst"
TEXT = f"{{{SHEET_MAIN_NS}}}t"
RUN = f"{{{SHEET_MAIN_NS}}}r"
REPEATED = 1024
"""How many of the latest texts are remembered: names of departments and states come again."""


class SharedStrings:
    """Texts by their number. Raises IndexError for one that is not there."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._starts = array("Q", [0])
        self._read = lru_cache(REPEATED)(self._from_file)

    def fill(self, stream: Stretch) -> None:
        table = None
        for event, element in iterparse(stream, events=("start", "end")):  # noqa: S314 - the archive refuses document types
            if event == "start":
                table = element if element.tag == TABLE else table
            elif element.tag == STRING:
                self.append(text_of(element))
                if table is not None:
                    table.clear()
                stream.done_with()

    def append(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        self._file.write(data)
        self._starts.append(self._starts[-1] + len(data))

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._starts) - 1:
            raise IndexError(number)
        return self._read(number)

    def _from_file(self, number: int) -> str:
        start, end = self._starts[number : number + 2]
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        self._file.close()


def text_of(element: Element) -> str:
    """The text of an entry, with its differently formatted runs joined and its readings left out."""
    parts = []
    for child in element:
        if child.tag == TEXT:
            parts.append(child.text or "")
        elif child.tag == RUN:
            parts.append(child.findtext(TEXT, ""))
    return "".join(parts)
