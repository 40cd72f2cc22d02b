"""Writing and verifying audit chains."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from casework.events import GENESIS, ChainLink, EventName, text_digest
from casework.storage.locks import lock
from casework.storage.records import Work
from casework.storage.tables import AuditEventRow, AuditTextRow

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where a chain does not hold. what: "sequence", "previous", "digest" or "text"."""

    chain: str
    sequence: int
    what: str


Event = tuple[EventName, str, datetime, str]
"""(name, actor, at, text)."""


def chain_rows(
    chain: str, events: Sequence[Event]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of a chain that begins: values for AuditEventRow, and for AuditTextRow."""
    return link_rows(chain, 0, GENESIS, events)


def link_rows(
    chain: str, sequence: int, previous: str, events: Sequence[Event]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows that go on from the link of this sequence and digest, as chain_rows."""
    links, texts = [], []
    for following, event in enumerate(events, start=sequence + 1):
        link, text = _link(chain, following, previous, event)
        previous = link["digest"]
        links.append(link)
        if text:
            texts.append(text)
    return links, texts


def append(
    work: Work, chain: str, name: EventName, actor: str, at: datetime, text: str = ""
) -> None:
    """Add one event at the end of a chain, or begin it.

    Two writers at once take turns; the later one waits for the other's commit.
    """
    work.session.flush()
    lock(work, [f"audit {chain}"])
    last = work.session.execute(
        select(AuditEventRow.sequence, AuditEventRow.digest)
        .where(AuditEventRow.chain == chain)
        .order_by(AuditEventRow.sequence.desc())
        .limit(1)
    ).first()
    sequence, previous = (last.sequence + 1, last.digest) if last else (1, GENESIS)
    link, said = _link(chain, sequence, previous, (name, actor, at, text))
    work.session.add(AuditEventRow(**link))
    if said:
        work.session.add(AuditTextRow(**said))


def append_text(
    work: Work, chain: str, name: EventName, actor: str, at: datetime, text: Mapping[str, object]
) -> None:
    """As `append`, for an event whose words are facts with names."""
    append(work, chain, name, actor, at, json.dumps(dict(text), ensure_ascii=False))


def _link(
    chain: str, sequence: int, previous: str, event: Event
) -> tuple[dict[str, Any], dict[str, Any]]:
    name, actor, at, text = event
    salt = os.urandom(SALT_BYTES)
    link = ChainLink(chain, sequence, name, actor, at, text_digest(text, salt), previous)
    values = {
        "chain": chain,
        "sequence": sequence,
        "name": name,
        "actor": actor,
        "at": at,
        "text_digest": link.text_digest,
        "previous": previous,
        "digest": link.digest(),
    }
    said = {"chain": chain, "sequence": sequence, "salt": salt, "text": text} if text else {}
    return values, said


@dataclass(frozen=True, slots=True)
class LastEvent:
    """The newest event of a chain. text: "" for none, and after its erasure."""

    name: str
    actor: str
    at: datetime
    text: str


def last_event(work: Work, chain: str, besides: Sequence[EventName] = ()) -> LastEvent | None:
    """The newest event of the chain that is none of `besides`, or None."""
    row = work.session.execute(
        select(AuditEventRow.name, AuditEventRow.actor, AuditEventRow.at, AuditTextRow.text)
        .outerjoin(
            AuditTextRow,
            and_(
                AuditTextRow.chain == AuditEventRow.chain,
                AuditTextRow.sequence == AuditEventRow.sequence,
            ),
        )
        .where(AuditEventRow.chain == chain, AuditEventRow.name.not_in(besides))
        .order_by(AuditEventRow.sequence.desc())
        .limit(1)
    ).first()
    return None if row is None else LastEvent(row.name, row.actor, row.at, row.text or "")


def erase_text(work: Work, chain: str, sequence: int) -> None:
    """Erase an event's words and their salt; the chain still holds."""
    row = work.session.get(AuditTextRow, (chain, sequence))
    if row is not None:
        work.session.delete(row)


def verify(work: Work) -> Iterator[Broken]:
    """Walk every chain and yield each place that does not hold; flat memory."""
    texts = AuditTextRow.__table__
    rows = work.session.execute(
        select(AuditEventRow, AuditTextRow.salt, AuditTextRow.text)
        .outerjoin(
            texts,
            (texts.c.chain == AuditEventRow.chain) & (texts.c.sequence == AuditEventRow.sequence),
        )
        .order_by(AuditEventRow.chain, AuditEventRow.sequence)
        .execution_options(yield_per=2000)
    )
    chain, sequence, digest = "", 0, GENESIS
    for row, salt, text in rows:
        if row.chain != chain:
            chain, sequence, digest = row.chain, 0, GENESIS
        what = _flaw(row, sequence + 1, digest, salt, text)
        if what:
            yield Broken(row.chain, row.sequence, what)
        sequence, digest = row.sequence, row.digest


def _flaw(
    row: AuditEventRow, sequence: int, previous: str, salt: bytes | None, text: str | None
) -> str:
    if row.sequence != sequence:
        return "sequence"
    if row.previous != previous:
        return "previous"
    link = ChainLink(
        row.chain, row.sequence, row.name, row.actor, row.at, row.text_digest, row.previous
    )
    if not hmac.compare_digest(link.digest(), row.digest):
        return "digest"
    if text is not None and salt is not None and text_digest(text, salt) != row.text_digest:
        return "text"
    return ""


def count(work: Work) -> tuple[int, int]:
    """How many chains, and how many events in all of them."""
    chains, events = work.session.execute(
        select(func.count(AuditEventRow.chain.distinct()), func.count())
    ).one()
    return chains, events
