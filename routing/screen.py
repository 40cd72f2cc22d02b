"""What a screener decides: who answers, what the matter is, and whom a 举报 accuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.deadlines import start_clocks
from casework.errors import Conflict, Rejected
from casework.events import PROGRAM, EventName
from casework.judgement import TopicPath
from casework.model import Clock, ClockStart, TicketAct
from casework.office import Office
from casework.permissions import Action, Person
from casework.storage.acts import begin, finish, move
from casework.storage.audit import append_text
from casework.storage.clocks import matter_of
from casework.storage.corrections import Labels, record_corrections
from casework.storage.judgements import join_topic, split_topic
from casework.storage.merging import carried_by, carry_along
from casework.storage.records import Records, Work
from casework.storage.screening import name_accused, restart_clocks
from casework.storage.tables import TicketRow
from casework.taxonomy import KINDS, REPORT, SENTIMENTS, URGENCIES

PING_PONG_AT = 3
"""At this move from one unit to another the supervisor's board shows the ticket."""


@dataclass(frozen=True, slots=True)
class ScreeningDecision:
    """topic: () keeps what the ticket has. sentiment: "" says nothing about it. accused: departments a 举报 accuses, zero or more."""

    department: str
    kind: str
    urgency: str
    topic: TopicPath = ()
    accused: tuple[str, ...] = ()
    sentiment: str = ""


def assign(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    decision: ScreeningDecision,
    version: int,
    now: datetime,
) -> None:
    """Send a ticket from the screening queue to a department.

    Raises Rejected("unknown", field) for a department, kind or urgency that does not exist,
    Rejected("accused", "department") when the ticket would go to a unit it accuses or to anything
    below one, and what routing.handle raises.
    """
    _check(office, decision)
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.SCREEN, version)
        before = (ticket.kind, ticket.urgency, ticket.topic)
        was = {"why": ticket.screening_reason, "unscreened": ticket.unscreened_report}
        known = {row.department for row in ticket.accusations}
        _learn(work, ticket, decision, person, now)
        _correct(work, office, ticket, decision, now)
        if decision.kind == REPORT:
            if any(row.kind != REPORT for row in carried_by(work, ticket)):
                raise Rejected("report_apart", "kind")
            name_accused(work, ticket, decision.accused, person.username, now)
        ticket.unscreened_report = False
        move(ticket, TicketAct.ASSIGN, now)
        give(work, ticket, decision.department, person, now)
        finish(
            work,
            ticket,
            EventName.ASSIGNED,
            person,
            now,
            {
                "department": decision.department,
                "before": list(before),
                "after": [ticket.kind, ticket.urgency, ticket.topic],
                "accused": sorted(decision.accused),
                "named": sorted(set(decision.accused) - known) if decision.kind == REPORT else [],
                **was,
            },
        )
        work.commit()


def reassign(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    department: str,
    reason: str,
    version: int,
    now: datetime,
) -> None:
    """Correct the department of an assigned ticket. Clocks go on from the citizen's submission."""
    if department not in office.departments:
        raise Rejected("unknown", "department")
    if not reason.strip():
        raise Rejected("empty", "reason")
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.REASSIGN, version)
        if department == ticket.lead_department:
            raise Conflict("same_department")
        check_not_accused(office, department, [row.department for row in ticket.accusations])
        before = ticket.lead_department
        move(ticket, TicketAct.REASSIGN, now)
        _keep(work, ticket, Labels("", "", "", department), person, now)
        give(work, ticket, department, person, now)
        finish(
            work,
            ticket,
            EventName.REASSIGNED,
            person,
            now,
            {"from": before, "department": department, "reason": reason.strip()},
        )
        work.commit()


def _check(office: Office, decision: ScreeningDecision) -> None:
    if decision.department not in office.departments:
        raise Rejected("unknown", "department")
    if decision.kind not in KINDS:
        raise Rejected("unknown", "kind")
    if decision.urgency not in URGENCIES:
        raise Rejected("unknown", "urgency")
    if decision.sentiment and decision.sentiment not in SENTIMENTS:
        raise Rejected("unknown", "sentiment")
    if any(code not in office.departments for code in decision.accused):
        raise Rejected("unknown", "accused")
    if decision.kind == REPORT:
        check_not_accused(office, decision.department, decision.accused)


def check_not_accused(
    office: Office, department: str, accused: tuple[str, ...] | list[str]
) -> None:
    if office.departments.above(department) & set(accused):
        raise Rejected("accused", "department")


def give(work: Work, ticket: TicketRow, department: str, person: Person, now: datetime) -> None:
    """Give the ticket to a department; from unit to unit too often is an alarm of its own."""
    if ticket.lead_department and ticket.lead_department != department:
        ticket.moves += 1
        if ticket.moves == PING_PONG_AT:
            ticket.supervision = max(ticket.supervision, 1)
            append_text(
                work,
                str(ticket.id),
                EventName.PING_PONG,
                PROGRAM,
                now,
                {"moves": ticket.moves, "from": ticket.lead_department, "department": department},
            )
    ticket.lead_department = department
    ticket.assigned_at = now
    ticket.assigned_by = person.username
    ticket.assigned_confidence = None
    ticket.screening_reason = ""
    carry_along(work, ticket, now)


def _learn(
    work: Work, ticket: TicketRow, decision: ScreeningDecision, person: Person, now: datetime
) -> None:
    after = Labels(
        join_topic(decision.topic),
        decision.kind,
        decision.urgency,
        decision.department,
        decision.sentiment,
    )
    _keep(work, ticket, after, person, now)


def _keep(work: Work, ticket: TicketRow, after: Labels, person: Person, now: datetime) -> None:
    """Keep what the person says against the program, for the classifier to learn from."""
    judged = ticket.message.judgement
    unit = ticket.guesses[0]["department"] if ticket.guesses else ""
    record_corrections(
        work,
        ticket.message_id,
        Labels(judged.topic, judged.kind, judged.urgency, unit, judged.sentiment),
        after,
        judged.engine,
        person.username,
        now,
    )


def _correct(
    work: Work, office: Office, ticket: TicketRow, decision: ScreeningDecision, now: datetime
) -> None:
    """Take over what the screener says the matter is; other clocks apply when that changes them."""
    topic = decision.topic or split_topic(ticket.topic)
    before = [(clock.name, clock.rule_id) for clock in clocks_of(office, ticket)]
    ticket.accepted_at = now
    ticket.urgency_stated = ticket.urgency_stated or decision.urgency != ticket.urgency
    ticket.kind, ticket.urgency, ticket.topic = decision.kind, decision.urgency, join_topic(topic)
    after = clocks_of(office, ticket)
    if before != [(clock.name, clock.rule_id) for clock in after]:
        restart_clocks(work, ticket, after)


def clocks_of(office: Office, ticket: TicketRow) -> tuple[Clock, ...]:
    """The clocks that hold for the ticket as it now is, from the citizen's submission, by the
    policy it began with."""
    accepted = ticket.accepted_at
    return start_clocks(
        office.policy_named(ticket.policy_version, ticket.opened_at),
        matter_of(ticket),
        started_at=ticket.opened_at,
        calendar=office.calendar,
        zone=office.zone,
        others={ClockStart.ACCEPTED: accepted} if accepted else {},
    )
