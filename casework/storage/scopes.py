"""A permission scope as a condition on tickets, for one ticket and for lists of them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select

from casework.contributions import SEEN_BY_ASKED
from casework.departments import DepartmentTree
from casework.permissions import MARK, Scope, TicketFacts, mark_of
from casework.storage.tables import AccusationRow, ContributionRow, RecusalRow, TicketRow


def tickets_in(scope: Scope, departments: DepartmentTree) -> list[ColumnElement[bool]]:
    """Conditions for a where clause over TicketRow; every list and count of tickets has them."""
    if scope.nothing:
        return [false()]
    conditions: list[ColumnElement[bool]] = []
    if not scope.unscreened_reports:
        conditions.append(TicketRow.unscreened_report.is_(False))
    if scope.not_accused:
        accused = select(AccusationRow.ticket_id).where(
            AccusationRow.ticket_id == TicketRow.id,
            AccusationRow.department.in_(sorted(scope.not_accused)),
        )
        people = [
            UUID(code.removeprefix(MARK)) for code in scope.not_accused if code.startswith(MARK)
        ]
        kept_from = select(RecusalRow.ticket_id).where(
            RecusalRow.ticket_id == TicketRow.id, RecusalRow.user_id.in_(people)
        )
        conditions += [~accused.exists(), ~kept_from.exists()]
    units = _units(scope, departments)
    return [*conditions, or_(*units)] if units else conditions


def _units(scope: Scope, departments: DepartmentTree) -> list[ColumnElement[bool]]:
    """One of these must hold; none: any department's ticket."""
    units: list[ColumnElement[bool]] = []
    if scope.lead_under:
        units.append(TicketRow.lead_department.in_(sorted(departments.below(scope.lead_under))))
    if scope.asked_under:
        asked = (
            select(ContributionRow.ticket_id)
            .where(
                ContributionRow.ticket_id == TicketRow.id,
                ContributionRow.department.in_(sorted(departments.below(scope.asked_under))),
                ContributionRow.state.in_(SEEN_BY_ASKED),
            )
            .correlate(TicketRow)  # a list of contributions has that table of its own
        )
        units.append(asked.exists())
    return units


def facts_of(ticket: TicketRow, departments: DepartmentTree) -> TicketFacts:
    """What of a ticket decides who sees it."""
    return TicketFacts(
        lead_above=departments.above(ticket.lead_department or ""),
        unscreened_report=ticket.unscreened_report,
        accused=frozenset(row.department for row in ticket.accusations)
        | {mark_of(row.user_id) for row in ticket.recusals},
        asked_above=frozenset().union(
            *(
                departments.above(row.department)
                for row in ticket.contributions
                if row.department and row.state in SEEN_BY_ASKED
            )
        ),
    )
