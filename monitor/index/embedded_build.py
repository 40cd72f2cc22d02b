"""Filling a fresh generation so that a killed process loses little of it.

Every so many documents are committed. Just before, a sheet beside them says up to which message the
commits before it reach, and up to which this one will: what lies between may be there or not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tantivy import IndexWriter

from casework.errors import IndexUnavailable
from casework.storage.trend_documents import TrendDocument
from monitor.index import fields
from monitor.index.embedded_errors import translated
from monitor.index.embedded_query import document
from monitor.index.index_folder import About, IndexFolder, check_sums, read_about, stamps
from monitor.index.interface import Segment
from monitor.index.state import Reached, Refusal, latest

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

    def put(self, documents: Sequence[TrendDocument]) -> tuple[Refusal, ...]:
        """See Build.put."""
        refusals = []
        for found in latest(documents):
            try:
                made = document(fields.indexed(found, self._search_words))
            except (ValueError, TypeError) as error:
                refusals.append(Refusal(found.message_id, str(error)))
                continue
            with translated():
                if self._unsure_until is not None and found.message_id <= self._unsure_until:
                    self._writer.delete_documents_by_term(fields.MESSAGE_ID, found.message_id.hex)
                self._writer.add_document(made)
        if documents:
            count = self.reached.documents + len(documents)
            self.reached = Reached(documents[-1].message_id, count)
        if self.reached.documents - self._committed.documents >= COMMIT_EVERY:
            self._commit()
        return tuple(refusals)

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
