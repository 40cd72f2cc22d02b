"""Brings the records to the trend index: row by row from the outbox, or all at once.

The order is: read the outbox and the records, put, commit the index, then take the rows out. A
process that dies between any two of these leaves rows that are delivered again, without harm.
One process does this at a time: see relay_turns.py.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from casework.storage import outbox
from casework.storage.records import Records
from casework.storage.trend_documents import count_documents, read_documents
from monitor.helping_process import Reading
from monitor.index.interface import TrendIndex
from monitor.index.ready import Build, Ready
from monitor.index.state import Refusal
from monitor.read_ahead import Batch, ReadAhead

Progress = Callable[[int, int], None]
"""Told the documents done so far and the total as counted at the beginning."""

BATCH = 500
REBUILD_BATCH = 1000
ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Outbox rows: sent and taken out, refused by the index, and still waiting (refused ones too)."""

    sent: int
    refused: int
    left: int


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """documents: read from the records. refused: of these, not taken by the index."""

    documents: int
    refused: int


def deliver(
    records: Records, index: TrendIndex, batch: int = BATCH, kept_from: datetime = ALWAYS
) -> Delivered:
    """Deliver the oldest `batch` rows of the outbox. Messages received before `kept_from` are in
    the index no more; their rows are taken out.

    Raises IndexUnavailable, and leaves the outbox as it is, when the index takes nothing.
    """
    with records.read() as work:
        rows = outbox.waiting(work, batch)
        documents = read_documents(work, (row.message_id for row in rows))
        if not rows:  # nothing to do is not worth a write to the records every two seconds
            return Delivered(0, 0, outbox.backlog(work).rows)
    refusals = {}
    documents = tuple(found for found in documents if found.received_at >= kept_from)
    if documents:
        refused = (*index.put(documents), *index.commit())
        refusals = {refusal.message_id: refusal.reason for refusal in refused}
    sent = [row for row in rows if row.message_id not in refusals]
    with records.write() as work:
        for row in rows:
            if row.message_id in refusals:
                outbox.refused(work, row.id, refusals[row.message_id])
        if sent:
            outbox.delivered(work, sent)
        left = outbox.backlog(work).rows
        work.commit()
    return Delivered(len(sent), len(rows) - len(sent), left)


def rebuild(
    records: Records,
    index: TrendIndex,
    progress: Progress | None = None,
    batch: int = REBUILD_BATCH,
    kept_from: datetime = ALWAYS,
) -> Rebuilt:
    """Fill a fresh index with every message, in the order of their ids, and swap it in; go on where
    a process left off that was killed.

    Readers have the old one until then. What changes meanwhile stands in the outbox, which is left
    alone: its rows are delivered afterwards, again without harm where they were covered.
    """
    with records.read() as work:
        total = count_documents(work)
    refused = 0
    with index.rebuilding() as build, _frozen():
        done = build.reached.documents
        reading = Reading(records.opener(), build.make, kept_from)
        ahead = ReadAhead(records, reading, build.reached.after, total - done, batch)
        with closing(ahead.batches()) as batches:
            for found in batches:
                refused += len(_put(records, build, found))
                done += found.read
                if progress is not None:
                    progress(done, total)
    return Rebuilt(done, refused)


@contextmanager
def _frozen() -> Iterator[None]:
    """What lives already is not looked through for garbage again and again while millions of short
    lived documents pass."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _put(records: Records, build: Build, batch: Batch) -> tuple[Refusal, ...]:
    """Put them into the build; what is refused is announced, so that its reason is kept."""
    found = batch.documents
    refusals = build.put_ready(found) if isinstance(found, Ready) else build.put(found)
    if refusals:
        with records.write() as work:
            for refusal in refusals:
                outbox.announce(work, refusal.message_id, batch.received_at)
            work.commit()
    return refusals
