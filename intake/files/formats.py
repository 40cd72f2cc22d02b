"""Which format a file is in, by its first bytes and then by its name."""

from __future__ import annotations

from pathlib import Path

from casework.errors import FileUnreadable
from intake.files.csv_table import open_csv
from intake.files.interface import Table
from intake.files.json_table import open_json
from intake.files.xlsx_table import open_xlsx

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROTECTED = "EncryptedPackage".encode("utf-16-le")
"""The name under which a workbook with a password lies in its file."""
JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", *JSON_ENDINGS)
CHUNK = 1024 * 1024


def open_table(file: Path, sheet: str = "") -> Table:
    """The file as a table; sheet: of a workbook, "" for the first.

    Raises FileUnreadable: "empty", "unreadable", "too_many_columns", "xls", "protected",
    "missing_sheet", "xlsx", "bomb" and what else each format says.
    """
    try:
        with file.open("rb") as stream:
            head = stream.read(len(OLD_OFFICE))
    except OSError as error:
        raise FileUnreadable("unreadable", file=file.name, detail=error.strerror) from error
    if head.startswith(ZIP):
        return open_xlsx(file, sheet)
    if head == OLD_OFFICE:
        raise FileUnreadable("protected" if _holds(file, PROTECTED) else "xls", file=file.name)
    if file.suffix.lower() in JSON_ENDINGS:
        return open_json(file)
    return open_csv(file)


def _holds(file: Path, wanted: bytes) -> bool:
    before = b""
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if wanted in before + chunk:
                return True
            before = chunk[-len(wanted) :]
    return False
