"""What comes of a request: a return is decided for good, a clock is extended or stands still, an answer
is given, a message is not taken up. Nobody decides on what they asked for themselves.

Each decision is one transaction with its audit event; the citizen is told of what concerns them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from casework.counting import Term, count
from casework.errors import Conflict, NotAllowed, Rejected
from casework.events import EventName
from casework.model import Approver, RefusalReason, TicketAct
from casework.office import Office
from casework.permissions import Action, Person, Role
from casework.requests import PauseReason, RequestKind
from casework.storage.acts import begin, finish, move
from casework.storage.answer_files import one_at_a_time
from casework.storage.clocks import recount
from casework.storage.records import Records, Work
from casework.storage.replies import EXTENDED, SUSPENDED, tell_citizen
from casework.storage.requests import close_request, request_row
from casework.storage.tables import PauseRow, RequestRow, TicketRow
from routing.ask import reply_clock
from routing.handle import give_answer
from routing.screen import check_not_accused, give
from routing.set_aside import Refusal, carry_out

MAX_NOTE = 1_000


@dataclass(frozen=True, slots=True)
class Decision:
    """note: the reason; it must be there when something is refused, and the citizen reads it when
    something is granted that concerns them. department: of a return, who shall answer."""

    granted: bool
    note: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class _Deciding:
    work: Work
    office: Office
    ticket: TicketRow
    row: RequestRow
    person: Person
    decision: Decision
    now: datetime

    def finish(self, event: EventName, **said: object) -> None:
        asked = {"asked_by": self.row.asked_by}
        finish(self.work, self.ticket, event, self.person, self.now, {**asked, **said})


def decide(
    records: Records,
    office: Office,
    request_id: UUID,
    person: Person,
    version: int,
    decision: Decision,
    now: datetime,
) -> None:
    """Decide on a request that waits. version: the ticket's, as the person saw it.

    Raises NotFound, NotAllowed("own_request") for one's own, NotAllowed("not_your_level") below the
    level the rule demands, Conflict("decided") when somebody was faster, Rejected("empty", "note")
    for a refusal without a reason, and what routing.handle raises.
    """
    note = decision.note.strip()
    if not decision.granted and not note:
        raise Rejected("empty", "note")
    if len(note) > MAX_NOTE:
        raise Rejected("too_long", "note", length=len(note), limit=MAX_NOTE)
    with records.write() as work:
        row = request_row(work, request_id)
        one_at_a_time(work, row.ticket_id)
        ticket = begin(work, office, row.ticket_id, person, Action.APPROVE, version)
        if row.asked_by == person.username:
            raise NotAllowed("own_request")
        if not may_decide(office, ticket, row, person):
            raise NotAllowed("not_your_level")
        close_request(row, decision.granted, person, note, now)
        _OUTCOMES[RequestKind(row.kind)](
            _Deciding(work, office, ticket, row, person, decision, now)
        )
        work.commit()


def may_decide(office: Office, ticket: TicketRow, row: RequestRow, person: Person) -> bool:
    """Whether the level of the person suffices: the centre decides on everything, the head of a unit
    on what the rule leaves to the unit, and on a return only between units below it."""
    if Role.SCREENER in person.roles:
        return True
    kind = RequestKind(row.kind)
    if Role.HEAD not in person.roles or kind is RequestKind.REFUSE:
        return False
    if kind is RequestKind.RETURN:
        return _common_superior(office, ticket, row, person)
    return kind is RequestKind.ANSWER or _level(office, ticket, row) is Approver.UNIT


def _common_superior(office: Office, ticket: TicketRow, row: RequestRow, person: Person) -> bool:
    units = {ticket.lead_department or "", row.target or ""}
    return person.department not in units and all(
        person.department in office.departments.above(unit) for unit in units
    )


def _level(office: Office, ticket: TicketRow, row: RequestRow) -> Approver:
    policy = office.policy_named(ticket.policy_version, ticket.opened_at)
    if row.kind == RequestKind.SUSPEND:
        pause = policy.pause(PauseReason(row.pause))
        return pause.by if pause else Approver.CENTRE
    rule = policy.rule(reply_clock(ticket).rule_id)
    return rule.extend_by if rule else Approver.CENTRE


def _decide_return(to: _Deciding) -> None:
    """Either way it cannot be returned again: the decision binds."""
    ticket, note = to.ticket, to.decision.note.strip()
    ticket.bound = True
    if not to.decision.granted:
        move(ticket, TicketAct.KEEP, to.now)
        to.finish(EventName.RETURN_KEPT, reason=note, department=ticket.lead_department)
        return
    department = to.decision.department or to.row.target or ""
    known = to.office.departments.get(department)
    if known is None or not known.active:
        raise Rejected("unknown", "department")
    before = ticket.lead_department
    if department == before:
        raise Rejected("same_department", "department")
    if Role.SCREENER not in to.person.roles:
        _within(to.office, to.person, department)
    check_not_accused(to.office, department, [row.department for row in ticket.accusations])
    move(ticket, TicketAct.MOVE, to.now)
    give(to.work, ticket, department, to.person, to.now)
    to.finish(EventName.RETURN_MOVED, reason=note, department=department, **{"from": before})


def _within(office: Office, person: Person, department: str) -> None:
    if department not in office.departments.below(person.department):
        raise NotAllowed("not_your_level")


def _decide_extension(to: _Deciding) -> None:
    note = to.decision.note.strip()
    if not to.decision.granted:
        to.finish(EventName.REQUEST_REFUSED, what=RequestKind.EXTEND, reason=note)
        return
    clock = reply_clock(to.ticket)
    before = clock.due_at
    move(to.ticket, TicketAct.EXTEND, to.now)
    clock.extra = to.row.amount
    recount(to.office, to.ticket)
    tell_citizen(to.work, to.ticket, EXTENDED, to.now)
    to.finish(
        EventName.EXTENDED,
        note=note or to.row.reason,
        amount=to.row.amount,
        unit=clock.unit,
        due_before=before.isoformat(),
        due_after=clock.due_at.isoformat(),
    )


def _decide_suspension(to: _Deciding) -> None:
    note = to.decision.note.strip()
    if not to.decision.granted:
        to.finish(EventName.REQUEST_REFUSED, what=RequestKind.SUSPEND, reason=note)
        return
    policy = to.office.policy_named(to.ticket.policy_version, to.ticket.opened_at)
    rule = policy.pause(PauseReason(to.row.pause))
    if rule is None:
        raise Conflict("no_clock")
    most = Term(to.row.amount, rule.most.unit, rolls_over=False)
    until = count(most, to.now, to.office.calendar, to.office.zone).due_at
    move(to.ticket, TicketAct.SUSPEND, to.now)
    to.ticket.pauses.append(
        PauseRow(
            id=uuid7(),
            ticket_id=to.ticket.id,
            reason=to.row.pause,
            approved_by=to.person.username,
            started_at=to.now,
            until=until,
        )
    )
    recount(to.office, to.ticket)
    tell_citizen(to.work, to.ticket, SUSPENDED, to.now)
    said = {"note": note or to.row.reason, "pause": to.row.pause, "until": until.isoformat()}
    to.finish(EventName.SUSPENDED, **said)


def _decide_answer(to: _Deciding) -> None:
    if not to.decision.granted:
        move(to.ticket, TicketAct.SEND_BACK, to.now)
        to.finish(EventName.ANSWER_SENT_BACK, reason=to.decision.note.strip())
        return
    move(to.ticket, TicketAct.PUBLISH, to.now)
    give_answer(
        to.work,
        to.office,
        to.ticket,
        to.row.department or "",
        to.row.asked_by,
        to.row.parts,
        to.person,
        to.now,
    )


def _decide_refusal(to: _Deciding) -> None:
    note = to.decision.note.strip()
    if not to.decision.granted:
        to.finish(EventName.REQUEST_REFUSED, what=RequestKind.REFUSE, reason=note)
        return
    refusal = Refusal(RefusalReason(to.row.parts["reason"]), to.row.basis, to.row.parts["note"])
    carry_out(to.work, to.ticket, refusal, to.person, to.now)


_OUTCOMES: dict[RequestKind, Callable[[_Deciding], None]] = {
    RequestKind.RETURN: _decide_return,
    RequestKind.EXTEND: _decide_extension,
    RequestKind.SUSPEND: _decide_suspension,
    RequestKind.ANSWER: _decide_answer,
    RequestKind.REFUSE: _decide_refusal,
}
