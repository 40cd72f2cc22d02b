"""Documents made ready for their engine, and the fresh index that they are handed to.

Making them is most of a rebuild and needs no index, so it may be done by another process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from casework.storage.trend_documents import TrendDocument
from monitor.index.state import Reached, Refusal, latest


@dataclass(frozen=True, slots=True)
class Ready:
    """Documents in the order of their message ids, as four lists of the same length. Plain lists, not
    objects: they travel from one process to another.

    documents: how many it was made of; last: the id of the last of them, None when there is none.
    texts: each document as its engine reads it, in JSON. months: of the city, YYYY-MM, "" where the
    engine is not divided by months. refusals: those of the documents that cannot be made.
    """

    documents: int
    last: UUID | None
    message_ids: list[str]
    versions: list[int]
    months: list[str]
    texts: list[bytes]
    refusals: tuple[Refusal, ...]


Make = Callable[[Sequence[TrendDocument]], Ready]
"""Makes documents ready; those of another process can be pickled."""


def made_ready(
    documents: Sequence[TrendDocument],
    write: Callable[[TrendDocument], bytes],
    month: Callable[[datetime], str] = lambda _instant: "",
) -> Ready:
    """Of each message the newest document. write: a document in JSON; raises ValueError or TypeError
    for one that cannot be written."""
    message_ids, versions, months, texts = [], [], [], []
    refusals = []
    for found in latest(documents):
        try:
            texts.append(write(found))
        except (ValueError, TypeError) as error:
            refusals.append(Refusal(found.message_id, str(error)))
            continue
        message_ids.append(found.message_id.hex)
        versions.append(found.version)
        months.append(month(found.received_at))
    last = documents[-1].message_id if documents else None
    return Ready(len(documents), last, message_ids, versions, months, texts, tuple(refusals))


class Build(Protocol):
    """A fresh index being filled."""

    @property
    def reached(self) -> Reached:
        """Where to go on when it was begun by a process that did not end it."""
        ...

    @property
    def make(self) -> Make:
        """Makes documents ready for this build; where the words are cut by a function of a module, it
        can be pickled."""
        ...

    def put(self, documents: Sequence[TrendDocument]) -> tuple[Refusal, ...]:
        """As TrendIndex.put (interface.py); nothing of it is seen by readers before the swap."""
        ...

    def put_ready(self, ready: Ready) -> tuple[Refusal, ...]:
        """The same with what `make` made."""
        ...
