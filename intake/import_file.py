"""Importing a file: batches of rows, each one transaction; safe to kill and to run again."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol, TextIO

from casework.errors import RecordsUnavailable, Rejected
from casework.model import MessageDraft
from intake.check import check
from intake.connectors import csv_file
from intake.connectors.csv_file import CsvSource
from intake.connectors.interface import Item
from intake.receive import Duplicate, Intake, receive_many

BATCH = 200
"""Rows a transaction: large enough to be fast, small enough that other writers get their turn."""


@dataclass(slots=True)
class ImportCounts:
    """How many rows were read, and what became of them; the last three sum to the first."""

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0


class RejectedRows(Protocol):
    def __call__(self, item: Item, rejection: Rejected) -> None: ...


def import_file(
    intake: Intake,
    source: CsvSource,
    now: datetime,
    *,
    words: Callable[[Rejected], str],
    rejected_file: Path,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> ImportCounts:
    """Take in every row of a file; rejected rows go to `rejected_file` with the reason.

    words: a rejection as a sentence. progress: called with the number of rows done. A dry run
    checks every row and records nothing. Raises FileUnreadable before anything is done, and
    RecordsUnavailable; what was committed before stays, and a second run goes on from there.
    """
    counts = ImportCounts()
    names = csv_file.header(source)
    items = csv_file.read(source, now)
    with _rejected_rows(rejected_file, names, words) as reject:
        while batch := list(islice(items, BATCH)):
            _take(intake, batch, now, dry_run, counts, reject)
            progress(len(batch))
    return counts


def rejected_file_for(file: Path, otherwise: Path) -> Path:
    """FILE.rejected.csv beside the file, or in the folder `otherwise` when that cannot be written."""
    beside = file.with_name(f"{file.name}.rejected.csv")
    if os.access(file.parent, os.W_OK):
        return beside
    otherwise.mkdir(parents=True, exist_ok=True)
    return otherwise / beside.name


def _take(
    intake: Intake,
    batch: list[Item],
    now: datetime,
    dry_run: bool,
    counts: ImportCounts,
    reject: RejectedRows,
) -> None:
    drafts = [item.draft for item in batch if not isinstance(item.draft, Rejected)]
    outcomes = iter(_check_all(drafts, now) if dry_run else receive_many(intake, drafts, now))
    for item in batch:
        outcome = item.draft if isinstance(item.draft, Rejected) else next(outcomes)
        counts.read += 1
        if isinstance(outcome, Rejected):
            counts.rejected += 1
            reject(item, outcome)
        elif isinstance(outcome, Duplicate):
            counts.duplicates += 1
        else:
            counts.accepted += 1


def _check_all(drafts: list[MessageDraft], now: datetime) -> list[MessageDraft | Rejected]:
    checked: list[MessageDraft | Rejected] = []
    for draft in drafts:
        try:
            checked.append(check(draft, now))
        except Rejected as rejection:
            checked.append(rejection)
    return checked


@contextmanager
def _rejected_rows(
    path: Path, names: tuple[str, ...], words: Callable[[Rejected], str]
) -> Iterator[RejectedRows]:
    """Write rejected rows, with a BOM so that office programs read it right.

    The file appears with the first rejected row; one left by an earlier run is replaced.
    """
    path.unlink(missing_ok=True)
    streams: list[TextIO] = []

    def reject(item: Item, rejection: Rejected) -> None:
        if not streams:
            streams.append(path.open("w", encoding="utf-8-sig", newline=""))
            csv.writer(streams[0]).writerow(["row", "reason", *names])
        cells = [_no_formula(cell) for cell in item.raw]
        csv.writer(streams[0]).writerow([item.position, words(rejection), *cells])

    try:
        yield reject
    except OSError as error:
        raise RecordsUnavailable(f"{path}: {error.strerror}") from error
    finally:
        for stream in streams:
            stream.close()


def _no_formula(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is shown as text instead."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell[:1] else cell
