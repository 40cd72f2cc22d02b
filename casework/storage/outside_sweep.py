"""The sweep of links to bodies outside: one that nears its end is reminded of, one past it is over.

What was asked ends with its link; the unit that leads is told.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from casework.contributions import ContributionState
from casework.events import PROGRAM, EventName
from casework.ladder import Audience
from casework.storage import notices
from casework.storage.acts import finish_as
from casework.storage.audit import append_text
from casework.storage.contributions import EXPIRED, end, tell
from casework.storage.outside import tell_body
from casework.storage.records import Records, Work
from casework.storage.tables import ContributionRow, OutsideRequestRow, TicketRow

BATCH = 50


def sweep_outside(records: Records, now: datetime) -> int:
    """Remind and end what is due; returns how many links were."""
    taken = 0
    while True:
        with records.write() as work:
            found = _batch(work, now)
            work.commit()
        taken += found
        if found < BATCH:
            return taken


def _batch(work: Work, now: datetime) -> int:
    rows = work.session.execute(
        select(ContributionRow, OutsideRequestRow, TicketRow)
        .join(OutsideRequestRow, OutsideRequestRow.contribution_id == ContributionRow.id)
        .join(TicketRow, TicketRow.id == ContributionRow.ticket_id)
        .where(
            ContributionRow.state == ContributionState.OPEN,
            or_(OutsideRequestRow.expires_at <= now, OutsideRequestRow.remind_at <= now),
        )
        .order_by(OutsideRequestRow.expires_at, ContributionRow.id)
        .limit(BATCH)
        .with_for_update(of=(TicketRow, ContributionRow), skip_locked=True)
    ).all()
    for row, asked, ticket in rows:
        if asked.expires_at <= now:
            _end(work, row, asked, ticket, now)
        else:
            asked.remind_at = None
            tell_body(work, row, notices.OUTSIDE_REMINDED, now)
            told = {"contribution": str(row.id), "reason": asked.name}
            append_text(work, str(ticket.id), EventName.OUTSIDE_REMINDED, PROGRAM, now, told)
    return len(rows)


def _end(
    work: Work, row: ContributionRow, asked: OutsideRequestRow, ticket: TicketRow, now: datetime
) -> None:
    # Read before anything changes, as acts.begin does.
    _ = ticket.clocks, ticket.pauses, ticket.contributions
    end(row, ContributionState.EXPIRED, "", now)
    if ticket.lead_department:
        tell(work, row, EXPIRED, Audience.UNIT, ticket.lead_department, now)
    told = {"contribution": str(row.id), "department": "", "reason": asked.name}
    finish_as(work, ticket, EventName.CONTRIBUTION_EXPIRED, PROGRAM, now, told)
