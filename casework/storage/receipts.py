"""The receipt of a case that is already on record."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from casework.errors import NotFound
from casework.model import ClockName, Receipt
from casework.storage.records import Work
from casework.storage.tables import ClockRow, TicketRow


def repeated(work: Work, message_id: UUID) -> Receipt:
    """The receipt of a message again, without its code, which nobody keeps."""
    ticket = work.session.scalar(select(TicketRow).where(TicketRow.message_id == message_id))
    if ticket is None:
        raise NotFound("message", str(message_id))
    reply = work.session.scalar(
        select(ClockRow)
        .where(ClockRow.ticket_id == ticket.id, ClockRow.name == ClockName.REPLY)
        .order_by(ClockRow.round.desc())
        .limit(1)
    )
    return Receipt(
        ticket_id=ticket.id,
        message_id=message_id,
        number=ticket.number,
        code="",
        department=ticket.lead_department or "",
        due_at=reply.due_at if reply is not None and not reply.voided else None,
        provisional=bool(reply is not None and reply.provisional),
        kind=ticket.kind,
        repeated=True,
    )
