"""Acting on a ticket within one unit of work: find it, move its state, stop clocks, leave a trace.

Every act goes through `begin` and `finish`, so none can forget the permission, the version, the
audit event or the outbox row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm.attributes import flag_modified

from casework.errors import Conflict, NotAllowed, NotFound
from casework.events import EventName
from casework.model import STOPPED_BY, ClockName, TicketAct, TicketState, next_state
from casework.office import Office
from casework.permissions import Action, Person, covers, scope_of
from casework.storage import outbox
from casework.storage.audit import append
from casework.storage.clocks import running, schedule
from casework.storage.contributions import settle
from casework.storage.records import Work
from casework.storage.requests import void_needless
from casework.storage.scopes import facts_of
from casework.storage.tables import MessageRow, TicketRow


def begin(
    work: Work, office: Office, ticket_id: UUID, person: Person, action: Action, version: int
) -> TicketRow:
    """The ticket, for a person who may act on it and has seen its newest version.

    Raises NotAllowed for an action the person lacks, NotFound for a ticket outside the person's
    scope (which must not be told apart from none), Conflict("changed") for an old version.
    """
    ticket = begin_unseen(work, office, ticket_id, person, action)
    if ticket.version != version:
        raise Conflict("changed")
    return ticket


def begin_unseen(
    work: Work, office: Office, ticket_id: UUID, person: Person, action: Action
) -> TicketRow:
    """As `begin`, for what holds whatever others did to the ticket meanwhile."""
    if not person.may(action):
        raise NotAllowed("not_allowed")
    ticket = work.session.get(TicketRow, ticket_id)
    scope = scope_of(person, action)
    if ticket is None or not covers(scope, facts_of(ticket, office.departments)):
        raise NotFound("ticket", str(ticket_id))
    # Read before anything changes: a later look would write half of the act, as a version of its own.
    _ = ticket.clocks, ticket.pauses
    return ticket


def finish(
    work: Work,
    ticket: TicketRow,
    event: EventName,
    person: Person,
    now: datetime,
    text: Mapping[str, object],
) -> None:
    """Write the audit event, announce the change to the index, and keep next_due_at true."""
    finish_as(work, ticket, event, person.username, now, text)


def finish_as(
    work: Work,
    ticket: TicketRow,
    event: EventName,
    actor: str,
    now: datetime,
    text: Mapping[str, object],
) -> None:
    """As `finish`, for what a citizen or the program does."""
    settle(work, ticket, now)
    schedule(work, ticket, now)
    ticket.next_due_at = _next_due(ticket)
    # Every act makes a new version, also one that changes nothing else: two people cannot both
    # have contacted the citizen from the same page.
    flag_modified(ticket, "next_due_at")
    void_needless(work, ticket)
    words = json.dumps(dict(text), ensure_ascii=False) if text else ""
    append(work, str(ticket.id), event, actor, now, words)
    work.session.execute(
        update(MessageRow)
        .where(MessageRow.id == ticket.message_id)
        .values(version=MessageRow.version + 1)
    )
    outbox.announce(work, ticket.message_id, now)


def _next_due(ticket: TicketRow) -> datetime | None:
    """The nearest due time of those who handle it; None while the clocks stand still. The call-back is
    the centre's, and no deadline of the unit."""
    if ticket.state == TicketState.SUSPENDED:
        return None
    theirs = (clock for clock in running(ticket) if clock.name != ClockName.CALL_BACK)
    return min((clock.due_at for clock in theirs), default=None)


def move(ticket: TicketRow, act: TicketAct, now: datetime) -> None:
    """Take the ticket to the next state and stop the clock the act stops.

    Raises Conflict("state") when the act is impossible in the ticket's state.
    """
    ticket.state = next_state(TicketState(ticket.state), act)
    stopped = STOPPED_BY.get(act)
    if stopped is not None:
        stop_clock(ticket, stopped, now)


def stop_clock(ticket: TicketRow, name: ClockName, now: datetime) -> None:
    """Stop a clock that still runs; a stopped or missing one is left alone."""
    for clock in ticket.clocks:
        if clock.name == name and clock.stopped_at is None and not clock.voided:
            clock.stopped_at = now
