"""Requests that wait for a decision, for whoever may decide on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from casework.office import Office
from casework.permissions import Action, Person, scope_of
from casework.requests import Request, RequestKind, RequestState
from casework.storage.queries.ticket_lines import TicketLine, ticket_line
from casework.storage.records import Work
from casework.storage.requests import read_request
from casework.storage.scopes import tickets_in
from casework.storage.tables import MessageRow, RequestRow, TicketRow

MOST = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request and the ticket it is about."""

    request: Request
    line: TicketLine


def waiting_requests(
    work: Work, office: Office, person: Person, kinds: Sequence[RequestKind] = ()
) -> tuple[Waiting, ...]:
    """Requests in the person's scope, those about the nearest clock first; MOST at most."""
    rows = work.session.execute(
        select(RequestRow, TicketRow)
        .join(TicketRow, TicketRow.id == RequestRow.ticket_id)
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
        )
        .where(
            RequestRow.state == RequestState.OPEN,
            *([RequestRow.kind.in_(kinds)] if kinds else []),
            MessageRow.deleted_at.is_(None),
            *tickets_in(scope_of(person, Action.APPROVE), office.departments),
        )
        .order_by(TicketRow.next_due_at.is_(None), TicketRow.next_due_at, RequestRow.id)
        .limit(MOST)
    ).unique()
    return tuple(Waiting(read_request(request), ticket_line(ticket)) for request, ticket in rows)


def count_waiting(work: Work, office: Office, person: Person) -> dict[str, int]:
    """How many wait in the person's scope, by kind."""
    rows = work.session.execute(
        select(RequestRow.kind, func.count())
        .join(TicketRow, TicketRow.id == RequestRow.ticket_id)
        .where(
            RequestRow.state == RequestState.OPEN,
            *tickets_in(scope_of(person, Action.APPROVE), office.departments),
        )
        .group_by(RequestRow.kind)
    )
    return {str(kind): many for kind, many in rows}
