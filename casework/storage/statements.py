"""Public statements in and out of the records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from casework.errors import Conflict, NotFound
from casework.storage.alerts import AlertId
from casework.storage.records import Work
from casework.storage.tables import StatementRow

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Statement:
    """What everybody may read, and who said it. withdrawn_at, withdrawn_reason: of one taken back, whose
    words are shown no longer."""

    id: UUID
    title: str
    body: str
    published_by: str
    published_at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str


def add_statement(
    work: Work, alert_id: AlertId, title: str, body: str, by: str, now: datetime
) -> Statement | None:
    """Record one; it is public with this transaction. None when the same words about the same alert are
    public already."""
    same = select(StatementRow).where(
        StatementRow.alert_id == alert_id,
        StatementRow.title == title,
        StatementRow.withdrawn_at.is_(None),
    )
    if any(row.body == body for row in work.session.scalars(same)):
        return None
    row = StatementRow(
        id=uuid7(),
        alert_id=alert_id,
        title=title,
        body=body,
        published_by=by,
        published_at=now,
        withdrawn_by="",
        withdrawn_reason="",
    )
    work.session.add(row)
    work.session.flush()
    return _statement(row)


def withdraw_statement(
    work: Work, statement_id: UUID, reason: str, by: str, now: datetime
) -> Statement:
    """Take one back. Raises NotFound, Conflict("state") for one that is taken back already."""
    row = work.session.get(StatementRow, statement_id, with_for_update=True)
    if row is None:
        raise NotFound("statement", str(statement_id))
    if row.withdrawn_at is not None:
        raise Conflict("state")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, by, reason
    return _statement(row)


def statements_of(work: Work, alert_id: AlertId) -> tuple[Statement, ...]:
    """What was said about the matter of an alert, the latest first, with what was taken back."""
    rows = work.session.scalars(
        select(StatementRow)
        .where(StatementRow.alert_id == alert_id)
        .order_by(StatementRow.published_at.desc(), StatementRow.id.desc())
    )
    return tuple(_statement(row) for row in rows)


def public_statement(work: Work, statement_id: UUID) -> Statement:
    """One, also one that was taken back. Raises NotFound."""
    row = work.session.get(StatementRow, statement_id)
    if row is None:
        raise NotFound("statement", str(statement_id))
    return _statement(row)


def public_statements(
    work: Work, page: int = 1, limit: int = PAGE_SIZE, since: datetime | None = None
) -> tuple[Statement, ...]:
    """A page of those that hold, the latest first."""
    rows = work.session.scalars(
        select(StatementRow)
        .where(
            StatementRow.withdrawn_at.is_(None),
            *([StatementRow.published_at >= since] if since else []),
        )
        .order_by(StatementRow.published_at.desc(), StatementRow.id.desc())
        .limit(limit)
        .offset((max(1, page) - 1) * limit)
    )
    return tuple(_statement(row) for row in rows)


def count_statements(work: Work) -> int:
    """How many hold."""
    counted = select(func.count()).select_from(StatementRow)
    return work.session.scalar(counted.where(StatementRow.withdrawn_at.is_(None))) or 0


def _statement(row: StatementRow) -> Statement:
    return Statement(
        row.id,
        row.title,
        row.body,
        row.published_by,
        row.published_at,
        row.withdrawn_at,
        row.withdrawn_reason,
    )
