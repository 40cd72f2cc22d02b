"""Folder and records in step: nothing that is named is removed, nothing unnamed stays for ever."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.storage.attachment_files import KeptFile, keep_file
from casework.storage.attachments import attach
from casework.storage.records import Records
from casework.storage.unnamed_files import missing_files, remove_unnamed
from tests.builders import record_one

LATER = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "attachments"


def named(records: Records, folder: Path, data: bytes) -> KeptFile:
    case = record_one(records)
    kept = keep_file(folder, "a.txt", data)
    with records.write() as work:
        attach(work, [kept], LATER, message_id=case.message_id)
        work.commit()
    return kept


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def make_old(folder: Path) -> None:
    for path in folder.glob("*/*"):
        os.utime(path, (1, 1))


def test_what_a_killed_process_left_goes_after_a_day(records: Records, folder: Path) -> None:
    kept = named(records, folder, b"named")
    orphan = keep_file(folder, "b.txt", b"killed before its record")
    half = folder / orphan.digest[:2] / f".{orphan.digest}.{'0' * 16}"
    half.write_bytes(b"killed before it was wh")
    other = folder / orphan.digest[:2] / "notes of the administrator"
    other.write_bytes(b"not ours")
    assert remove_unnamed(records, folder, datetime.now(UTC)) == 0, "all of it is young"
    assert remove_unnamed(records, folder, LATER) == 2
    assert files(folder) == {kept.digest, other.name}
    assert remove_unnamed(records, folder / "no folder", LATER) == 0


def test_a_file_that_is_wanted_again_is_young_again(records: Records, folder: Path) -> None:
    """Its record comes a moment later: the night's cleaning must not fall between the two."""
    keep_file(folder, "b.txt", b"orphan")
    make_old(folder)
    again = keep_file(folder, "c.txt", b"orphan")
    assert remove_unnamed(records, folder, datetime.now(UTC)) == 0
    assert files(folder) == {again.digest}


def test_a_file_that_is_wanted_while_it_is_being_removed_stays(
    records: Records, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = keep_file(folder, "b.txt", b"orphan")
    make_old(folder)
    replace = os.replace

    def meanwhile(source: Path, target: Path) -> None:
        if str(target).endswith(".leaving"):
            os.utime(source)  # another process keeps the same content at this very moment
        replace(source, target)

    monkeypatch.setattr("casework.storage.unnamed_files.os.replace", meanwhile)
    assert remove_unnamed(records, folder, datetime.now(UTC)) == 0
    assert files(folder) == {orphan.digest}


def test_files_on_record_that_are_gone_or_cut_are_told(records: Records, folder: Path) -> None:
    gone, cut, there = (named(records, folder, data) for data in (b"gone", b"cut off", b"there"))
    (folder / gone.digest[:2] / gone.digest).unlink()
    (folder / cut.digest[:2] / cut.digest).write_bytes(b"cut")
    with records.read() as work:
        told = {each.digest for each in missing_files(work, folder)}
    assert told == {gone.digest, cut.digest}
    assert there.digest not in told
