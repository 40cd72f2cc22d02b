"""Telling people who work here of something that happened to a ticket, or of an alert."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from casework.ladder import Audience
from casework.model import ClockName
from casework.storage.records import Work
from casework.storage.tables import StaffNoticeRow, TicketRow

RAISED, LAST, OVER = "raised", "last", "over"
"""What an alert's notice tells: that it is there; that a response clock is nearly over, or over."""
SUPERVISED = "supervised"
"""What the notice of a ticket tells: that a leader has put it under supervision."""
HANDED, TAKEN_BACK, ANSWERED = "handed", "taken_back", "answered"
"""That it was handed to somebody, taken back from them, or that the department has answered."""


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


def tell_of_alert(
    work: Work,
    alert_id: UUID,
    step: str,
    now: datetime,
    *,
    clock: str = "",
    user_id: UUID | None = None,
    department: str = "",
) -> None:
    """Tell of an alert: one person, a department, or whoever is to know of alerts. clock: the response
    it is about."""
    work.session.add(
        StaffNoticeRow(
            id=uuid7(),
            alert_id=alert_id,
            clock=clock,
            step=step,
            audience=_audience(user_id, department),
            department=department or None,
            user_id=user_id,
            created_at=now,
        )
    )


def _audience(user_id: UUID | None, department: str) -> Audience:
    if user_id is not None:
        return Audience.PERSON
    return Audience.UNIT if department else Audience.LEADER
