"""Departments that work goes to although nobody works for them: their people left, or none were added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from casework.departments import DepartmentTree
from casework.model import OPEN_STATES
from casework.permissions import UNIT_ROLES
from casework.storage.records import Work
from casework.storage.tables import TicketRow, UserRoleRow, UserRow


@dataclass(frozen=True, slots=True)
class Unstaffed:
    """open_tickets: they lead now. leaves: of the catalogue, whose messages go to them."""

    department: str
    open_tickets: int
    leaves: int


def staffed(work: Work) -> frozenset[str]:
    """The departments with somebody of their own who can sign in and act on a ticket. Somebody of a
    department above could as well, but looks after their own first."""
    found = work.session.scalars(
        select(UserRow.department)
        .join(UserRoleRow, UserRoleRow.user_id == UserRow.id)
        .where(UserRow.active, UserRow.department.is_not(None), UserRoleRow.role.in_(UNIT_ROLES))
        .distinct()
    )
    return frozenset(code for code in found if code)


def unstaffed(work: Work, tree: DepartmentTree, leaves: Mapping[str, int]) -> tuple[Unstaffed, ...]:
    """Departments in being that lead open tickets, or leaves of the catalogue, and have nobody; most
    tickets first. leaves: how many each leads."""
    tickets: dict[str, int] = {
        code or "": many
        for code, many in work.session.execute(
            select(TicketRow.lead_department, func.count())
            .where(TicketRow.state.in_(OPEN_STATES))
            .group_by(TicketRow.lead_department)
        )
    }
    have = staffed(work)
    found = [
        Unstaffed(each.code, tickets.get(each.code, 0), leaves.get(each.code, 0))
        for each in tree
        if each.active and each.code not in have
    ]
    return tuple(
        sorted(
            (one for one in found if one.open_tickets or one.leaves),
            key=lambda one: (-one.open_tickets, -one.leaves),
        )
    )
