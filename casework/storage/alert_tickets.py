"""Tickets in which the matter of an alert is dealt with, in the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from casework.errors import Rejected
from casework.events import EventName
from casework.life import OPEN_STATES
from casework.office import Office
from casework.permissions import Action, Person, covers, scope_of
from casework.storage.acts import finish
from casework.storage.records import Work
from casework.storage.scopes import facts_of
from casework.storage.staff_notices import SUPERVISED, tell_unit
from casework.storage.tables import AlertTicketRow, TicketRow


@dataclass(frozen=True, slots=True)
class LinkedTicket:
    """level: of supervision (督办), 0 for none. due_at: of its nearest clock."""

    number: str
    state: str
    department: str
    level: int
    due_at: datetime | None
    by: str
    at: datetime


def link_ticket(
    work: Work,
    office: Office,
    alert_id: UUID,
    alert_number: str,
    number: str,
    person: Person,
    now: datetime,
) -> None:
    """Link a ticket, and put it under supervision while it is open: its department is told. Raises
    Rejected("no_ticket", "number") for one the person may not see, Rejected("linked", "number")."""
    ticket = work.session.scalar(
        select(TicketRow).where(TicketRow.number == number.strip().upper()).with_for_update()
    )
    scope = scope_of(person, Action.READ_TICKET)
    if ticket is None or not covers(scope, facts_of(ticket, office.departments)):
        raise Rejected("no_ticket", "number")
    if work.session.get(AlertTicketRow, (alert_id, ticket.id)) is not None:
        raise Rejected("linked", "number")
    work.session.add(
        AlertTicketRow(
            alert_id=alert_id, ticket_id=ticket.id, linked_by=person.username, linked_at=now
        )
    )
    if ticket.state in OPEN_STATES and not ticket.supervision:
        ticket.supervision = 1
        tell_unit(work, ticket, SUPERVISED, now)
    _ = ticket.clocks, ticket.pauses  # read before `finish` counts on them
    finish(work, ticket, EventName.ALERT_LINKED, person, now, {"alert": alert_number})


def linked_tickets(
    work: Work, office: Office, alert_id: UUID, person: Person
) -> tuple[LinkedTicket, ...]:
    """Those the person may see, the first linked first."""
    rows = work.session.execute(
        select(AlertTicketRow, TicketRow)
        .join(TicketRow, TicketRow.id == AlertTicketRow.ticket_id)
        .where(AlertTicketRow.alert_id == alert_id)
        .order_by(AlertTicketRow.linked_at, AlertTicketRow.ticket_id)
    )
    scope = scope_of(person, Action.READ_TICKET)
    return tuple(
        LinkedTicket(
            ticket.number,
            ticket.state,
            ticket.lead_department or "",
            ticket.supervision,
            ticket.next_due_at,
            link.linked_by,
            link.linked_at,
        )
        for link, ticket in rows
        if covers(scope, facts_of(ticket, office.departments))
    )
