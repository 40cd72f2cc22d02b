"""认领: somebody says that they deal with a ticket, so that two do not do the same work.

A claim keeps nobody out: whoever else opens the ticket reads whose it is, and may take it over. It is no
act on the ticket: what others are writing there stays valid.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from casework.errors import Conflict, NotAllowed, NotFound
from casework.events import EventName
from casework.life import OPEN_STATES
from casework.office import Office
from casework.permissions import Action, Person
from casework.storage.acts import begin_unseen
from casework.storage.audit import append_text
from casework.storage.claims import claims_of, end_claim, keep_claim
from casework.storage.locks import lock
from casework.storage.records import Records, Work
from casework.storage.tables import TicketRow

CLAIMING = (Action.HANDLE, Action.SCREEN, Action.REASSIGN)
"""Who may do one of these with the ticket may claim it."""


def claim(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    seen: str,
    now: datetime,
) -> None:
    """Deal with the ticket. seen: the username the person saw it claimed by, "" for nobody.

    Raises Conflict("claimed") when somebody else has claimed it since, Conflict("state") for a ticket
    that is not open, NotFound for one that is none of theirs.
    """
    with records.write() as work:
        lock(work, [_name(ticket_id)])
        ticket = _theirs(work, office, ticket_id, person)
        if ticket.state not in OPEN_STATES:
            raise Conflict("state")
        holder = _holder(work, ticket_id)
        if holder == person.username:
            return
        if holder != seen:
            raise Conflict("claimed")
        keep_claim(work, ticket, person.username, now)
        _note(work, ticket_id, EventName.CLAIMED, person, now)
        work.commit()


def release(records: Records, ticket_id: UUID, person: Person, now: datetime) -> None:
    """Deal with it no longer; of somebody else's claim nothing changes."""
    with records.write() as work:
        lock(work, [_name(ticket_id)])
        if _holder(work, ticket_id) == person.username:
            end_claim(work, ticket_id)
            _note(work, ticket_id, EventName.CLAIM_ENDED, person, now)
            work.commit()


def _theirs(work: Work, office: Office, ticket_id: UUID, person: Person) -> TicketRow:
    for action in CLAIMING:
        with suppress(NotFound, NotAllowed):
            return begin_unseen(work, office, ticket_id, person, action)
    raise NotFound("ticket", str(ticket_id))


def _holder(work: Work, ticket_id: UUID) -> str:
    found = claims_of(work, [ticket_id]).get(ticket_id)
    return "" if found is None else found.username


def _note(work: Work, ticket_id: UUID, event: EventName, person: Person, now: datetime) -> None:
    append_text(work, str(ticket_id), event, person.username, now, {})


def _name(ticket_id: UUID) -> str:
    return f"claim {ticket_id}"
