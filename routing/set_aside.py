"""A message that becomes no ticket of its own: merged into another one, or refused with its reason.

Both are a person's decision, told to the citizen, and can be taken back: the message then stands in
the screening queue again, its clocks running from the day it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.errors import Conflict, NotFound, Rejected
from casework.events import CITIZEN, EventName
from casework.model import ClockName, RefusalReason, TicketAct, TicketState, next_state
from casework.office import Office
from casework.permissions import Action, Person
from casework.requests import RequestKind
from casework.storage.acts import begin, finish, finish_as, move
from casework.storage.merging import carrier, one_merging_at_a_time
from casework.storage.queries.history import history_of
from casework.storage.records import Records, Work
from casework.storage.replies import MERGED, REFUSED, tell_citizen
from casework.storage.requests import ask
from casework.storage.screening import restart_clocks
from casework.storage.tables import TicketRow
from casework.taxonomy import REPORT
from routing.report_again import check_same_reporter, join_reports, part_reports
from routing.screen import clocks_of

MAX_NOTE = 1_000
OBJECTION = "objection"
"""The reason a refused message stands in the screening queue again."""
TAKEN_UP = "taken_up"


@dataclass(frozen=True, slots=True)
class Refusal:
    """reason: what the citizen reads in plain words. basis: the rule it rests on. note: what the
    citizen reads beside it, e.g. where to turn; may be empty."""

    reason: RefusalReason
    basis: str
    note: str = ""


def merge(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    into: str,
    version: int,
    now: datetime,
    new_facts: bool = False,
) -> None:
    """Let the open ticket with the number `into` carry this one's matter. new_facts: of a 举报, whether
    it says more than that one: its term is then counted anew.

    Raises what merging.carrier, report_again.check_same_reporter and routing.handle raise, and
    Rejected("same_ticket", "into").
    """
    with records.write() as work:
        one_merging_at_a_time(work)
        ticket = begin(work, office, ticket_id, person, Action.SCREEN, version)
        report = ticket.kind == REPORT
        target = carrier(work, office, into, person, Action.SCREEN, reports=report)
        if target.id == ticket.id:
            raise Rejected("same_ticket", "into")
        if report:
            check_same_reporter(ticket, target)
        _ = target.clocks, target.pauses, target.contributions  # read before anything changes
        why = ticket.screening_reason
        said: dict[str, object] = {"number": ticket.number}
        if report:
            said |= join_reports(work, office, ticket, target, new_facts, person.username, now)
        move(ticket, TicketAct.MERGE, now)
        ticket.merged_into = target.id
        ticket.lead_department = target.lead_department
        _void(ticket)
        tell_citizen(work, ticket, MERGED, now)
        finish(work, target, EventName.MERGED_HERE, person, now, said)
        text = {"into": target.number, "why": why}
        finish(work, ticket, EventName.MERGED, person, now, text)
        work.commit()


def refuse(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    refusal: Refusal,
    version: int,
    now: datetime,
) -> None:
    """Do not take the message up, or ask for it where the policy wants two persons. Raises Rejected("empty", "basis") and what routing.handle
    raises."""
    if not refusal.basis.strip():
        raise Rejected("empty", "basis")
    for name, words in (("basis", refusal.basis), ("refusal_note", refusal.note)):
        if len(words) > MAX_NOTE:
            raise Rejected("too_long", name, length=len(words), limit=MAX_NOTE)
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.SCREEN, version)
        if _needs_second(office, ticket):
            next_state(TicketState(ticket.state), TicketAct.REFUSE)
            note, basis = refusal.note.strip(), refusal.basis.strip()
            parts = {"reason": refusal.reason, "note": note}
            ask(work, ticket, RequestKind.REFUSE, person, now, note, basis=basis, parts=parts)
            finish(work, ticket, EventName.REFUSAL_ASKED, person, now, {"basis": basis})
        else:
            carry_out(work, ticket, refusal, person, now)
        work.commit()


def _needs_second(office: Office, ticket: TicketRow) -> bool:
    """Whether the policy wants a second person to agree."""
    policy = office.policy_named(ticket.policy_version, ticket.opened_at)
    rules = [policy.rule(c.rule_id) for c in ticket.clocks if c.name == ClockName.DISPATCH]
    return any(rule is not None and rule.two_persons for rule in rules)


def carry_out(
    work: Work, ticket: TicketRow, refusal: Refusal, person: Person, now: datetime
) -> None:
    """Refuse the message, tell the citizen why."""
    move(ticket, TicketAct.REFUSE, now)
    _void(ticket)
    tell_citizen(work, ticket, REFUSED, now)
    text = {
        "reason": refusal.reason,
        "basis": refusal.basis.strip(),
        "note": refusal.note.strip(),
        "why": ticket.screening_reason,
    }
    finish(work, ticket, EventName.REFUSED, person, now, text)


def take_up(
    records: Records, office: Office, ticket_id: UUID, person: Person, version: int, now: datetime
) -> None:
    """Put a merged or refused message back into the screening queue. Raises as routing.handle."""
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.SCREEN, version)
        back_to_queue(work, office, ticket, TicketAct.TAKE_UP, TAKEN_UP, person, now)
        finish(work, ticket, EventName.TAKEN_UP, person, now, {})
        work.commit()


def object_to_refusal(
    records: Records, office: Office, ticket_id: UUID, words: str, now: datetime
) -> None:
    """A citizen who has opened their ticket does not agree: a person looks again.

    Raises Rejected for no or too many words, Conflict("state") when the message is not refused
    (any longer), Conflict("objected") when it was refused again after an objection.
    """
    words = words.strip()
    if not words:
        raise Rejected("empty", "objection")
    if len(words) > MAX_NOTE:
        raise Rejected("too_long", "objection", length=len(words), limit=MAX_NOTE)
    with records.write() as work:
        ticket = work.session.get(TicketRow, ticket_id)
        if ticket is None:
            raise NotFound("ticket", str(ticket_id))
        if any(entry.name is EventName.OBJECTED for entry in history_of(work, ticket_id)):
            raise Conflict("objected")
        if ticket.state != TicketState.REFUSED:
            raise Conflict("state")
        back_to_queue(work, office, ticket, TicketAct.TAKE_UP, OBJECTION, None, now)
        finish_as(work, ticket, EventName.OBJECTED, CITIZEN, now, {"objection": words})
        work.commit()


def back_to_queue(
    work: Work,
    office: Office,
    ticket: TicketRow,
    act: TicketAct,
    why: str,
    person: Person | None,
    now: datetime,
) -> None:
    """Let the ticket wait for a decision again, by the clocks it had from the beginning."""
    if ticket.merged_into is not None and person is not None:
        carrying = work.session.get_one(TicketRow, ticket.merged_into)
        _ = carrying.clocks, carrying.pauses, carrying.contributions
        if ticket.kind == REPORT:
            part_reports(work, office, ticket, carrying)
        finish(work, carrying, EventName.SEPARATED, person, now, {"number": ticket.number})
    move(ticket, act, now)
    ticket.merged_into = None
    ticket.lead_department = None
    ticket.assigned_by = ""
    ticket.screening_reason = why
    ticket.accepted_at = None
    restart_clocks(work, ticket, clocks_of(office, ticket))


def _void(ticket: TicketRow) -> None:
    for clock in ticket.clocks:
        clock.voided = clock.voided or clock.stopped_at is None
