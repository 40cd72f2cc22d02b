"""Tickets that say the same: one carries the matter, the others are linked to it.

A merged ticket keeps its number, code and words; its clocks are voided and it moves with the ticket
that carries it. A 举报 joins nothing but an earlier one of the same sender (routing/report_again.py), and
nothing else joins it: who reported, and that somebody did, must not be learned from another ticket.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from casework.errors import Conflict, NotFound, Rejected
from casework.model import OPEN_STATES, IntakeMode
from casework.office import Office
from casework.permissions import Action, Person, scope_of
from casework.storage import outbox
from casework.storage.locks import lock
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import MessageRow, TicketRow
from casework.taxonomy import REPORT


def one_merging_at_a_time(work: Work) -> None:
    """Wait for any other merging to end: two tickets merged into each other at one moment would
    carry one another, and nobody would answer."""
    lock(work, ["merging"])


def carrier(
    work: Work,
    office: Office,
    number: str,
    person: Person,
    action: Action,
    reports: bool = False,
) -> TicketRow:
    """The open ticket with this number, to carry another one's matter. reports: it may be a 举报.

    Raises NotFound outside the person's scope for the action, Conflict("state") when it is no
    longer open, Rejected("report_apart", "into") for a 举报.
    """
    ticket = work.session.scalar(
        select(TicketRow)
        .options(joinedload(TicketRow.message))
        .where(
            TicketRow.number == number, *tickets_in(scope_of(person, action), office.departments)
        )
    )
    if ticket is None or ticket.message.deleted_at is not None:
        raise NotFound("ticket", number)
    if ticket.kind == REPORT and not reports:
        raise Rejected("report_apart", "into")
    if ticket.state not in OPEN_STATES or ticket.message.mode == IntakeMode.HISTORY:
        raise Conflict("state")
    return ticket


def carried_by(work: Work, ticket: TicketRow) -> Iterator[TicketRow]:
    """Every ticket whose matter this one carries, also by way of another."""
    waiting, seen = [ticket.id], {ticket.id}
    while waiting:
        rows = work.session.scalars(
            select(TicketRow)
            .options(joinedload(TicketRow.message))
            .where(TicketRow.merged_into == waiting.pop())
            .order_by(TicketRow.id)
        ).all()
        for row in rows:
            if row.id not in seen:
                seen.add(row.id)
                waiting.append(row.id)
                yield row


def carry_along(work: Work, ticket: TicketRow, now: datetime) -> None:
    """Give what is merged into the ticket to its department, which must be able to read it."""
    for row in carried_by(work, ticket):
        row.lead_department = ticket.lead_department
        touch(work, row, now)


def touch(work: Work, ticket: TicketRow, now: datetime) -> None:
    """Let the index learn of a ticket that changed beside another."""
    work.session.execute(
        update(MessageRow)
        .where(MessageRow.id == ticket.message_id)
        .values(version=MessageRow.version + 1)
    )
    outbox.announce(work, ticket.message_id, now)
