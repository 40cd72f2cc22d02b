"""The pauses of tickets that last, and those that have lasted as long as they may."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from casework.errors import Conflict
from casework.storage.records import Work
from casework.storage.tables import PauseRow, TicketRow


def lasting(ticket: TicketRow) -> PauseRow:
    """The pause of a suspended ticket. Raises Conflict("state") when none lasts."""
    for pause in ticket.pauses:
        if pause.ended_at is None:
            return pause
    raise Conflict("state")


def over(work: Work, now: datetime) -> tuple[UUID, ...]:
    """The tickets whose pause should have ended by now, the longest over first."""
    return tuple(
        work.session.scalars(
            select(PauseRow.ticket_id)
            .where(PauseRow.ended_at.is_(None), PauseRow.until < now)
            .order_by(PauseRow.until)
        )
    )
