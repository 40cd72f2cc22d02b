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
from casework.storage.tables import OutboxRow, TicketRow


@dataclass(frozen=True, slots=True)
class Waiting:
    """One outbox row."""

    id: UUID
    message_id: UUID
    attempts: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A message the index would not take. number: of its ticket, or ""."""

    message_id: UUID
    number: str
    announced_at: datetime
    reason: str


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


def waiting_among(work: Work, message_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these messages, given in the order of ids, wait, refused or not."""
    if not message_ids:
        return frozenset()
    between = OutboxRow.message_id.between(message_ids[0], message_ids[-1])
    return frozenset(work.session.scalars(select(OutboxRow.message_id).where(between)))


def delivered(work: Work, rows: Sequence[Waiting]) -> None:
    """Take delivered rows out, and what was refused of the same messages before: it is past."""
    work.session.execute(delete(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows])))
    work.session.execute(
        delete(OutboxRow).where(
            OutboxRow.error != "", OutboxRow.message_id.in_({row.message_id for row in rows})
        )
    )


def refused(work: Work, row_id: UUID, error: str) -> None:
    """Keep a row the index would not take, with the reason, for an administrator to see."""
    work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id)
        .values(attempts=OutboxRow.attempts + 1, error=error[:2000])
    )


def try_again(work: Work) -> None:
    """Let the rows be tried again that were refused too often."""
    work.session.execute(update(OutboxRow).where(OutboxRow.attempts > 0).values(attempts=0))


def refusals(work: Work, limit: int) -> tuple[Refused, ...]:
    """The newest rows that the index would not take, with the reason."""
    rows = work.session.execute(
        select(OutboxRow.message_id, TicketRow.number, OutboxRow.created_at, OutboxRow.error)
        .outerjoin(TicketRow, TicketRow.message_id == OutboxRow.message_id)
        .where(OutboxRow.error != "")
        .order_by(OutboxRow.id.desc())
        .limit(limit)
    )
    return tuple(Refused(one.message_id, one.number or "", *one[2:]) for one in rows)


def backlog(work: Work) -> Backlog:
    """How much waits."""
    count, oldest, refusals = work.session.execute(
        select(
            func.count(),
            func.min(OutboxRow.created_at),
            func.count().filter(OutboxRow.error != ""),
        )
    ).one()
    return Backlog(count, oldest, refusals)
