"""Clocks that stand still run on: when somebody says so, or when the longest time allowed is over."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from casework.errors import Conflict
from casework.events import PROGRAM, EventName
from casework.model import TicketAct, TicketState
from casework.office import Office
from casework.permissions import Action, Person
from casework.storage.acts import begin, finish, finish_as, move
from casework.storage.clocks import recount
from casework.storage.pauses import lasting, over
from casework.storage.records import Records
from casework.storage.replies import RESUMED, tell_citizen
from casework.storage.tables import TicketRow

MAX_NOTE = 1_000


def resume(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    note: str,
    now: datetime,
) -> None:
    """Let the clocks run on. Raises as routing.handle."""
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.HANDLE, version)
        _end_pause(office, ticket, now)
        tell_citizen(work, ticket, RESUMED, now)
        finish(work, ticket, EventName.RESUMED, person, now, {"note": note.strip()[:MAX_NOTE]})
        work.commit()


def resume_what_is_over(records: Records, office: Office, now: datetime) -> int:
    """Let the clocks of every ticket run on whose pause has lasted as long as it may; returns how
    many. Each is a transaction of its own: one that somebody acts on meanwhile is left to the next
    turn."""
    with records.read() as work:
        found = over(work, now)
    done = 0
    for ticket_id in found:
        try:
            done += _resume_by_itself(records, office, ticket_id, now)
        except Conflict:
            continue
    return done


def _resume_by_itself(records: Records, office: Office, ticket_id: UUID, now: datetime) -> bool:
    with records.write() as work:
        ticket = work.session.get(TicketRow, ticket_id)
        if ticket is None or ticket.state != TicketState.SUSPENDED:
            return False
        until = _end_pause(office, ticket, now)
        tell_citizen(work, ticket, RESUMED, now)
        said = {"until": until.isoformat()}
        finish_as(work, ticket, EventName.RESUMED, PROGRAM, now, said)
        work.commit()
    return True


def _end_pause(office: Office, ticket: TicketRow, now: datetime) -> datetime:
    """End the pause, at the latest when it ends by itself: the clocks run from then on, however
    late that is noticed. Returns when it would have ended."""
    move(ticket, TicketAct.RESUME, now)
    pause = lasting(ticket)
    pause.ended_at = min(now, pause.until)
    recount(office, ticket)
    return pause.until
