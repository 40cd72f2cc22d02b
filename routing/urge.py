"""The citizen asks for their matter to be hurried on, or adds what they forgot: on the same ticket, whose
clocks run on as they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from casework.errors import Conflict, NotFound, Rejected
from casework.events import CITIZEN, EventName
from casework.life import OPEN_STATES
from casework.storage.acts import finish_as
from casework.storage.locks import lock
from casework.storage.queries.history import history_of
from casework.storage.records import Records
from casework.storage.staff_notices import tell_unit
from casework.storage.tables import TicketRow

MAX_WORDS = 1_000
AGAIN_AFTER = timedelta(hours=24)
URGED = "urged"
"""The step under which staff are told."""


def urge(records: Records, ticket_id: UUID, words: str, now: datetime) -> None:
    """Note it and tell the department. words: what is added, may be empty.

    Raises Conflict("state") when nobody works on the ticket (any longer), Conflict("urged") within a
    day of the last time, Rejected("too_long", "words").
    """
    words = words.strip()
    if len(words) > MAX_WORDS:
        raise Rejected("too_long", "words", length=len(words), limit=MAX_WORDS)
    with records.write() as work:
        lock(work, [f"urge {ticket_id}"])
        ticket = work.session.get(TicketRow, ticket_id)
        if ticket is None:
            raise NotFound("ticket", str(ticket_id))
        if ticket.state not in OPEN_STATES:
            raise Conflict("state")
        urged = [e.at for e in history_of(work, ticket_id) if e.name is EventName.URGED]
        if urged and now - urged[-1] < AGAIN_AFTER:
            raise Conflict("urged")
        tell_unit(work, ticket, URGED, now)
        finish_as(work, ticket, EventName.URGED, CITIZEN, now, {"words": words} if words else {})
        work.commit()
