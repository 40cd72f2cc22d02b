"""After the answer: calling the citizen back, and doing it again with clocks of its own.

The first round's clocks keep their times, so that the first result stays in the figures; every answer
given stays on the ticket.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from casework.deadlines import start_clocks
from casework.events import EventName
from casework.model import ClockName, ClockStart, TicketAct
from casework.office import Office
from casework.permissions import Action, Person
from casework.storage.acts import begin, finish, move
from casework.storage.clocks import matter_of, next_round
from casework.storage.records import Records
from casework.storage.replies import REOPENED, tell_citizen
from casework.written import written

MAX_REASON = 1_000


def reopen(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    reason: str,
    now: datetime,
) -> None:
    """Give an answered or closed ticket back to its department; the citizen reads the reason.

    Its new clocks run from now on, by the policy the ticket began with. Raises Rejected("empty",
    "reason") and what routing.handle raises.
    """
    reason = written(reason, "reason", MAX_REASON)
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.SCREEN, version)
        move(ticket, TicketAct.REOPEN, now)
        ticket.closed_at = None
        ticket.assigned_at = now
        clocks = start_clocks(
            office.policy_named(ticket.policy_version, ticket.opened_at),
            matter_of(ticket),
            started_at=now,
            calendar=office.calendar,
            zone=office.zone,
            others={ClockStart.ACCEPTED: now},
        )
        next_round(ticket, [clock for clock in clocks if clock.name is not ClockName.DISPATCH])
        tell_citizen(work, ticket, REOPENED, now)
        said = {"reason": reason, "department": ticket.lead_department, "round": ticket.round}
        finish(work, ticket, EventName.REOPENED, person, now, said)
        work.commit()


def call_back(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    note: str,
    now: datetime,
    *,
    reached: bool = True,
) -> None:
    """Note what the citizen said when called back after the answer; or, not reached, why not. Either
    way the call-back is no longer waited for. Raises as `reopen`."""
    note = written(note, "note", MAX_REASON)
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.SCREEN, version)
        move(ticket, TicketAct.CALL_BACK, now)
        # Kept inside, under another name than what is shown to the citizen.
        event = EventName.CALLED_BACK if reached else EventName.NOT_REACHED
        finish(work, ticket, event, person, now, {"reason": note})
        work.commit()
