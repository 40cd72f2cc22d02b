"""The records for a rebuild, batch after batch: while one is put into the index, the next is read.

This process begins by itself. Where many messages are left, helping processes (helping_process.py)
are started meanwhile; once they are ready they read and make the documents ready, and this process
only hands them to the index. Should they fail, it goes on as it began.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.storage.records import Records
from casework.storage.trend_documents import TrendDocument, all_documents, batch_end
from monitor.helping_process import Helpers, HelpGone, Reading, usable_processors
from monitor.index.ready import Ready

log = logging.getLogger(__name__)
WORTH_IT = 50_000
"""Messages from which on helping processes are started: until they are ready they cost more than they
help."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The next messages in the order of their ids. read: how many they are; received_at: of the last;
    documents: those of them that the index is to have, made ready where another process did that."""

    read: int
    received_at: datetime
    documents: Ready | list[TrendDocument]


class ReadAhead:
    """Walks through all messages beyond `after`, which are about `left`, `size` at a time."""

    def __init__(
        self, records: Records, reading: Reading, after: UUID | None, left: int, size: int
    ) -> None:
        self._records = records
        self._reading = reading
        self._reached = after
        self._size = size
        self._worth_helping = left >= WORTH_IT and usable_processors() > 1

    def batches(self) -> Generator[Batch, None, None]:
        """The batches. To be closed when it is left early: others may be working ahead."""
        if self._worth_helping:
            with Helpers(self._reading) as helpers:
                try:
                    helpers.start()
                    yield from self._read_here(lambda: helpers.ready)
                    if helpers.ready:  # else it was done before they were
                        log.debug("other processes read ahead from here on")
                        yield from self._read_there(helpers)
                except HelpGone as gone:
                    log.warning("no other process reads ahead (%s); going on without", gone)
        yield from self._read_here()  # from where that ended; mostly nothing is left

    def _read_here(self, enough: Callable[[], bool] = lambda: False) -> Iterator[Batch]:
        """In this process, until it is enough."""
        with ThreadPoolExecutor(1, "read-ahead") as reader:
            coming = reader.submit(self._read, self._reached)
            while not enough() and (documents := coming.result()):
                last = documents[-1]
                coming = reader.submit(self._read, last.message_id)
                yield Batch(len(documents), last.received_at, self._reading.kept(documents))
                self._reached = last.message_id

    def _read(self, after: UUID | None) -> tuple[TrendDocument, ...]:
        with self._records.read() as work:
            return all_documents(work, after, self._size)

    def _read_there(self, helpers: Helpers) -> Iterator[Batch]:
        """In the helping processes."""
        ends, asked_until = deque[UUID](), self._reached
        while True:
            while helpers.may_be_asked and (end := self._end(asked_until)) is not None:
                helpers.ask((asked_until, end))
                ends.append(end)
                asked_until = end
            if not ends:
                return
            answer = helpers.answer()
            if answer.received_at is not None:
                yield Batch(answer.read, answer.received_at, answer.ready)
            self._reached = ends.popleft()

    def _end(self, after: UUID | None) -> UUID | None:
        with self._records.read() as work:
            return batch_end(work, after, self._size)
