"""Taking one file that somebody adds: asked for size, virus and content, cleaned, put aside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from casework.errors import Rejected
from casework.storage.attachment_files import KeptFile, keep_file, plain_name
from intake.attached.apart import clean_apart
from intake.attached.scan import scan

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileRules:
    """folder: where files lie. largest_mb: of one file; most: of one message or answer.
    scan_command: the virus scanner, "" for none."""

    folder: Path
    largest_mb: int
    most: int
    scan_command: str


def take_file(rules: FileRules, name: str, data: bytes, photographs_only: bool = False) -> KeptFile:
    """Put the cleaned file into the folder; nothing names it yet.

    Raises Rejected(reason, "file", name=…) with the name of the file for one that is not taken, and
    RecordsUnavailable when the disk does not take it.
    """
    name = plain_name(name)
    try:
        if not data:
            raise Rejected("file_empty")
        if len(data) > rules.largest_mb * MEGABYTE:
            raise Rejected("file_too_large", limit=rules.largest_mb)
        scan(rules.scan_command, data)
        done = clean_apart(data, photographs_only)
    except Rejected as error:
        raise Rejected(error.reason, "file", **{**error.values, "name": name}) from error
    return keep_file(rules.folder, done.kind.named(name), done.data, done.kind.media_type)
