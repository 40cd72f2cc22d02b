"""What a source sent and nobody took in as a message: kept in a list, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.storage.records import Work
from casework.storage.tables import SetAsideRow

LONGEST_REFERENCE = 200
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class SetAside:
    """One item. reference: its own name in its source. size: bytes, or characters of a text."""

    source: str
    reference: str
    reason: str
    sender: str
    size: int
    at: datetime


def set_aside(
    work: Work,
    source: str,
    reference: str,
    reason: str,
    now: datetime,
    *,
    sender: str = "",
    size: int = 0,
) -> bool:
    """Put an item into the list; False when it stands there already."""
    reference = reference[:LONGEST_REFERENCE]
    if is_set_aside(work, source, reference):
        return False
    work.session.add(
        SetAsideRow(
            id=uuid7(),
            source=source,
            reference=reference,
            reason=reason,
            sender=sender or None,
            size=size,
            at=now,
        )
    )
    work.session.flush()
    return True


def is_set_aside(work: Work, source: str, reference: str) -> bool:
    """Whether the item stands in the list."""
    return (
        work.session.scalar(
            select(SetAsideRow.id).where(
                SetAsideRow.source == source,
                SetAsideRow.reference == reference[:LONGEST_REFERENCE],
            )
        )
        is not None
    )


def list_set_aside(
    work: Work, source: str = "", limit: int = 100, offset: int = 0
) -> tuple[SetAside, ...]:
    """The latest items, of one source or of all; offset: how many of the latest to leave out."""
    conditions = [SetAsideRow.source == source] if source else []
    rows = work.session.scalars(
        select(SetAsideRow)
        .where(*conditions)
        .order_by(SetAsideRow.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return tuple(
        SetAside(row.source, row.reference, row.reason, row.sender or "", row.size, row.at)
        for row in rows
    )
