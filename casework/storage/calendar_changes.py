"""A changed day of the calendar: which open tickets it moves, told first; then moved, each with its
audit entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from casework.events import PROGRAM, EventName
from casework.life import OPEN_STATES, TicketState
from casework.office import Office
from casework.storage.acts import finish_as
from casework.storage.clocks import Moved, counted, recount, running
from casework.storage.locks import lock
from casework.storage.records import Records, Work
from casework.storage.tables import ClockRow, TicketRow
from casework.workdays import CalendarDay, WorkingCalendar

BATCH = 200
SHOWN = 20
AROUND = timedelta(days=2)
"""A deadline's last day may be moved by the day after it, and its first lies before the one counted."""
CLOCKS_RUN = OPEN_STATES | {TicketState.ANSWERED}
"""Of an answered ticket the clock of the call-back still runs."""


@dataclass(frozen=True, slots=True)
class MovedTicket:
    """An open ticket and its clocks that become due at another time."""

    number: str
    clocks: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """tickets: how many move in all; later, earlier: their clocks by direction; some: the first of
    them, SHOWN at most."""

    tickets: int
    later: int
    earlier: int
    some: tuple[MovedTicket, ...]


def with_days(office: Office, days: list[CalendarDay]) -> Office:
    """The office as it would be with these days; nothing is written."""
    known = {day.day: day for day in days}
    return replace(office, calendar=_Changed(office.calendar, known))


class _Changed(WorkingCalendar):
    """A calendar with some days otherwise."""

    def __init__(self, known: WorkingCalendar, days: dict[date, CalendarDay]) -> None:
        super().__init__(days, known.duty)
        self._known = known

    def day(self, day: date) -> CalendarDay:
        return self._days.get(day) or self._known.day(day)


def preview(work: Work, office: Office, days: list[CalendarDay]) -> Affected:
    """What these days would move, told before anything is changed."""
    changed = with_days(office, days)
    tickets = later = earlier = 0
    some: list[MovedTicket] = []
    for ticket in _touched(work, days):
        moved = [
            Moved(clock.name, clock.due_at, found.due_at)
            for clock in running(ticket)
            if (found := counted(changed, ticket, clock)).due_at != clock.due_at
        ]
        if not moved:
            continue
        tickets += 1
        later += sum(one.after > one.before for one in moved)
        earlier += sum(one.after < one.before for one in moved)
        if len(some) < SHOWN:
            some.append(MovedTicket(ticket.number, tuple(moved)))
    return Affected(tickets, later, earlier, tuple(some))


def recount_open(records: Records, office: Office, days: list[CalendarDay], now: datetime) -> int:
    """Count the clocks of open tickets anew by the calendar as it now is; returns how many tickets
    moved. In batches; cut off and begun again it moves only what is left."""
    with records.read() as work:
        found = [ticket.id for ticket in _touched(work, days)]
    return sum(
        _recount_some(records, office, found[first : first + BATCH], days, now)
        for first in range(0, len(found), BATCH)
    )


def _recount_some(
    records: Records, office: Office, ids: list[UUID], days: list[CalendarDay], now: datetime
) -> int:
    done = 0
    with records.write() as work:
        lock(work, ["recount"])
        rows = work.session.scalars(
            select(TicketRow)
            .options(
                selectinload(TicketRow.clocks),
                selectinload(TicketRow.pauses),
                selectinload(TicketRow.contributions),
            )
            .where(TicketRow.id.in_(ids), TicketRow.state.in_(CLOCKS_RUN))
            .order_by(TicketRow.id)
            .with_for_update(of=TicketRow)
        )
        for ticket in rows.all():
            moved = recount(office, ticket)
            if moved:
                done += 1
                finish_as(work, ticket, EventName.RECOUNTED, PROGRAM, now, _said(days, moved))
        work.commit()
    return done


def _said(days: list[CalendarDay], moved: list[Moved]) -> dict[str, object]:
    return {
        "days": [day.day.isoformat() for day in days][:40],
        "moved": [[one.name, one.before.isoformat(), one.after.isoformat()] for one in moved],
    }


def _touched(work: Work, days: list[CalendarDay]) -> Iterator[TicketRow]:
    """Open tickets with a clock whose time touches one of the days."""
    if not days:
        return
    begin = datetime.combine(min(day.day for day in days), time.min, tzinfo=UTC) - AROUND
    end = datetime.combine(max(day.day for day in days), time.min, tzinfo=UTC) + AROUND
    touched = (
        select(ClockRow.ticket_id)
        .where(
            ClockRow.stopped_at.is_(None),
            ClockRow.voided.is_(False),
            ClockRow.started_at < end,
            ClockRow.due_at > begin,
        )
        .distinct()
    )
    yield from work.session.scalars(
        select(TicketRow)
        .options(selectinload(TicketRow.clocks), selectinload(TicketRow.pauses))
        .where(TicketRow.id.in_(touched), TicketRow.state.in_(CLOCKS_RUN))
        .order_by(TicketRow.id)
        .execution_options(yield_per=BATCH)
    )
