"""What the leadership's first page counts in the records: what waits, how long, and who is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, func, select

from casework.model import OPEN_STATES, ClockName
from casework.office import Office
from casework.permissions import Scope
from casework.storage.queries.tickets import TICKETS
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import ClockRow, MessageRow, TicketRow

AGE_BANDS = ((0, 0), (1, 2), (3, 4), (5, 9), (10, 14), (15, 29), (30, None))
"""Days since the message came, first and last included; None: without end."""


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Open tickets by the day their message came. first_day None: however long ago."""

    from_days: int
    to_days: int | None
    first_day: date | None
    last_day: date
    count: int


@dataclass(frozen=True, slots=True)
class DepartmentReplies:
    """Replies of one lead department in a period, and what it is late with now."""

    department: str
    answered: int
    in_time: int
    overdue_now: int


def open_by_age(work: Work, office: Office, scope: Scope, now: datetime) -> tuple[AgeBand, ...]:
    """How long the open tickets of the scope have waited."""
    today = now.astimezone(office.zone).date()
    bounds = [_days(today, first, last) for first, last in AGE_BANDS]
    counts = work.session.execute(
        select(
            *(
                func.count().filter(
                    MessageRow.received_at < _midnight(last_day + timedelta(1), office),
                    *(
                        [MessageRow.received_at >= _midnight(first_day, office)]
                        if first_day is not None
                        else []
                    ),
                )
                for first_day, last_day in bounds
            )
        )
        .select_from(TICKETS)
        .where(
            *tickets_in(scope, office.departments),
            TicketRow.state.in_(OPEN_STATES),
            MessageRow.deleted_at.is_(None),
        )
    ).one()
    return tuple(
        AgeBand(ages[0], ages[1], days[0], days[1], count)
        for ages, days, count in zip(AGE_BANDS, bounds, counts, strict=True)
    )


def replies_by_department(
    work: Work, office: Office, scope: Scope, start: datetime, end: datetime, now: datetime
) -> tuple[DepartmentReplies, ...]:
    """Departments that answered in [start, end), most answers first. Only tickets whose reply
    clock ran count; of one that was reopened the first answer stays counted, and no later one."""
    in_period = and_(ClockRow.round == 1, ClockRow.stopped_at >= start, ClockRow.stopped_at < end)
    rows = work.session.execute(
        select(
            TicketRow.lead_department,
            func.count().filter(in_period),
            func.count().filter(in_period, ClockRow.stopped_at <= ClockRow.due_at),
            func.count().filter(ClockRow.stopped_at.is_(None), ClockRow.due_at < now),
        )
        .select_from(TICKETS)
        .join(
            ClockRow,
            and_(
                ClockRow.ticket_id == TicketRow.id,
                ClockRow.name == ClockName.REPLY,
                ClockRow.voided.is_(False),
            ),
        )
        .where(
            *tickets_in(scope, office.departments),
            TicketRow.lead_department.is_not(None),
            MessageRow.deleted_at.is_(None),
        )
        .group_by(TicketRow.lead_department)
    )
    found = [DepartmentReplies(str(row[0]), row[1], row[2], row[3]) for row in rows]
    return tuple(sorted(found, key=lambda one: (-one.answered, one.department)))


def _days(today: date, first: int, last: int | None) -> tuple[date | None, date]:
    oldest = None if last is None else today - timedelta(last)
    return oldest, today - timedelta(first)


def _midnight(day: date, office: Office) -> datetime:
    return datetime.combine(day, time.min, tzinfo=office.zone)
