"""What a department asks for: to return a ticket, more time, that its clocks stand still, a second pair
of eyes on an answer. routing/decide.py says what comes of it.

Each is one transaction with its audit event, and raises as the acts of routing/handle.py; and
Conflict("asked") while one of its kind waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.counting import Term, count
from casework.errors import Conflict, Rejected
from casework.events import EventName
from casework.model import ClockName, ClockUnit, TicketAct, TicketState, next_state
from casework.office import Office
from casework.permissions import Action, Person
from casework.requests import PauseReason, RequestKind
from casework.storage.acts import begin, finish, move
from casework.storage.answer_files import files_seen, one_at_a_time
from casework.storage.clocks import running
from casework.storage.records import Records, Work
from casework.storage.requests import ask
from casework.storage.tables import ClockRow, TicketRow
from casework.written import written
from routing.handle import ReplyParts, whole

MAX_REASON = 1_000
RETURN_WITHIN = Term(5, ClockUnit.WORKING_DAY)
"""信访工作条例 23(3): an objection within five working days of receiving the ticket (XF-04)."""


@dataclass(frozen=True, slots=True)
class Where:
    """Who acts on which ticket, having seen which version of it."""

    records: Records
    office: Office
    ticket_id: UUID
    person: Person
    version: int


def ask_return(where: Where, reason: str, basis: str, target: str, now: datetime) -> None:
    """Say that the ticket belongs elsewhere; the clocks run on. target: where to, or "".

    Raises Conflict("bound") for a ticket that was decided on before, Conflict("return_too_late")
    after RETURN_WITHIN, Rejected for a missing reason or basis and for a target that is none.
    """
    reason, basis = written(reason, "reason", MAX_REASON), written(basis, "basis", MAX_REASON)
    if target and target not in where.office.departments:
        raise Rejected("unknown", "department")

    def act(work: Work, ticket: TicketRow) -> None:
        if ticket.bound:
            raise Conflict("bound")
        if ticket.assigned_at is not None and now > return_until(where.office, ticket.assigned_at):
            raise Conflict("return_too_late")
        if target and target == ticket.lead_department:
            raise Rejected("same_department", "department")
        move(ticket, TicketAct.RETURN, now)
        ask(work, ticket, RequestKind.RETURN, where.person, now, reason, basis=basis, target=target)
        said = {"reason": reason, "basis": basis, "target": target}
        finish(work, ticket, EventName.RETURN_ASKED, where.person, now, said)

    _do(where, act)


def return_until(office: Office, assigned_at: datetime) -> datetime:
    """Until when a ticket that was assigned then may be returned."""
    return count(RETURN_WITHIN, assigned_at, office.calendar, office.zone).due_at


def ask_extension(where: Where, amount: int, reason: str, now: datetime) -> None:
    """Ask for more time for the reply, in its own unit, before it is over.

    Raises Conflict("extended") when it was extended before, Conflict("extend_too_late") after its
    time, Rejected("extension", "amount") beyond what the rule allows.
    """
    reason = written(reason, "reason", MAX_REASON)

    def act(work: Work, ticket: TicketRow) -> None:
        clock = reply_clock(ticket)
        next_state(TicketState(ticket.state), TicketAct.EXTEND)
        rule = where.office.policy_named(ticket.policy_version, ticket.opened_at).rule(
            clock.rule_id
        )
        if clock.extra:
            raise Conflict("extended")
        if now > clock.due_at:
            raise Conflict("extend_too_late")
        most = rule.extend if rule else 0
        if not 1 <= amount <= most:
            raise Rejected("extension", "amount", most=most)
        ask(work, ticket, RequestKind.EXTEND, where.person, now, reason, amount=amount)
        said = {"reason": reason, "amount": amount, "unit": clock.unit}
        finish(work, ticket, EventName.EXTENSION_ASKED, where.person, now, said)

    _do(where, act)


def ask_suspension(
    where: Where, pause: PauseReason, amount: int, reason: str, now: datetime
) -> None:
    """Ask that the clocks stand still; amount: how long at most, in the unit of the rule.

    Raises Rejected("suspension", "amount") beyond what the rule allows.
    """
    reason = written(reason, "reason", MAX_REASON)

    def act(work: Work, ticket: TicketRow) -> None:
        next_state(TicketState(ticket.state), TicketAct.SUSPEND)
        policy = where.office.policy_named(ticket.policy_version, ticket.opened_at)
        rule = policy.pause(pause)
        most = rule.most.amount if rule else 0
        if not 1 <= amount <= most:
            raise Rejected("suspension", "amount", most=most)
        ask(
            work,
            ticket,
            RequestKind.SUSPEND,
            where.person,
            now,
            reason,
            amount=amount,
            pause=pause,
        )
        said = {"reason": reason, "pause": pause, "amount": amount}
        finish(work, ticket, EventName.SUSPENSION_ASKED, where.person, now, said)

    _do(where, act)


def submit_answer(
    where: Where, parts: ReplyParts, now: datetime, files: frozenset[UUID] = frozenset()
) -> None:
    """Let a second person read the answer before the citizen does. Raises as handle.answer."""
    texts = whole(parts)

    def act(work: Work, ticket: TicketRow) -> None:
        files_seen(work, ticket.id, files)
        move(ticket, TicketAct.SUBMIT, now)
        ask(work, ticket, RequestKind.ANSWER, where.person, now, "", parts=texts)
        finish(work, ticket, EventName.ANSWER_SUBMITTED, where.person, now, {})

    _do(where, act)


def reply_clock(ticket: TicketRow) -> ClockRow:
    """The reply clock that runs. Raises Conflict("no_clock") when none does."""
    for clock in running(ticket):
        if clock.name == ClockName.REPLY:
            return clock
    raise Conflict("no_clock")


def _do(where: Where, act: Callable[[Work, TicketRow], None]) -> None:
    with where.records.write() as work:
        one_at_a_time(work, where.ticket_id)
        ticket = begin(
            work, where.office, where.ticket_id, where.person, Action.HANDLE, where.version
        )
        act(work, ticket)
        work.commit()
