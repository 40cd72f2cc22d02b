"""The archive a workbook lies in, opened so that a small file cannot fill the memory or the disk."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO, Any

from casework.errors import FileUnreadable
from intake.files.xml_prolog import check_prolog

MAX_UNPACKED = 2 * 1024**3
"""Bytes all parts may have together once unpacked; half a million long letters take a quarter."""
MAX_PARTS = 2_000
MAX_STRETCH = 8 * 1024**2
"""Bytes of a part that may pass between two rows, or two strings, or before the first."""


class Stretch:
    """A part being read. Whoever has dealt with what was read calls `done_with`; a part that goes
    on for too long without that is refused: its one row would fill the memory."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._name = name
        self._left = MAX_STRETCH

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > self._left:
            size = self._left + 1
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise FileUnreadable("bomb", file=self._name, limit=MAX_STRETCH // 1024**2)
        return data

    def done_with(self) -> None:
        self._left = MAX_STRETCH

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> Stretch:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class Archive(zipfile.ZipFile):
    """A workbook's parts. Opening one gives a Stretch.

    Raises FileUnreadable("bomb") for one that would unpack to more than MAX_UNPACKED, which the
    archive itself states and zipfile does not go beyond, and "doctype" for a part with entities.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        parts = self.infolist()
        if sum(part.file_size for part in parts) > MAX_UNPACKED or len(parts) > MAX_PARTS:
            self.close()
            raise FileUnreadable("bomb", file=file.name, limit=MAX_UNPACKED // 1024**2)
        if any(part.flag_bits & 1 for part in parts):
            self.close()
            raise FileUnreadable("protected", file=file.name)

    def open(self, name: Any, *options: Any, **more: Any) -> Any:
        path = name.filename if isinstance(name, zipfile.ZipInfo) else str(name)
        with super().open(name) as stream:
            check_prolog(stream, path)  # whatever is opened here is read as XML
        return Stretch(super().open(name, *options, **more), path)
