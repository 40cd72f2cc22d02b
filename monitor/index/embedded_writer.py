"""Writing generations: one process at a time, delete by id and add."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tantivy import Index, IndexWriter

from casework.errors import IndexUnavailable
from casework.storage.trend_documents import TrendDocument
from monitor.index import fields
from monitor.index.embedded_build import SHEET, Begun, Building, begun, is_whole
from monitor.index.embedded_errors import translated
from monitor.index.embedded_query import schema, text
from monitor.index.embedded_reader import EmbeddedReader
from monitor.index.index_folder import About, IndexFolder, WriterLock
from monitor.index.interface import Segment
from monitor.index.state import Fingerprint, Reached, Refusal, latest

HEAP_BYTES = 32_000_000
"""Of documents not written yet. Twice as much is no faster, and is memory that comes and goes."""


@dataclass(frozen=True, slots=True)
class Filling:
    """Puts documents into one generation. known: the versions of what lies there already, by id;
    it grows with what is put."""

    writer: IndexWriter
    search_words: Segment
    known: dict[UUID, int]

    def put(self, documents: Sequence[TrendDocument]) -> tuple[Refusal, ...]:
        """See TrendIndex.put."""
        refusals = []
        for found in latest(documents):
            if found.version >= self.known.get(found.message_id, found.version):
                reason = self._put(found)
                if reason:
                    refusals.append(Refusal(found.message_id, reason))
        return tuple(refusals)

    def _put(self, found: TrendDocument) -> str:
        try:
            written = text(fields.indexed(found, self.search_words))
        except (ValueError, TypeError) as error:
            return str(error)
        with translated():
            self.writer.delete_documents_by_term(fields.MESSAGE_ID, found.message_id.hex)
            self.known[found.message_id] = found.version
            self.writer.add_json(written)
        return ""


class EmbeddedWriter:
    """Holds the lock on the folder from the first put to `close`."""

    def __init__(
        self,
        folder: IndexFolder,
        reader: EmbeddedReader,
        search_words: Segment,
        about: Callable[[], About],
    ) -> None:
        self._folder = folder
        self._reader = reader
        self._search_words = search_words
        self._about = about
        self._mutex = threading.RLock()
        self._lock: WriterLock | None = None
        self._open: tuple[Path, IndexWriter] | None = None
        self._put: dict[UUID, int] = {}

    def put(self, documents: Sequence[TrendDocument]) -> tuple[Refusal, ...]:
        """See TrendIndex.put."""
        with self._mutex, self._dropped_on_error():
            writer = self._writer()
            known = self._reader.versions(found.message_id for found in documents)
            self._put = {**known, **self._put}
            return Filling(writer, self._search_words, self._put).put(documents)

    def remove(self, found: Sequence[Fingerprint]) -> None:
        """See TrendIndex.remove."""
        with self._mutex, self._dropped_on_error():
            writer = self._writer()
            with translated():
                for one in found:
                    writer.delete_documents_by_term(fields.MESSAGE_ID, one.message_id.hex)

    def commit(self) -> None:
        """See TrendIndex.commit."""
        with self._mutex, self._dropped_on_error(), translated():
            if self._open is not None:
                self._writer().commit()
            self._put.clear()

    def close(self) -> None:
        """See TrendIndex.close."""
        with self._mutex:
            self._stop_writing()
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    def unfinished(self) -> bool:
        """See TrendIndex.unfinished."""
        return begun(self._folder, self._about()) is not None

    @contextmanager
    def rebuilding(self) -> Iterator[Building]:
        """See TrendIndex.rebuilding. A killed process leaves its build behind, to be gone on with."""
        with self._mutex:
            self._stop_writing()
            self._hold()
            began = self._begin()
            try:
                with translated():
                    writer = _open(began).writer(HEAP_BYTES, 1)
                yield Building(began, writer, self._search_words)
                with translated():
                    writer.commit()
                    writer.wait_merging_threads()
                    self._hold()
                    self._folder.publish(began.path)
                    (began.path / SHEET).unlink(missing_ok=True)
            except BaseException:
                shutil.rmtree(began.path, ignore_errors=True)
                raise

    def _begin(self) -> Begun:
        about = self._about()
        with translated():
            left = begun(self._folder, about)
            if left is not None and is_whole(left):
                return left
            if left is not None:
                shutil.rmtree(left.path, ignore_errors=True)
            return Begun(self._folder.new_generation(about), Reached(), None)

    def _writer(self) -> IndexWriter:
        """A writer on the generation that readers see, as long as its files are whole."""
        self._hold()
        opened = self._reader.opened()
        if self._open is not None and self._open[0] != opened.path:
            self._stop_writing()
        if self._open is None:
            self._folder.drop_others()  # a build left behind would miss what is put from here on
            with translated():
                self._open = opened.path, opened.index.writer(HEAP_BYTES, 1)
        return self._open[1]

    def _hold(self) -> None:
        if self._lock is not None and not self._lock.holds():
            self.close()
            raise IndexUnavailable("the index folder was deleted while it was being written")
        if self._lock is None:
            self._lock = WriterLock(self._folder.root, f"{socket.gethostname()}:{os.getpid()}")

    def _stop_writing(self) -> None:
        if self._open is not None:
            _path, writer = self._open
            self._open = None
            self._put = {}
            with suppress(IndexUnavailable), translated():
                writer.wait_merging_threads()  # ends the writer; what was not committed is dropped

    @contextmanager
    def _dropped_on_error(self) -> Iterator[None]:
        """A writer that failed is not used again."""
        try:
            yield
        except IndexUnavailable:
            self.close()
            raise


def _open(began: Begun) -> Index:
    return Index(schema(), path=str(began.path))
