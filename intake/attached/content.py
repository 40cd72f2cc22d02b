"""What a file is, by its content, and the file cleaned. Run as a program it does this for one file,
apart from the city: see intake/attached/apart.py.

No library guesses the type: a guess goes by the first bytes, as here. That a file is what these say is
shown by reading it to its end and writing it anew.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable

from casework.errors import Rejected
from intake.attached.clean_file import CleanFile
from intake.attached.office_document import clean_office
from intake.attached.pdf_document import clean_pdf
from intake.attached.photograph import clean_photograph
from intake.attached.plain_text import clean_text

PHOTOGRAPHS_ONLY = "photographs"
MOST_MEMORY = 2 * 1024**3
MOST_SECONDS = 30
_BEGINNINGS: tuple[tuple[int, bytes, Callable[[bytes], CleanFile]], ...] = (
    (0, b"\xff\xd8\xff", clean_photograph),
    (0, b"\x89PNG\r\n\x1a\n", clean_photograph),
    (8, b"WEBP", clean_photograph),
    (0, b"%PDF-", clean_pdf),
    (0, b"PK\x03\x04", clean_office),
)


def clean(data: bytes, photographs_only: bool = False) -> CleanFile:
    """The file cleaned. Raises Rejected; "file_no_photograph" for anything else, unread, when only
    photographs are asked for, "file_heic" for the iPhone's own format, "file_damaged" for
    what begins like a kind that is taken and cannot be read."""
    if data[4:8] == b"ftyp" and data[8:11] in (b"hei", b"hev", b"mif", b"msf"):
        raise Rejected("file_heic")
    reader = next(
        (reader for at, begins, reader in _BEGINNINGS if data.startswith(begins, at)), clean_text
    )
    if photographs_only and reader is not clean_photograph:
        raise Rejected("file_no_photograph")
    try:
        return reader(data)
    except Rejected:
        raise
    except Exception as error:  # the libraries raise whatever the file makes them stumble over
        raise Rejected("file_damaged", detail=type(error).__name__) from error


def main() -> None:
    """Standard input: the file. Standard output: one line of JSON, and the clean file. Argument:
    "photographs" for nothing else."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write
    try:
        done = clean(sys.stdin.buffer.read(), PHOTOGRAPHS_ONLY in sys.argv)
        told, data = {"media_type": done.kind.media_type}, done.data
    except Rejected as error:
        told, data = {"refused": error.reason, **error.values}, b""  # type: ignore[dict-item]  # text and numbers
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + data)


if __name__ == "__main__":
    main()
