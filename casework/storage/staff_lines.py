"""What a message to staff still has to say when it goes out: what is still so, and may still be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from casework.contributions import ContributionState
from casework.life import OPEN_STATES
from casework.office import Office
from casework.permissions import (
    Action,
    Person,
    covers,
    kept_from,
    kept_out,
    may_answer_alert,
    scope_of,
)
from casework.storage.alert_notices import Hearing, ticket_behind
from casework.storage.contributions import ASKED, LET_OFF, facts_told
from casework.storage.people import person_of
from casework.storage.records import Work
from casework.storage.staff_notices import RAISED
from casework.storage.tables import (
    AlertRow,
    ClockRow,
    ContributionRow,
    StaffMessageRow,
    StaffNoticeRow,
    TicketRow,
    ToldRow,
    UserRow,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing told: a clock of a ticket, or a contribution to it, and the step it has come to; or what
    befell an alert and the response it owes next. due_at: as it is now; None for an alert that owes
    nothing more, and for a ticket the unit has nothing to do with any more. severity: of an alert, "" for
    a ticket. for_unit: it was handed to a department, whose people see it on a page of their own."""

    number: str
    clock: str
    step: str
    due_at: datetime | None
    severity: str = ""
    for_unit: bool = False


def lines_of(
    work: Work, office: Office, row: StaffMessageRow, user: UserRow | None, now: datetime
) -> tuple[Line, ...]:
    """What a message tells: alerts first. Empty when nothing is left to say."""
    person = person_of(user, office.departments) if user is not None else None
    alerts = dict(_alert_lines(work, office, row, person, now))
    return (*alerts.values(), *_ticket_lines(work, office, row, person))


def _alert_lines(
    work: Work, office: Office, row: StaffMessageRow, person: Person | None, now: datetime
) -> Iterator[tuple[tuple[UUID, str], Line]]:
    """By alert and what is told of it; of two steps of one clock the later one comes last."""
    hearing = Hearing(work, now)
    found = work.session.execute(
        select(StaffNoticeRow, AlertRow)
        .join(ToldRow, ToldRow.notice_id == StaffNoticeRow.id)
        .join(AlertRow, AlertRow.id == StaffNoticeRow.alert_id)
        .where(ToldRow.message_id == row.id)
        .order_by(StaffNoticeRow.created_at, StaffNoticeRow.id)
    ).all()
    for notice, alert in found:
        if not hearing.still_so(notice, alert) or _told_elsewhere(work, row, notice):
            continue
        if not _may_be_told(work, office, person, notice, alert):
            continue
        owed = hearing.next_response(alert)
        clock = notice.clock or (owed[0] if owed else "")
        line = Line(
            alert.number,
            clock,
            notice.step,
            owed[1] if owed else None,
            alert.severity,
            bool(notice.department),
        )
        yield (alert.id, notice.clock or notice.step), line


def _may_be_told(
    work: Work, office: Office, person: Person | None, notice: StaffNoticeRow, alert: AlertRow
) -> bool:
    """Whether somebody, or an office (None), is still to be told: not that what they took on was raised."""
    ticket = ticket_behind(work, alert, office.departments)
    unit = notice.department or ""
    if person is None:
        return ticket is None or not kept_out(office.departments.above(unit), ticket)
    if unit:
        mine = may_answer_alert(person, unit)
        return mine and (ticket is None or not kept_from(person, ticket))
    if not person.may(Action.READ_TRENDS):
        return False
    if notice.step == RAISED and alert.owner == person.username:
        return False
    return ticket is None or covers(scope_of(person, Action.READ_TICKET), ticket)


def _told_elsewhere(work: Work, row: StaffMessageRow, notice: StaffNoticeRow) -> bool:
    """Whether an urgent message told them already: the alert grew while this one waited."""
    if row.urgent:
        return False
    found = work.session.scalar(
        select(StaffMessageRow.id)
        .join(ToldRow, ToldRow.message_id == StaffMessageRow.id)
        .join(StaffNoticeRow, StaffNoticeRow.id == ToldRow.notice_id)
        .where(
            StaffMessageRow.recipient == row.recipient,
            StaffMessageRow.urgent,
            StaffNoticeRow.alert_id == notice.alert_id,
            StaffNoticeRow.clock == notice.clock,
            StaffNoticeRow.step == notice.step,
        )
        .limit(1)
    )
    return found is not None


def _ticket_lines(
    work: Work, office: Office, row: StaffMessageRow, person: Person | None
) -> tuple[Line, ...]:
    """The last step of each clock and of each contribution, in order."""
    found = work.session.execute(
        select(StaffNoticeRow, TicketRow, ClockRow, ContributionRow)
        .join(ToldRow, ToldRow.notice_id == StaffNoticeRow.id)
        .join(TicketRow, TicketRow.id == StaffNoticeRow.ticket_id)
        .outerjoin(
            ClockRow,
            (ClockRow.ticket_id == TicketRow.id)
            & (ClockRow.name == StaffNoticeRow.clock)
            & (ClockRow.round == TicketRow.round),
        )
        .outerjoin(ContributionRow, ContributionRow.id == StaffNoticeRow.contribution_id)
        .where(ToldRow.message_id == row.id)
        .order_by(StaffNoticeRow.created_at, StaffNoticeRow.id)
    ).all()
    scope = scope_of(person, Action.READ_TICKET) if person is not None else None
    of_clocks = office.step_names()
    lines: dict[tuple[UUID, str, bool], Line] = {}
    for notice, ticket, clock, contribution in found:
        of_clock = notice.step in of_clocks
        timed = contribution if notice.contribution_id is not None else clock
        if timed is None or not _still_so(notice.step, of_clock, ticket, timed):
            continue
        if scope is not None and not covers(scope, facts_told(ticket, notice, office.departments)):
            continue
        key = (notice.contribution_id or ticket.id, notice.clock, of_clock)
        due_at = None if notice.step == LET_OFF else timed.due_at
        lines[key] = Line(ticket.number, notice.clock, notice.step, due_at)
    return tuple(lines.values())


def _still_so(
    step: str, of_clock: bool, ticket: TicketRow, timed: ClockRow | ContributionRow
) -> bool:
    """Whether the clock still runs, or the contribution is still waited for; of what the citizen did
    or another unit gave, whether the ticket is open."""
    if isinstance(timed, ContributionRow) and step == LET_OFF:
        return timed.state == ContributionState.WITHDRAWN
    if isinstance(timed, ContributionRow) and (of_clock or step == ASKED):
        return timed.state == ContributionState.OPEN
    if of_clock and isinstance(timed, ClockRow):
        return timed.stopped_at is None and not timed.voided
    return ticket.state in OPEN_STATES
