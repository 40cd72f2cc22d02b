"""The file of rejected rows, with the reasons in the reader's language."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from intake.rejected_rows import from_key
from web.reasons import in_words

MAX_FIELD = 10_000_000


def rejected_lines(file: Path, size: int) -> Iterator[bytes]:
    """The first `size` bytes of the file, line by line, its keys of reasons turned into words."""
    csv.field_size_limit(MAX_FIELD)
    with file.open("rb") as stream:
        text = io.TextIOWrapper(io.BufferedReader(_First(stream, size)), "utf-8-sig", newline="")  # type: ignore[type-var]  # a raw stream
        for number, row in enumerate(csv.reader(text)):
            if number:
                row[1] = in_words(from_key(row[1]))
            line = io.StringIO()
            csv.writer(line).writerow(row)
            mark = b"" if number else b"\xef\xbb\xbf"
            yield mark + line.getvalue().encode("utf-8", "replace")


class _First(io.RawIOBase):
    """The beginning of a file that may be growing."""

    def __init__(self, stream: io.BufferedReader, size: int) -> None:
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # any buffer
        data = self._stream.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)
