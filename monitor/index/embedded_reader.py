"""Opening the current generation, and following it as it changes."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tantivy import Index, Searcher

from casework.errors import IndexUnavailable
from monitor.index import fields
from monitor.index.conditions import NoneOf
from monitor.index.embedded_errors import translated
from monitor.index.embedded_query import any_of, schema, translate
from monitor.index.index_folder import (
    META,
    About,
    IndexFolder,
    Stamp,
    check_sums,
    meta_stamp,
    read_about,
    stamps,
    unchanged,
)
from monitor.index.state import Health, IndexState, answering


@dataclass(slots=True)
class Opened:
    """A generation in use. files: as they were when its present commit was loaded."""

    path: Path
    about: About
    index: Index
    files: dict[str, Stamp]


class EmbeddedReader:
    """Gives searchers of the latest commit; looks before each whether the files are whole."""

    def __init__(self, folder: IndexFolder) -> None:
        self._folder = folder
        self._mutex = threading.Lock()
        self._opened: Opened | None = None

    def searcher(self) -> Searcher:
        """Of the latest commit of the current generation. Raises IndexUnavailable."""
        with self._mutex, translated():
            return self._refreshed().index.searcher()

    def opened(self) -> Opened:
        """The current generation. Raises IndexUnavailable."""
        with self._mutex, translated():
            return self._refreshed()

    def versions(self, message_ids: Iterable[UUID]) -> dict[UUID, int]:
        """The versions of these messages in the latest commit. Raises IndexUnavailable."""
        wanted = [message_id.hex for message_id in message_ids]
        if not wanted:
            return {}
        with translated():
            searcher = self.searcher()
            hits = searcher.search(any_of(wanted, schema()), len(wanted), count=False).hits
            stored = [searcher.doc(address) for _score, address in hits]
        return {UUID(one[fields.MESSAGE_ID][0]): one[fields.VERSION][0] for one in stored}

    def health(self, dictionary_version: str) -> Health:
        """See TrendIndex.health."""
        if self._folder.current() is None:
            return Health(IndexState.MISSING, reason="there is no index yet")
        try:
            opened = self.opened()
            with translated():
                living = translate((NoneOf(fields.DELETED, (fields.YES,)),), schema())
                found: Any = self.searcher().search(living, 1)
                documents = int(found.count)
        except IndexUnavailable as error:
            return Health(IndexState.DAMAGED, reason=str(error))
        return answering(documents, opened.about.dictionary_version, dictionary_version)

    def _refreshed(self) -> Opened:
        path = self._folder.current()
        if path is None:
            self._opened = None
            raise IndexUnavailable("there is no index yet")
        if self._opened is None or self._opened.path != path:
            self._open(path)
        elif not unchanged(path, self._opened.files):
            self._follow(self._opened)
        assert self._opened is not None
        return self._opened

    def _follow(self, opened: Opened) -> None:
        """After a commit load it; after anything else look at every file anew."""
        if meta_stamp(opened.path) == opened.files[META]:
            self._open(opened.path)
            return
        self._opened = None
        opened.files = self._load(opened.index, opened.path)
        self._opened = opened

    def _open(self, path: Path) -> None:
        self._opened = None
        about = read_about(path)
        if about.schema_version != fields.SCHEMA_VERSION:
            raise IndexUnavailable("the index was built by another version of the program")
        # Before opening: Tantivy maps files whole and trusts what they say.
        self._check(path)
        index = Index.open(str(path))
        index.config_reader("manual")
        self._opened = Opened(path, about, index, self._load(index, path))

    @staticmethod
    def _check(path: Path) -> None:
        while True:
            found = stamps(path)
            try:
                return check_sums(path, set(found))
            except IndexUnavailable:
                if meta_stamp(path) == found[META]:
                    raise
                # a commit came between, and files it merged are gone

    @staticmethod
    def _load(index: Index, path: Path) -> dict[str, Stamp]:
        """Load the latest commit; its files, of the same commit."""
        while True:
            index.reload()
            found = stamps(path)
            if found[META] == meta_stamp(path):
                return found
