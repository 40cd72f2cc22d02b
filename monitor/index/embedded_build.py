"""Filling a fresh generation so that a killed process loses little of it.

Every so many documents are committed. Just before, a sheet beside them says up to which message the
commits before it reach, and up to which this one will: what lies between may be there or not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from tantivy import IndexWriter

from casework.errors import IndexUnavailable
from casework.storage.trend_documents import TrendDocument
from monitor.index import fields
from monitor.index.embedded_errors import translated
from monitor.index.embedded_query import made
from monitor.index.index_folder import About, IndexFolder, check_sums, read_about, stamps
from monitor.index.interface import Segment
from monitor.index.ready import Make, Ready
from monitor.index.state import Reached, Refusal

SHEET = "reached.json"
COMMIT_EVERY = 100_000
"""Documents that have to be put again after a kill, at most."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A generation that was begun and not ended. reached: what certainly lies there. unsure_until:
    messages beyond it up to this one may lie there, too."""

    path: Path
    reached: Reached
    unsure_until: UUID | None


def begun(folder: IndexFolder, about: About) -> Begun | None:
    """What somebody began, made with the same, and did not end; none if there is none."""
    for path in folder.others():
        try:
            if read_about(path) != about:
                continue
            sheet = json.loads((path / SHEET).read_text(encoding="ascii"))
            after = None if sheet["after"] is None else UUID(sheet["after"])
            return Begun(path, Reached(after, int(sheet["documents"])), UUID(sheet["until"]))
        except (OSError, ValueError, KeyError, TypeError, IndexUnavailable):
            continue  # killed before its first commit: nothing to go on from
    return None


def is_whole(began: Begun) -> bool:
    """Whether the files of what was begun are as they were written."""
    try:
        check_sums(began.path, set(stamps(began.path)))
    except IndexUnavailable:
        return False
    return True


class Building:
    """A Build; its documents come in the order of message ids."""

    def __init__(self, began: Begun, writer: IndexWriter, search_words: Segment) -> None:
        self.reached = began.reached
        self._committed = began.reached
        self._unsure_until = began.unsure_until
        self._path = began.path
        self._writer = writer
        self._search_words = search_words

    @property
    def make(self) -> Make:
        """See Build.make."""
        return partial(made, self._search_words)

    def put(self, documents: Sequence[TrendDocument]) -> tuple[Refusal, ...]:
        """See Build.put."""
        return self.put_ready(self.make(documents))

    def put_ready(self, ready: Ready) -> tuple[Refusal, ...]:
        """See Build.put_ready."""
        with translated():
            self._drop_unsure(ready.message_ids)
            for text in ready.texts:
                self._writer.add_json(text.decode())
        if ready.last is not None:
            self.reached = Reached(ready.last, self.reached.documents + ready.documents)
        if self.reached.documents - self._committed.documents >= COMMIT_EVERY:
            self._commit()
        return ready.refusals

    def _drop_unsure(self, message_ids: Sequence[str]) -> None:
        """Of those that may lie there already, by the build that was killed."""
        if self._unsure_until is None:
            return
        for message_id in message_ids:
            if message_id <= self._unsure_until.hex:
                self._writer.delete_documents_by_term(fields.MESSAGE_ID, message_id)

    def _commit(self) -> None:
        assert self.reached.after is not None
        until = max(self.reached.after, self._unsure_until or self.reached.after)
        with translated():
            self._say(self._committed, until)
            self._writer.commit()
            self._committed = self.reached
            self._say(self._committed, until)

    def _say(self, reached: Reached, until: UUID) -> None:
        after = None if reached.after is None else reached.after.hex
        sheet = {"after": after, "documents": reached.documents, "until": until.hex}
        fresh = self._path / f"{SHEET}.new"
        fresh.write_text(json.dumps(sheet), encoding="ascii")
        fresh.replace(self._path / SHEET)
