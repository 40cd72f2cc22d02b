"""Figures of a month for the public home page, counted in the records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, extract, func, select

from casework.model import ClockName
from casework.storage.records import Work
from casework.storage.tables import ClockRow, MessageRow, TicketRow

SECONDS_A_DAY = 86400


@dataclass(frozen=True, slots=True)
class Figures:
    """received: messages that have a ticket, which public posts mostly have not; answered: tickets answered in the period whose reply clock ran;
    in_time: those answered by their day; days: average days from message to answer, or None.
    open_now, overdue_now: tickets whose reply clock runs, and those past it."""

    received: int
    answered: int
    in_time: int
    days: float | None
    open_now: int
    overdue_now: int


def figures_between(work: Work, start: datetime, end: datetime, now: datetime) -> Figures:
    """Figures for messages received and tickets answered in [start, end)."""
    received = work.session.scalar(
        select(func.count())
        .select_from(MessageRow)
        .join(TicketRow, TicketRow.message_id == MessageRow.id)
        .where(
            MessageRow.received_at >= start,
            MessageRow.received_at < end,
            MessageRow.deleted_at.is_(None),
        )
    )
    took = extract("epoch", ClockRow.stopped_at) - extract("epoch", TicketRow.opened_at)
    answered, in_time, seconds = work.session.execute(
        select(
            func.count(),
            func.count().filter(ClockRow.stopped_at <= ClockRow.due_at),
            func.avg(took),
        )
        .select_from(TicketRow)
        .join(ClockRow, and_(ClockRow.ticket_id == TicketRow.id, _reply_clock_ran()))
        # The first round alone: a ticket reopened keeps the result it had.
        .where(ClockRow.round == 1, ClockRow.stopped_at >= start, ClockRow.stopped_at < end)
    ).one()
    open_now, overdue_now = work.session.execute(
        select(func.count(), func.count().filter(ClockRow.due_at < now))
        .select_from(ClockRow)
        .where(_reply_clock_ran(), ClockRow.stopped_at.is_(None))
    ).one()
    days = None if seconds is None else float(seconds) / SECONDS_A_DAY
    return Figures(received or 0, answered, in_time, days, open_now, overdue_now)


def _reply_clock_ran() -> ColumnElement[bool]:
    return and_(ClockRow.name == ClockName.REPLY, ClockRow.voided.is_(False))
