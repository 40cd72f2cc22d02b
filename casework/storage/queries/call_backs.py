"""Whom the centre has still to call back after the answer."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from casework.model import Clock, ClockName
from casework.office import Office
from casework.permissions import Scope
from casework.storage.queries.ticket_lines import TicketLine, read_clocks, ticket_line
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import ClockRow, MessageRow, TicketRow

MOST = 100


def waiting_call_backs(
    work: Work, office: Office, scope: Scope
) -> tuple[tuple[TicketLine, Clock], ...]:
    """Answered tickets of the scope whose call-back clock runs, the nearest first; MOST at most."""
    rows = work.session.execute(
        select(ClockRow, TicketRow)
        .join(TicketRow, TicketRow.id == ClockRow.ticket_id)
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
        )
        .where(
            *tickets_in(scope, office.departments),
            ClockRow.name == ClockName.CALL_BACK,
            ClockRow.stopped_at.is_(None),
            ClockRow.voided.is_(False),
            MessageRow.deleted_at.is_(None),
        )
        .order_by(ClockRow.due_at, ClockRow.id)
        .limit(MOST)
    ).unique()
    return tuple((ticket_line(ticket), read_clocks([clock])[0]) for clock, ticket in rows.all())
