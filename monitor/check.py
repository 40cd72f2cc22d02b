"""Compares the trend index with the records, message by message, and puts right what differs.

Both are walked in the order of message ids, so that memory stays flat. What still waits in the outbox
is not compared: it is going to be delivered anyway. To be run by whoever relays, after the outbox was
emptied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from casework.storage import outbox
from casework.storage.index_checks import MonthCheck
from casework.storage.records import Records
from casework.storage.trend_documents import TrendDocument, all_documents, count_documents
from monitor.index.fields import DELETED, digest
from monitor.index.interface import TrendIndex
from monitor.index.state import Fingerprint
from monitor.relay import Progress

BATCH = 2000


@dataclass(slots=True)
class Tally:
    """One month being counted."""

    month: str
    counts: dict[str, int] = field(default_factory=dict)
    digests: dict[str, int] = field(default_factory=lambda: {"records": 0, "index": 0})

    def add(self, what: str, count: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + count

    def see(self, side: str, message_id: UUID, found: str) -> None:
        """A message that is not deleted, on one side."""
        if found != DELETED:
            self.add(side)
            self.digests[side] ^= int(found, 16) ^ (message_id.int & (2**64 - 1))

    def ended(self) -> MonthCheck:
        digests = {f"{side}_digest": f"{value:016x}" for side, value in self.digests.items()}
        return MonthCheck(self.month, **self.counts, **digests)  # type: ignore[arg-type]  # numbers, then texts


@dataclass(slots=True)
class Comparison:
    """What was found so far. again: messages to be delivered once more; out: what is to be taken
    out of the index."""

    zone: ZoneInfo
    tallies: dict[str, Tally] = field(default_factory=dict)
    again: list[UUID] = field(default_factory=list)
    out: list[Fingerprint] = field(default_factory=list)

    def tally(self, instant: datetime) -> Tally:
        month = instant.astimezone(self.zone).strftime("%Y-%m")
        return self.tallies.setdefault(month, Tally(month))

    def compare(self, document: TrendDocument, found: list[Fingerprint]) -> None:
        """One message on record, and where the index has it."""
        wanted, tally = digest(document), self.tally(document.received_at)
        tally.see("records", document.message_id, wanted)
        for one in found:
            self.tally(one.received_at).see("index", one.message_id, one.digest)
        what = _what_is_wrong(document, wanted, found)
        if not what:
            return
        tally.add(what)
        if what in ("doubled", "surplus"):
            self.out.extend(found)
        if what != "newer":
            self.again.append(document.message_id)

    def unknown(self, found: Iterable[Fingerprint]) -> None:
        """What the index has and no record."""
        for one in found:
            tally = self.tally(one.received_at)
            tally.see("index", one.message_id, one.digest)
            tally.add("surplus")
            self.out.append(one)

    def months(self) -> tuple[MonthCheck, ...]:
        return tuple(self.tallies[month].ended() for month in sorted(self.tallies))


def compare(
    records: Records,
    index: TrendIndex,
    zone: ZoneInfo,
    kept_from: datetime,
    progress: Progress | None = None,
) -> Comparison:
    """Walk both and compare. Messages received before `kept_from` are in neither."""
    found = Comparison(zone)
    fingerprints = _Walk(one for one in index.fingerprints() if one.received_at >= kept_from)
    with records.read() as work:
        total = count_documents(work)
    done, after = 0, None
    while True:
        with records.read() as work:
            documents = all_documents(work, after, BATCH)
            # In one transaction: a message that changed since the index was read waits there.
            waits = outbox.waiting_among(work, [one.message_id for one in documents])
        if not documents:
            found.unknown(fingerprints.rest())
            return found
        for document in documents:
            found.unknown(fingerprints.below(document.message_id))
            there = fingerprints.of(document.message_id)
            if document.message_id not in waits and document.received_at >= kept_from:
                found.compare(document, there)
        done, after = done + len(documents), documents[-1].message_id
        if progress is not None:
            progress(done, total)


def repair(records: Records, index: TrendIndex, found: Comparison, now: datetime) -> int:
    """Take out what does not belong in the index, and announce what is missing or differs, for the
    relay to deliver; how many messages it was about."""
    if found.out:
        for start in range(0, len(found.out), BATCH):
            index.remove(found.out[start : start + BATCH])
            index.commit()
    for start in range(0, len(found.again), BATCH):
        with records.write() as work:
            for message_id in found.again[start : start + BATCH]:
                outbox.announce(work, message_id, now)
            work.commit()
    return len({*found.again, *(one.message_id for one in found.out)})


def _what_is_wrong(document: TrendDocument, wanted: str, found: list[Fingerprint]) -> str:
    if not found:
        return "" if document.deleted else "missing"
    if any(one.version > document.version for one in found):
        return "newer"
    if len(found) > 1:
        return "doubled"
    if found[0].digest == wanted:
        return ""
    return "surplus" if document.deleted else "differing"


class _Walk:
    """Fingerprints in the order of ids, with one to look at."""

    def __init__(self, found: Iterator[Fingerprint]) -> None:
        self._found = found
        self._next = next(found, None)

    def below(self, message_id: UUID) -> Iterator[Fingerprint]:
        while self._next is not None and self._next.message_id < message_id:
            yield self._take()

    def of(self, message_id: UUID) -> list[Fingerprint]:
        found = []
        while self._next is not None and self._next.message_id == message_id:
            found.append(self._take())
        return found

    def rest(self) -> Iterator[Fingerprint]:
        while self._next is not None:
            yield self._take()

    def _take(self) -> Fingerprint:
        assert self._next is not None
        taken, self._next = self._next, next(self._found, None)
        return taken
