"""The tickets of a hot issue: which of them could carry the matter, and where they all stand."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from casework.model import OPEN_STATES, TicketState
from casework.office import Office
from casework.permissions import Scope
from casework.storage.queries.tickets import TICKETS
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import HotIssueMessageRow, MessageRow, TicketRow

_NO_MAIN = (TicketState.MERGED, TicketState.REFUSED)


@dataclass(frozen=True, slots=True)
class MainTicket:
    """The ticket that others could be merged into. merged: of the issue's tickets, those that are.
    mergeable: open tickets of the issue beside it."""

    number: str
    state: TicketState
    department: str
    merged: int
    mergeable: int


@dataclass(frozen=True, slots=True)
class TicketCount:
    """Tickets of an issue with one department ("" for none yet). open: not answered."""

    department: str
    tickets: int
    open: int
    merged: int


def main_ticket(work: Work, office: Office, scope: Scope, issue_id: UUID) -> MainTicket | None:
    """Proposed as the one that carries the matter: what most others were merged into, else one that
    is open, else the earliest; None when the issue is of public posts alone."""
    other = aliased(TicketRow)
    merged = (
        select(func.count())
        .select_from(other)
        .where(other.merged_into == TicketRow.id)
        .scalar_subquery()
    )
    found = work.session.execute(
        select(TicketRow.number, TicketRow.state, TicketRow.lead_department, merged)
        .select_from(TICKETS)
        .join(HotIssueMessageRow, HotIssueMessageRow.message_id == TicketRow.message_id)
        .where(
            HotIssueMessageRow.issue_id == issue_id,
            MessageRow.deleted_at.is_(None),
            TicketRow.state.not_in(_NO_MAIN),
            *tickets_in(scope, office.departments),
        )
        .order_by(
            merged.desc(),
            case((TicketRow.state.in_(OPEN_STATES), 0), else_=1),
            MessageRow.received_at,
            TicketRow.number,
        )
        .limit(1)
    ).first()
    if found is None:
        return None
    number, state, department, many = found
    counts = tickets_by_department(work, office, scope, issue_id)
    open_beside = sum(one.open for one in counts) - (state in OPEN_STATES)
    return MainTicket(number, TicketState(state), department or "", many, open_beside)


def tickets_by_department(
    work: Work, office: Office, scope: Scope, issue_id: UUID
) -> tuple[TicketCount, ...]:
    """Departments with tickets of the issue, those with most first; refused ones are left out."""
    is_open = func.count().filter(TicketRow.state.in_(OPEN_STATES))
    is_merged = func.count().filter(TicketRow.state == TicketState.MERGED)
    rows = work.session.execute(
        select(TicketRow.lead_department, func.count(), is_open, is_merged)
        .select_from(TICKETS)
        .join(HotIssueMessageRow, HotIssueMessageRow.message_id == TicketRow.message_id)
        .where(
            HotIssueMessageRow.issue_id == issue_id,
            MessageRow.deleted_at.is_(None),
            TicketRow.state != TicketState.REFUSED,
            *tickets_in(scope, office.departments),
        )
        .group_by(TicketRow.lead_department)
    )
    found = [TicketCount(unit or "", many, running, merged) for unit, many, running, merged in rows]
    return tuple(sorted(found, key=lambda one: (-one.tickets, one.department)))
