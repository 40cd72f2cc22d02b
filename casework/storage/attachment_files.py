"""Files as they came, kept under their digest: the same file twice is kept once.

A file is there whole or not at all, and is written before the record that names it: what a crash
leaves behind is a file nobody names, never a name without its file.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from casework.errors import NotFound, RecordsUnavailable

LONGEST_NAME = 200
UNKNOWN_TYPE = "application/octet-stream"
_SIGNATURES = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftyp", "video/mp4"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),  # also the newer office documents
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # the older ones
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (8, b"WAVE", "audio/wav"),
)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that lies in the folder. name: as its sender called it, made harmless."""

    digest: str
    size: int
    name: str
    media_type: str


def keep_file(folder: Path, name: str, data: bytes, media_type: str = "") -> KeptFile:
    """Put a file into the folder. media_type: where it is known better than its beginning tells.
    Raises RecordsUnavailable when it cannot be written."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        _write(_place(folder, digest), data)
    except OSError as error:
        raise RecordsUnavailable(f"{folder}: {error.strerror}") from error
    return KeptFile(digest, len(data), plain_name(name), media_type or media_type_of(data))


def path_of(folder: Path, digest: str) -> Path:
    """Where the file lies. Raises NotFound."""
    place = _place(folder, digest)
    if not place.is_file():
        raise NotFound("attachment", digest)
    return place


def media_type_of(data: bytes) -> str:
    """What the beginning of the content says it is; its name is not asked."""
    for at, begins, media_type in _SIGNATURES:
        if data.startswith(begins, at):
            return media_type
    try:
        data[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        # A character cut in two by the end of the sample is no fault.
        return UNKNOWN_TYPE if error.start < 4090 else "text/plain"
    return "text/plain" if data and b"\0" not in data[:4096] else UNKNOWN_TYPE


def plain_name(name: str) -> str:
    """A file name without folders, control characters or half surrogates; never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    return kept[-LONGEST_NAME:] or "attachment"


def _place(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def _there(place: Path, size: int) -> bool:
    """Whether the file lies there already. It is made young again, so that whoever clears away what
    no record names leaves it to the record that is about to name it."""
    try:
        os.utime(place)
        return place.stat().st_size == size
    except FileNotFoundError:
        return False


def _write(place: Path, data: bytes) -> None:
    if _there(place, len(data)):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(place)
    finally:
        fresh.unlink(missing_ok=True)
