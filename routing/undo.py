"""Taking back the last screening decision, as long as nobody has acted on it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from casework.errors import Conflict
from casework.events import EventName
from casework.model import ClockName, TicketAct
from casework.office import Office
from casework.permissions import Action, Person
from casework.storage.acts import begin, finish
from casework.storage.audit import LastEvent, last_event
from casework.storage.corrections import take_back
from casework.storage.merging import carry_along
from casework.storage.records import Records, Work
from casework.storage.tables import TicketRow
from routing.set_aside import back_to_queue

UNDO_WITHIN = timedelta(minutes=10)
DECISIONS = {
    EventName.ASSIGNED: TicketAct.UNDO,
    EventName.MERGED: TicketAct.TAKE_UP,
    EventName.REFUSED: TicketAct.TAKE_UP,
}
QUIET = (EventName.CODE_REQUESTED, EventName.CODE_RENEWED)
"""What a citizen may do meanwhile without anybody having acted on the decision."""


def undo(records: Records, office: Office, ticket_id: UUID, person: Person, now: datetime) -> None:
    """Take back the person's own last decision: the message waits again as it did before.

    The audit chain keeps both. Raises Conflict("too_late") after UNDO_WITHIN, Conflict("acted_on")
    when something happened since or the decision is somebody else's, and what routing.handle
    raises.
    """
    with records.write() as work:
        last = last_event(work, str(ticket_id), QUIET)
        if last is None or last.name not in DECISIONS or last.actor != person.username:
            raise Conflict("acted_on")
        if now - last.at > UNDO_WITHIN:
            raise Conflict("too_late")
        row = work.session.get(TicketRow, ticket_id)
        version = row.version if row is not None else 0
        ticket = begin(work, office, ticket_id, person, Action.SCREEN, version)
        said: dict[str, Any] = json.loads(last.text or "{}")
        if last.name == EventName.ASSIGNED:
            _as_before(work, ticket, said, last)
        take_back(work, ticket.message_id, person.username, last.at)
        why = str(said.get("why", ""))
        back_to_queue(work, office, ticket, DECISIONS[EventName(last.name)], why, person, now)
        carry_along(work, ticket, now)
        finish(work, ticket, EventName.UNDONE, person, now, {"what": last.name})
        work.commit()


def _as_before(work: Work, ticket: TicketRow, said: dict[str, Any], last: LastEvent) -> None:
    """Kind, urgency, topic, accused units and the dispatch clock as they were."""
    ticket.kind, ticket.urgency, ticket.topic = said["before"]
    ticket.urgency_stated = ticket.urgency != ticket.message.judgement.urgency
    ticket.unscreened_report = bool(said.get("unscreened"))
    for accusation in [a for a in ticket.accusations if a.department in said.get("named", ())]:
        ticket.accusations.remove(accusation)
        work.session.delete(accusation)
    for clock in ticket.clocks:
        if clock.name == ClockName.DISPATCH and clock.stopped_at == last.at:
            clock.stopped_at = None
