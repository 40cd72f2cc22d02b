"""Telling people who work here of something that happened to a ticket."""

from __future__ import annotations

from datetime import datetime

from uuid_utils.compat import uuid7

from casework.ladder import Audience
from casework.model import ClockName
from casework.storage.records import Work
from casework.storage.tables import StaffNoticeRow, TicketRow


def tell_unit(work: Work, ticket: TicketRow, step: str, now: datetime) -> None:
    """Tell the department that has the ticket; the centre while nobody has it."""
    unit = ticket.lead_department
    work.session.add(
        StaffNoticeRow(
            id=uuid7(),
            ticket_id=ticket.id,
            clock=ClockName.REPLY,
            step=step,
            audience=Audience.UNIT if unit else Audience.CENTRE,
            department=unit,
            created_at=now,
        )
    )
