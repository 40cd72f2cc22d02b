"""Earlier 举报 of the same sender that a new one may be about."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from casework.life import WITH_DEPARTMENT
from casework.office import Office
from casework.permissions import Scope
from casework.storage.queries.ticket_lines import TicketLine, ticket_line
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import MessageRow, TicketRow
from casework.taxonomy import REPORT

MOST = 10


def earlier_reports(
    work: Work, office: Office, scope: Scope, ticket_id: UUID
) -> tuple[TicketLine, ...]:
    """Those in the scope that a department has, the newest first, MOST at most; none of a sender nobody
    knows, nor for what is no 举报."""
    ticket = work.session.get_one(TicketRow, ticket_id)
    sender = ticket.message.sender_digest
    if sender is None or ticket.kind != REPORT:
        return ()
    rows = work.session.scalars(
        select(TicketRow)
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
        )
        .where(
            *tickets_in(scope, office.departments),
            MessageRow.sender_digest == sender,
            MessageRow.deleted_at.is_(None),
            TicketRow.kind == REPORT,
            TicketRow.unscreened_report.is_(False),
            TicketRow.state.in_(WITH_DEPARTMENT),
            TicketRow.id != ticket.id,
        )
        .order_by(TicketRow.opened_at.desc(), TicketRow.id.desc())
        .limit(MOST)
    ).unique()
    return tuple(ticket_line(row) for row in rows)
