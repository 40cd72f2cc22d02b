"""The queue of tickets for which a person decides who answers, by the dispatch clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import join, joinedload, selectinload

from casework.model import Clock, ClockName, TicketState
from casework.office import Office
from casework.permissions import Scope
from casework.storage.queries.ticket_lines import TicketLine, read_clocks, ticket_line
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import ClockRow, MessageRow, TicketRow

QUEUE_SHOWN = 50

WAITING = join(TicketRow, MessageRow, MessageRow.id == TicketRow.message_id)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A waiting ticket and its dispatch clock (None for what was taken over)."""

    ticket: TicketLine
    dispatch: Clock | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The first QUEUE_SHOWN lines, how many there are, and how many for each reason."""

    lines: tuple[QueueLine, ...]
    total: int
    reasons: dict[str, int]
    oldest: datetime | None


def screening_queue(work: Work, office: Office, scope: Scope, reason: str = "") -> Queue:
    """What waits, the nearest dispatch clock first; reason "" for all reasons."""
    waiting = _waiting(office, scope)
    rows_of_reasons = work.session.execute(
        select(TicketRow.screening_reason, func.count())
        .select_from(WAITING)
        .where(*waiting)
        .group_by(TicketRow.screening_reason)
    )
    reasons = {key: count for key, count in rows_of_reasons}  # noqa: C416 - rows, not pairs
    oldest = work.session.scalar(
        select(func.min(MessageRow.received_at)).select_from(WAITING).where(*waiting)
    )
    narrowed = [*waiting, TicketRow.screening_reason == reason] if reason else waiting
    rows = work.session.scalars(
        select(TicketRow)
        .select_from(WAITING)
        .outerjoin(
            ClockRow,
            and_(ClockRow.ticket_id == TicketRow.id, ClockRow.name == ClockName.DISPATCH),
        )
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
        )
        .where(*narrowed)
        .order_by(ClockRow.due_at.is_(None), ClockRow.due_at, TicketRow.id)
        .limit(QUEUE_SHOWN)
    )
    total = reasons.get(reason, 0) if reason else sum(reasons.values())
    return Queue(tuple(_line(row) for row in rows.unique()), total, reasons, oldest)


def _waiting(office: Office, scope: Scope) -> list[ColumnElement[bool]]:
    return [
        *tickets_in(scope, office.departments),
        TicketRow.state == TicketState.SCREENING,
        MessageRow.deleted_at.is_(None),
    ]


def _line(row: TicketRow) -> QueueLine:
    clocks = read_clocks(row.clocks, row.state)
    dispatch = next((clock for clock in clocks if clock.name is ClockName.DISPATCH), None)
    return QueueLine(ticket_line(row), dispatch)
