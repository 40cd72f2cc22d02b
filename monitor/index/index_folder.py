"""The folder of the embedded index: generations, which one is current, who writes, what is whole.

    index/current          names the generation that answers
    index/lock             locked by the process that writes; holds its name
    index/g-3f2a…/         one generation: Tantivy's files and about.json

A rebuild fills a new generation and changes `current` in one step. Tantivy never changes a file it
has written, so a file that is not as it was is damaged. Files are mapped into memory: reading past
the end of a truncated one would end the process, so they are looked at before every read.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from casework.errors import IndexHeld, IndexUnavailable

ABOUT = "about.json"
META = "meta.json"
FOOTER_BYTES = 8
"""At the end of each of Tantivy's files: the length of its footer and a magic number."""
CHUNK = 1 << 20

Stamp = tuple[int, int, int]
"""Inode, size and time of change of a file."""


@dataclass(frozen=True, slots=True)
class About:
    """What a generation was made with."""

    schema_version: int
    dictionary_version: str


class IndexFolder:
    """Finds, makes and swaps generations."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> Path | None:
        """The generation that answers, or None when there is none."""
        try:
            path = self.root / (self.root / "current").read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return path if path != self.root and path.is_dir() else None

    def new_generation(self, about: About) -> Path:
        """An empty folder beside the current one."""
        path = self.root / f"g-{secrets.token_hex(8)}"
        path.mkdir(parents=True)
        written = {"schema": about.schema_version, "dictionary": about.dictionary_version}
        (path / ABOUT).write_text(json.dumps(written), encoding="utf-8")
        return path

    def others(self) -> list[Path]:
        """All generations but the one that answers."""
        current = self.current()
        return sorted(path for path in self.root.glob("g-*") if path != current)

    def publish(self, generation: Path) -> None:
        """Let this generation answer from now on and remove all others."""
        fresh = self.root / "current.new"
        with fresh.open("w", encoding="ascii") as file:
            file.write(generation.name)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.root / "current")
        self.drop_others()

    def drop_others(self) -> None:
        """Remove all generations but the one that answers."""
        for path in self.others():
            shutil.rmtree(path, ignore_errors=True)


def read_about(generation: Path) -> About:
    """Raises IndexUnavailable when the sheet is missing or makes no sense."""
    try:
        written = json.loads((generation / ABOUT).read_text(encoding="utf-8"))
        return About(int(written["schema"]), str(written["dictionary"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexUnavailable(f"the index says nothing of itself: {error}") from error


def stamps(generation: Path) -> dict[str, Stamp]:
    """The stamps of all files the current commit consists of.

    Raises IndexUnavailable when one of them is missing.
    """
    while True:
        meta = meta_stamp(generation)
        segments = _segments(generation)
        with _reading(generation), os.scandir(generation) as entries:
            listed = {
                entry.name: _stamp(entry)
                for entry in entries
                if entry.name.split(".")[0] in segments and entry.is_file()
            }
        if meta_stamp(generation) != meta:
            continue  # a commit came between; files it merged may have gone while they were listed
        found = {name: stamp for name, stamp in listed.items() if stamp is not None}
        if len(found) < len(listed):
            gone = sorted(listed.keys() - found.keys())
            raise IndexUnavailable(f"files of the index are missing: {gone[0]}")
        bare = segments - {name.split(".")[0] for name in found}
        if bare:
            raise IndexUnavailable(f"files of the index are missing: {sorted(bare)[0]}")
        return {**found, META: meta}


def meta_stamp(generation: Path) -> Stamp:
    """Changes with every commit. Raises IndexUnavailable."""
    with _reading(generation):
        return _of((generation / META).stat())


def unchanged(generation: Path, known: dict[str, Stamp]) -> bool:
    """Whether every file still is as it was."""
    try:
        return all(_of(os.stat(generation / name)) == stamp for name, stamp in known.items())
    except OSError:
        return False


def check_sums(generation: Path, names: set[str]) -> None:
    """Raises IndexUnavailable for a file whose content is not what Tantivy wrote."""
    for name in sorted(names - {META}):
        with _reading(generation):
            if not _whole(generation / name):
                raise IndexUnavailable(f"the index is damaged: {name}")


def _whole(path: Path) -> bool:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size < FOOTER_BYTES:
            return False
        file.seek(size - FOOTER_BYTES)
        footer_size = int.from_bytes(file.read(4), "little")
        body_size = size - FOOTER_BYTES - footer_size
        if body_size < 0:
            return False
        file.seek(body_size)
        try:
            expected = int(json.loads(file.read(footer_size))["crc"])
        except (ValueError, KeyError, TypeError):
            return False
        file.seek(0)
        found, left = 0, body_size
        while left:
            chunk = file.read(min(CHUNK, left))
            found, left = zlib.crc32(chunk, found), left - len(chunk)
    return found == expected


def _segments(generation: Path) -> set[str]:
    try:
        meta = json.loads((generation / META).read_text(encoding="utf-8"))
        return {segment["segment_id"].replace("-", "") for segment in meta["segments"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexUnavailable(f"the index cannot be read: {error}") from error


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    """None for a file that went since it was listed."""
    try:
        return _of(entry.stat())
    except FileNotFoundError:
        return None


def _of(found: os.stat_result) -> Stamp:
    return found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def _reading(generation: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexUnavailable(f"the index cannot be read: {generation.name}: {error}") from error


class WriterLock:
    """Held by the one process that writes or rebuilds; the system frees it when that one dies."""

    def __init__(self, root: Path, holder: str) -> None:
        """Raises IndexHeld with the holder's name."""
        self.path = root / "lock"
        try:
            root.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise IndexUnavailable(f"the index folder cannot be written: {error}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.seek(0)
            other = self._file.read().strip() or "another process"
            self._file.close()
            raise IndexHeld(other) from None
        self._file.truncate(0)
        self._file.write(holder)
        self._file.flush()

    def holds(self) -> bool:
        """False once the folder was deleted under it."""
        try:
            return os.fstat(self._file.fileno()).st_ino == self.path.stat().st_ino
        except OSError:
            return False

    def release(self) -> None:
        self._file.close()
