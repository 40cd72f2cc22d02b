"""The sweep of contributions: as casework/storage/sweep.py of clocks, for the days of those who were asked.

The unit asked and its head are told by the ladder; once it is over the unit that leads is told, too. The
ticket's own level of supervision is left to its own clocks.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from casework.contributions import ContributionState
from casework.events import PROGRAM, EventName
from casework.ladder import Audience, Step, next_step
from casework.model import ClockName
from casework.office import Office
from casework.storage.audit import append_text
from casework.storage.contributions import tell
from casework.storage.records import Records, Work
from casework.storage.tables import ContributionRow, TicketRow

BATCH = 100


def sweep_contributions(records: Records, office: Office, now: datetime) -> int:
    """Let every open contribution take the steps that are due; returns how many took one."""
    taken = 0
    while True:
        with records.write() as work:
            found = _batch(work, office, now)
            work.commit()
        taken += found
        if found < BATCH:
            return taken


def _batch(work: Work, office: Office, now: datetime) -> int:
    # Tickets first, then their chains: the order in which everybody locks them.
    rows = work.session.execute(
        select(ContributionRow, TicketRow)
        .join(TicketRow, TicketRow.id == ContributionRow.ticket_id)
        .where(ContributionRow.next_step_at <= now, ContributionRow.state == ContributionState.OPEN)
        .order_by(ContributionRow.next_step_at, ContributionRow.id)
        .limit(BATCH)
        .with_for_update(of=(TicketRow, ContributionRow), skip_locked=True)
    ).all()
    for row, ticket in rows:
        _take_steps(work, office, row, ticket, now)
    return len(rows)


def _take_steps(
    work: Work, office: Office, row: ContributionRow, ticket: TicketRow, now: datetime
) -> None:
    """Every step that is due, in order; of those missed each is written down, the last is told."""
    ladder = office.policy_named(ticket.policy_version, ticket.opened_at).steps
    last: Step | None = None
    while row.next_step_at is not None and row.next_step_at <= now:
        last = ladder[row.step]
        said = {
            "clock": ClockName.CO_HANDLE,
            "step": last.name,
            "department": row.department or "",
            "contribution": str(row.id),
            "due": row.due_at.isoformat(timespec="seconds"),
        }
        name = EventName.CLOCK_OVER if _is_over(last) else EventName.CLOCK_WARNED
        append_text(work, str(ticket.id), name, PROGRAM, now, said)
        following = next_step(
            ladder,
            row.step + 1,
            ClockName.CO_HANDLE,
            row.asked_at,
            row.due_at,
            office.calendar,
            office.zone,
        )
        row.step, row.next_step_at = following or (len(ladder), None)
    if last is not None:
        _tell(work, row, ticket, last, now)


def _tell(work: Work, row: ContributionRow, ticket: TicketRow, step: Step, now: datetime) -> None:
    for audience in step.tells:
        own = audience in (Audience.UNIT, Audience.HEAD)
        if row.department or not own:
            tell(work, row, step.name, audience, row.department if own else None, now)
    if ticket.lead_department and (_is_over(step) or not row.department):
        tell(work, row, step.name, Audience.UNIT, ticket.lead_department, now)


def _is_over(step: Step) -> bool:
    return step.part == 1 or bool(step.after)
