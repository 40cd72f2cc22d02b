"""Messages whose state the trend index has yet to learn.

A row says only which message; whoever delivers it reads the record as it then is, so rows may be
delivered twice or out of order without harm. Rows are taken one by one, never by a high-water
mark: on PostgreSQL a row that commits late would be skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from uuid_utils.compat import uuid7

from casework.storage.records import Work
from casework.storage.tables import OutboxRow


@dataclass(frozen=True, slots=True)
class Waiting:
    """One outbox row."""

    id: UUID
    message_id: UUID
    attempts: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: rows, the oldest one's time, and how many were refused before."""

    rows: int
    oldest: datetime | None
    refused: int


def announce(work: Work, message_id: UUID, now: datetime) -> None:
    """Say, in this unit of work, that the message's state has changed."""
    work.session.add(OutboxRow(id=uuid7(), message_id=message_id, created_at=now))


def waiting(work: Work, limit: int, max_attempts: int = 5) -> tuple[Waiting, ...]:
    """The oldest rows, oldest first, leaving out those refused `max_attempts` times."""
    rows = work.session.execute(
        select(OutboxRow.id, OutboxRow.message_id, OutboxRow.attempts)
        .where(OutboxRow.attempts < max_attempts)
        .order_by(OutboxRow.id)
        .limit(limit)
    )
    return tuple(Waiting(*row) for row in rows)


def delivered(work: Work, ids: Sequence[UUID]) -> None:
    """Take delivered rows out."""
    work.session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids)))


def refused(work: Work, row_id: UUID, error: str) -> None:
    """Keep a row the index would not take, with the reason, for an administrator to see."""
    work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id)
        .values(attempts=OutboxRow.attempts + 1, error=error[:2000])
    )


def backlog(work: Work) -> Backlog:
    """How much waits."""
    count, oldest, refusals = work.session.execute(
        select(
            func.count(),
            func.min(OutboxRow.created_at),
            func.count().filter(OutboxRow.attempts > 0),
        )
    ).one()
    return Backlog(count, oldest, refusals)
