"""Recording new cases: message, judgement, ticket, clocks, audit chain and outbox row at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from casework.codes import new_code, new_number
from casework.deadlines import nearest_due
from casework.errors import Conflict
from casework.events import PROGRAM, EventName
from casework.judgement import Judgement, TopicPath
from casework.model import (
    Assignment,
    Clock,
    DepartmentGuess,
    IntakeMode,
    MessageDraft,
    TicketState,
)
from casework.storage.audit import chain_rows
from casework.storage.judgements import join_topic, judgement_values
from casework.storage.records import Work
from casework.storage.repeats import MessageKey
from casework.storage.tables import (
    AuditEventRow,
    AuditTextRow,
    ClockRow,
    JudgementRow,
    MessageRow,
    OutboxRow,
    ReplyRow,
    TicketRow,
)
from casework.taxonomy import REPORT

Values = dict[str, Any]
NUMBER_TRIES = 20
KEPT_GUESSES = 3


@dataclass(frozen=True, slots=True)
class NewCase:
    """Everything that has been found out about a draft before it is recorded.

    shown_subject, shown_body: personal details masked. kind: the kind that holds.
    lead_department, district: codes or "". taken_over_department: the name an importing system
    gave for the department. repeats_id: an earlier message that says the same. topic, urgency: what
    a person said against the judgement, () and "" for nothing. actor: who dispatched or answered.
    merged_into: the ticket that carries the matter of this one.
    """

    draft: MessageDraft
    key: MessageKey
    shown_subject: str
    shown_body: str
    judgement: Judgement
    kind: str
    assignment: Assignment
    lead_department: str
    taken_over_department: str
    district: str
    state: TicketState
    clocks: tuple[Clock, ...]
    policy_version: str
    events: tuple[tuple[EventName, str, datetime, str], ...]
    repeats_id: UUID | None = None
    topic: TopicPath = ()
    urgency: str = ""
    actor: str = PROGRAM
    merged_into: UUID | None = None


@dataclass(frozen=True, slots=True)
class RecordedCase:
    """What a recorded case is known by. code is not kept: only its digest is."""

    message_id: UUID
    ticket_id: UUID
    number: str
    code: str


def new_identity(case: NewCase, number: str) -> RecordedCase:
    """Fresh ids, and a query code unless nobody will follow the case: history, a public post."""
    code = new_code() if case.draft.mode is IntakeMode.NEW else ""
    return RecordedCase(uuid7(), uuid7(), number, code)


def record_cases(work: Work, cases: Sequence[tuple[NewCase, RecordedCase]], now: datetime) -> None:
    """Add the cases to the unit of work; nothing is permanent before its commit.

    One statement a table however many cases: it is what makes an import fast.
    """
    record_messages(work, cases, now)
    record_tickets(work, cases, now)


def record_messages(
    work: Work, cases: Sequence[tuple[NewCase, RecordedCase]], now: datetime
) -> None:
    """Add messages and their judgements, and tell the index of them; no tickets."""
    rows: dict[Any, list[Values]] = {MessageRow: [], JudgementRow: [], OutboxRow: []}
    for case, identity in cases:
        rows[MessageRow].append(_message(case, identity, now))
        rows[JudgementRow].append(judgement_values(identity.message_id, case.judgement, now))
        rows[OutboxRow].append(
            {"id": uuid7(), "message_id": identity.message_id, "created_at": now}
        )
    _insert(work, rows)


def record_tickets(
    work: Work, cases: Sequence[tuple[NewCase, RecordedCase]], now: datetime
) -> None:
    """Add tickets for messages on record: clocks, answers taken over, audit chains."""
    rows: dict[Any, list[Values]] = {
        TicketRow: [],
        ClockRow: [],
        ReplyRow: [],
        AuditEventRow: [],
        AuditTextRow: [],
    }
    for case, identity in cases:
        rows[TicketRow].append(_ticket(work, case, identity, now))
        rows[ClockRow] += [_clock(clock, identity) for clock in case.clocks]
        if case.draft.reply:
            rows[ReplyRow].append(_reply(case, identity))
        events, texts = chain_rows(str(identity.ticket_id), case.events)
        rows[AuditEventRow] += events
        rows[AuditTextRow] += texts
    _insert(work, rows)


def _insert(work: Work, rows: dict[Any, list[Values]]) -> None:
    for table, values in rows.items():
        if values:
            # The table itself, not the mapped class: it saves the mapper's work on every row.
            work.session.execute(insert(table.__table__), values)


def free_numbers(work: Work, times: Sequence[datetime], zone: ZoneInfo) -> list[str]:
    """A public number nobody has yet, for each time a case was received."""
    numbers: list[str] = []
    used: set[str] = set()
    for attempt in range(NUMBER_TRIES):
        # A day's five digits fill up in a very large city; then a sixth is used.
        missing = times[len(numbers) :]
        wanted = [new_number(time, zone, digits=5 + attempt // 5) for time in missing]
        used |= set(
            work.session.scalars(select(TicketRow.number).where(TicketRow.number.in_(wanted)))
        )
        for number in wanted:
            if number in used:
                break
            used.add(number)
            numbers.append(number)
        if len(numbers) == len(times):
            return numbers
    raise Conflict("number")


def _message(case: NewCase, identity: RecordedCase, now: datetime) -> Values:
    draft = case.draft
    return {
        "id": identity.message_id,
        "channel": draft.channel,
        "source": case.key.source,
        "source_ref": case.key.reference or None,
        "form_token": draft.form_token or None,
        "mode": draft.mode,
        "language": draft.language,
        "subject": draft.subject,
        "body": draft.body,
        "shown_subject": case.shown_subject,
        "shown_body": case.shown_body,
        "content_digest": case.key.content_digest,
        "sender_digest": case.key.sender_digest,
        "sender": draft.sender or None,
        "contact_name": draft.contact.name or None,
        "contact_phone": draft.contact.phone or None,
        "contact_email": draft.contact.email or None,
        "place": draft.place,
        "publishable": draft.publishable,
        "confidential": draft.confidential,
        "entered_by": draft.entered_by,
        "received_at": draft.received_at,
        "recorded_at": now,
        "repeats_id": case.repeats_id,
        "version": 1,
        "deleted_at": None,
    }


def _ticket(work: Work, case: NewCase, identity: RecordedCase, now: datetime) -> Values:
    draft = case.draft
    code = identity.code
    assigned = bool(case.lead_department)
    guesses = case.assignment.guesses
    return {
        "id": identity.ticket_id,
        "message_id": identity.message_id,
        "number": identity.number,
        "code_digest": work.vault.digest("query code", code) if code else None,
        "state": case.state,
        "kind": case.kind,
        "topic": join_topic(case.topic or case.judgement.topic),
        "urgency": case.urgency or case.judgement.urgency,
        "urgency_stated": bool(case.urgency),
        "route": case.assignment.route,
        "district": case.district or None,
        "lead_department": case.lead_department or None,
        "assigned_by": case.actor if assigned else "",
        "assigned_confidence": _confidence(case),
        "screening_reason": "" if assigned else case.assignment.reason,
        "guesses": [_guess(guess) for guess in guesses[:KEPT_GUESSES]],
        "unscreened_report": case.kind == REPORT,
        "policy_version": case.policy_version,
        "catalogue_version": case.assignment.catalogue,
        "merged_into": case.merged_into,
        "next_due_at": nearest_due(case.clocks),
        "opened_at": now if draft.mode is IntakeMode.MENTION else draft.received_at,
        "assigned_at": now if assigned else None,
        "accepted_at": now if case.state is TicketState.ASSIGNED else None,
        "answered_at": draft.replied_at if draft.reply else None,
        "closed_at": draft.replied_at if case.state is TicketState.CLOSED else None,
        "version": 1,
    }


def _confidence(case: NewCase) -> float | None:
    """How sure the program was of the unit it chose; None when a person chose."""
    guesses = case.assignment.guesses
    chosen = case.lead_department and case.actor == PROGRAM
    return guesses[0].probability if chosen and guesses else None


def _guess(guess: DepartmentGuess) -> Values:
    return {
        "department": guess.department,
        "probability": round(guess.probability, 4),
        "route": guess.route,
        "topic": list(guess.topic),
        "reasons": [list(reason) for reason in guess.reasons],
    }


def _clock(clock: Clock, identity: RecordedCase) -> Values:
    return {
        "id": uuid7(),
        "ticket_id": identity.ticket_id,
        "name": clock.name,
        "rule_id": clock.rule_id,
        "amount": clock.amount,
        "unit": clock.unit,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "stopped_at": clock.stopped_at,
        "voided": clock.voided,
        "provisional": clock.provisional,
        "step": clock.step if clock.running else 0,
        "next_step_at": clock.next_step_at if clock.running else None,
    }


def _reply(case: NewCase, identity: RecordedCase) -> Values:
    return {
        "id": uuid7(),
        "ticket_id": identity.ticket_id,
        "department": case.lead_department or None,
        "department_name": case.taken_over_department,
        "author": case.actor,
        "body": case.draft.reply,
        "answered_at": case.draft.replied_at,
    }
