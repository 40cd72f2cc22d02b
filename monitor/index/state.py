"""How the index is, what lies in it, and what it would not take; the same for every engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from casework.storage.trend_documents import TrendDocument


class IndexState(StrEnum):
    READY = "ready"
    OUTDATED = "outdated"  # answers, but was built with another dictionary: rebuild when it suits
    MISSING = "missing"  # there is none yet, or it was deleted
    DAMAGED = "damaged"  # cannot be read
    AWAY = "away"  # its server cannot be reached or cannot answer now; it will be back

    @property
    def answers(self) -> bool:
        return self in (IndexState.READY, IndexState.OUTDATED)


@dataclass(frozen=True, slots=True)
class Health:
    """reason: in English, for logs and administrators; "" when ready."""

    state: IndexState
    documents: int = 0
    dictionary_version: str = ""
    reason: str = ""


def answering(documents: int, built_with: str, dictionary_version: str) -> Health:
    """The health of an index that answers, by the dictionary it was built with and today's."""
    if built_with == dictionary_version:
        return Health(IndexState.READY, documents, built_with)
    reason = f"built with dictionary {built_with}, now {dictionary_version}"
    return Health(IndexState.OUTDATED, documents, built_with, reason)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document the engine would not take, and why."""

    message_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the index knows of one message, in short. digest: fields.digest of its document.
    place: where it lies, for `remove`; a message should lie in one place."""

    message_id: UUID
    received_at: datetime
    version: int
    digest: str
    place: str


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a build has come: messages up to this id, and how many."""

    after: UUID | None = None
    documents: int = 0


def latest(documents: Iterable[TrendDocument]) -> Iterable[TrendDocument]:
    """Of each message the newest document; of equally new ones the last."""
    found: dict[UUID, TrendDocument] = {}
    for document in documents:
        known = found.get(document.message_id)
        if known is None or document.version >= known.version:
            found[document.message_id] = document
    return found.values()
