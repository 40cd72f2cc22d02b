"""What one department did month by month, by indicators that do not overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select

from casework.model import ClockName
from casework.office import Office
from casework.permissions import Scope
from casework.storage.queries.tickets import TICKETS
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import ClockRow, MessageRow, TicketRow


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """Of one month: first contacts made, and how many too late; first answers given, how many of them
    too late, and how many of these tickets had to be done again since."""

    contacted: int = 0
    contacted_late: int = 0
    answered: int = 0
    answered_late: int = 0
    done_again: int = 0


def unit_months(
    work: Work, office: Office, scope: Scope, department: str, borders: Sequence[datetime]
) -> tuple[UnitMonth, ...]:
    """The months from each border to the next, in order; a ticket counts where its clock stopped, by the
    clocks of its first round."""
    late = case((ClockRow.stopped_at > ClockRow.due_at, 1), else_=0)
    again = case((TicketRow.round > 1, 1), else_=0)
    month = case(
        *((ClockRow.stopped_at < end, number) for number, end in enumerate(borders[1:])), else_=-1
    ).label("month")
    rows = work.session.execute(
        select(month, ClockRow.name, func.count(), func.sum(late), func.sum(again))
        .select_from(TICKETS)
        .join(
            ClockRow,
            and_(
                ClockRow.ticket_id == TicketRow.id,
                ClockRow.name.in_((ClockName.CONTACT, ClockName.REPLY)),
                ClockRow.voided.is_(False),
                ClockRow.round == 1,
                ClockRow.stopped_at >= borders[0],
                ClockRow.stopped_at < borders[-1],
            ),
        )
        .where(
            *tickets_in(scope, office.departments),
            TicketRow.lead_department == department,
            MessageRow.deleted_at.is_(None),
        )
        .group_by(month, ClockRow.name)
    )
    found: dict[tuple[int, str], tuple[int, int, int]] = {
        (number, name): (count, int(too_late or 0), int(redone or 0))
        for number, name, count, too_late, redone in rows
    }
    nothing = (0, 0, 0)
    return tuple(
        UnitMonth(
            *found.get((number, ClockName.CONTACT), nothing)[:2],
            *found.get((number, ClockName.REPLY), nothing),
        )
        for number in range(len(borders) - 1)
    )
