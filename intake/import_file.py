"""Importing a file: batches of rows, each one transaction; safe to kill and to run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from casework.errors import Rejected
from casework.judgement import judged_text
from casework.model import MessageDraft
from casework.storage.records import Work
from intake.check import MAX_BODY, check, in_order
from intake.connectors.file_rows import FileSource, Survey, read, survey
from intake.connectors.interface import Item
from intake.receive import Duplicate, Outcome
from intake.rejected_rows import RejectedRows
from intake.take_in import TakeIn

BATCH = 200
"""Rows a transaction: large enough to be fast, small enough that other writers get their turn."""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many rows were read, and what became of them; the last three sum to the first.

    rejected_to: how many bytes of the file of rejected rows belong to these counts.
    """

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    rejected_to: int = field(default=0, compare=False)


Recorded = Callable[[Work, ImportCounts], None]
"""(work, counts so far): called in the transaction of every batch; what it writes stands exactly
when the batch does."""


@dataclass(frozen=True, slots=True)
class FileImport:
    """One file, how it is read, and where its rejected rows go. words: a rejection as a sentence.
    known: what a walk through the file has found; made when it is None."""

    source: FileSource
    words: Callable[[Rejected], str]
    rejected_file: Path
    known: Survey | None = None


def import_file(
    take_in: TakeIn,
    wanted: FileImport,
    now: datetime,
    *,
    start: ImportCounts | None = None,
    recorded: Recorded = lambda work, counts: None,
    progress: Callable[[int], None] = lambda rows: None,
    expect: Callable[[Sequence[str]], None] = lambda texts: None,
) -> ImportCounts:
    """Take in every row of a file.

    start: what an earlier run did with this very file; its rows are passed over. Without it, what
    is on record already is found by its number. progress: called with the number of rows done.
    expect: told the texts of the next batch before a batch is taken in. Raises FileUnreadable before anything is done, and RecordsUnavailable; what was committed
    before stays, and a second run goes on from there.
    """
    items, rejects = _open(wanted, now)
    counts = start or ImportCounts()
    for passed in _pieces(counts.read):
        progress(sum(1 for _ in islice(items, passed)))
    for batch in _batches(items, expect):
        counts = _take(take_in, batch, now, counts, rejects, recorded)
        progress(len(batch))
    return counts


def check_file(
    wanted: FileImport, now: datetime, progress: Callable[[int], None] = lambda rows: None
) -> ImportCounts:
    """A dry run: every row is checked and nothing recorded; "accepted" is what would pass.

    Raises FileUnreadable.
    """
    items, rejects = _open(wanted, now)
    counts = ImportCounts()
    while batch := list(islice(items, BATCH)):
        checked = (
            item.draft if isinstance(item.draft, Rejected) else _checked(item.draft, now)
            for item in batch
        )
        counts = _counted(counts, batch, list(checked), rejects)
        progress(len(batch))
    return counts


def _open(wanted: FileImport, now: datetime) -> tuple[Iterator[Item], RejectedRows]:
    known = wanted.known or survey(wanted.source)
    rejects = RejectedRows(wanted.rejected_file, known.table.names, wanted.words)
    return read(wanted.source, now, known), rejects


def _pieces(rows: int) -> Iterator[int]:
    """The rows to pass over, a batch at a time, so that whoever waits hears of it."""
    while rows > 0:
        yield min(rows, BATCH)
        rows -= BATCH


def _batches(
    items: Iterator[Item], expect: Callable[[Sequence[str]], None]
) -> Iterator[Sequence[Item]]:
    """The items in batches; what the next one will be judged by is told before one is given out."""
    following = list(islice(items, BATCH))
    expect(_texts(following))
    while batch := following:
        following = list(islice(items, BATCH))
        expect(_texts(following))
        yield batch


def _texts(batch: Sequence[Item]) -> list[str]:
    drafts = [item.draft for item in batch if not isinstance(item.draft, Rejected)]
    return [
        judged_text(in_order(draft.subject), in_order(draft.body))
        for draft in drafts
        if len(draft.body) <= MAX_BODY  # else it will be refused
    ]


def _take(
    take_in: TakeIn,
    batch: Sequence[Item],
    now: datetime,
    before: ImportCounts,
    rejects: RejectedRows,
    recorded: Recorded,
) -> ImportCounts:
    counts = before

    def also(work: Work, outcomes: Sequence[Outcome]) -> None:
        # In the transaction: after a kill, rows and counts and rejected rows are of one mind.
        nonlocal counts
        each = iter(outcomes)
        results = [item.draft if isinstance(item.draft, Rejected) else next(each) for item in batch]
        counts = _counted(before, batch, results, rejects)
        recorded(work, counts)

    drafts = [item.draft for item in batch if not isinstance(item.draft, Rejected)]
    take_in(drafts, now, also)
    return counts


def _counted(
    before: ImportCounts,
    batch: Sequence[Item],
    results: Sequence[Outcome | MessageDraft],
    rejects: RejectedRows,
) -> ImportCounts:
    """The counts with this batch in them; its rejected rows are written."""
    refused = [
        (item, result)
        for item, result in zip(batch, results, strict=True)
        if isinstance(result, Rejected)
    ]
    duplicates = sum(isinstance(result, Duplicate) for result in results)
    return ImportCounts(
        read=before.read + len(batch),
        accepted=before.accepted + len(batch) - duplicates - len(refused),
        duplicates=before.duplicates + duplicates,
        rejected=before.rejected + len(refused),
        rejected_to=rejects.write(before.rejected_to, refused),
    )


def _checked(draft: MessageDraft, now: datetime) -> MessageDraft | Rejected:
    try:
        return check(draft, now)
    except Rejected as rejection:
        return rejection
