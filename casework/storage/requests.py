"""Requests in and out of the records: asked, decided, or needless because the ticket moved on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from casework.errors import Conflict, NotFound
from casework.life import TicketState
from casework.permissions import Person
from casework.requests import Request, RequestKind, RequestState
from casework.storage.records import Work
from casework.storage.tables import RequestRow, TicketRow

NEEDLESS = "needless"
"""The state of a request that was overtaken: the ticket was answered, given away, taken up."""
_HANDLED = (
    TicketState.ASSIGNED,
    TicketState.HANDLING,
    TicketState.SUSPENDED,
    TicketState.RETURNED,
    TicketState.REVIEWING,
)
WANTED_IN: Mapping[RequestKind, tuple[TicketState, ...]] = {
    RequestKind.RETURN: (TicketState.RETURNED,),
    RequestKind.EXTEND: _HANDLED,
    RequestKind.SUSPEND: (TicketState.HANDLING,),
    RequestKind.ANSWER: (TicketState.REVIEWING,),
    RequestKind.REFUSE: (TicketState.SCREENING,),
}
"""The states of a ticket in which a request still waits for its decision."""


def ask(
    work: Work,
    ticket: TicketRow,
    kind: RequestKind,
    person: Person,
    now: datetime,
    reason: str,
    *,
    basis: str = "",
    amount: int = 0,
    pause: str = "",
    target: str = "",
    parts: Mapping[str, object] | None = None,
) -> None:
    """Put a request. Raises Conflict("asked") while one of its kind waits."""
    if waiting_request(work, ticket.id, kind) is not None:
        raise Conflict("asked")
    work.session.add(
        RequestRow(
            id=uuid7(),
            ticket_id=ticket.id,
            kind=kind,
            state=RequestState.OPEN,
            asked_by=person.username,
            asked_at=now,
            department=ticket.lead_department,
            reason=reason,
            basis=basis,
            amount=amount,
            pause=pause,
            target=target or None,
            parts=dict(parts or {}),
        )
    )


def waiting_request(work: Work, ticket_id: UUID, kind: RequestKind) -> RequestRow | None:
    """The request of a kind that waits, or None."""
    return work.session.scalar(
        select(RequestRow).where(
            RequestRow.ticket_id == ticket_id,
            RequestRow.kind == kind,
            RequestRow.state == RequestState.OPEN,
        )
    )


def request_row(work: Work, request_id: UUID) -> RequestRow:
    """The request, which must still wait. Raises NotFound, Conflict("decided")."""
    row = work.session.get(RequestRow, request_id)
    if row is None:
        raise NotFound("request", str(request_id))
    if row.state != RequestState.OPEN:
        raise Conflict("decided")
    return row


def close_request(row: RequestRow, granted: bool, person: Person, note: str, now: datetime) -> None:
    """Write the decision down."""
    row.state = RequestState.GRANTED if granted else RequestState.REFUSED
    row.decided_by, row.decided_at, row.decision = person.username, now, note


def void_needless(work: Work, ticket: TicketRow) -> None:
    """Close what the ticket's state has overtaken, so that nobody is asked to decide it."""
    wanted = [kind for kind, states in WANTED_IN.items() if ticket.state in states]
    work.session.execute(
        update(RequestRow)
        .where(
            RequestRow.ticket_id == ticket.id,
            RequestRow.state == RequestState.OPEN,
            RequestRow.kind.not_in(wanted),
        )
        .values(state=NEEDLESS)
        .execution_options(synchronize_session="fetch")
    )


def requests_of(work: Work, ticket_id: UUID) -> tuple[Request, ...]:
    """Every request about a ticket that waits or was decided, oldest first."""
    rows = work.session.scalars(
        select(RequestRow)
        .where(RequestRow.ticket_id == ticket_id, RequestRow.state != NEEDLESS)
        .order_by(RequestRow.id)
    )
    return tuple(read_request(row) for row in rows)


def read_request(row: RequestRow) -> Request:
    """A request as the model knows it."""
    return Request(
        id=row.id,
        ticket_id=row.ticket_id,
        kind=RequestKind(row.kind),
        state=RequestState(row.state),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        department=row.department or "",
        reason=row.reason,
        basis=row.basis,
        amount=row.amount,
        pause=row.pause,
        target=row.target or "",
        parts={name: str(words) for name, words in row.parts.items() if name != "files"},
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision=row.decision,
    )
