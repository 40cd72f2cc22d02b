"""Recording a new case: message, judgement, ticket, clocks, audit chain and outbox row at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.codes import new_code, new_number
from casework.deadlines import nearest_due
from casework.errors import Conflict
from casework.events import EventName
from casework.judgement import Judgement
from casework.model import Assignment, Clock, DepartmentGuess, IntakeMode, MessageDraft, TicketState
from casework.storage import outbox
from casework.storage.audit import start_chain
from casework.storage.judgements import join_topic, judgement_row
from casework.storage.records import Work
from casework.storage.tables import ClockRow, MessageRow, ReplyRow, TicketRow
from casework.taxonomy import REPORT

NUMBER_TRIES = 20


@dataclass(frozen=True, slots=True)
class NewCase:
    """Everything that has been found out about a draft before it is recorded.

    shown_subject, shown_body: personal details masked. content_digest: 32 bytes, of the
    normalised text. kind: the kind that holds. lead_department, district: codes or "".
    taken_over_department: the name an importing system gave when no code matches it.
    """

    draft: MessageDraft
    shown_subject: str
    shown_body: str
    content_digest: bytes
    repeats_id: UUID | None
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


@dataclass(frozen=True, slots=True)
class RecordedCase:
    """What a recorded case is known by. code is not kept: only its digest is."""

    message_id: UUID
    ticket_id: UUID
    number: str
    code: str


def record_case(work: Work, case: NewCase, now: datetime, zone: ZoneInfo) -> RecordedCase:
    """Add the case to the unit of work; nothing is permanent before its commit."""
    message_id, ticket_id = uuid7(), uuid7()
    number = _free_number(work, case.draft.received_at, zone)
    code = "" if case.draft.mode is IntakeMode.HISTORY else new_code()
    work.session.add(_message_row(work, case, message_id, now))
    # Without relationships being set the order of tables is not known to the session.
    work.session.flush()
    work.session.add(judgement_row(message_id, case.judgement, now))
    work.session.add(_ticket_row(work, case, message_id, ticket_id, number, code, now))
    work.session.flush()
    work.session.add_all(_clock_row(clock, ticket_id) for clock in case.clocks)
    if case.draft.reply and case.draft.replied_at is not None:
        work.session.add(_reply_row(case, ticket_id))
    start_chain(work, str(ticket_id), list(case.events))
    outbox.announce(work, message_id, now)
    return RecordedCase(message_id, ticket_id, number, code)


def _free_number(work: Work, received_at: datetime, zone: ZoneInfo) -> str:
    for attempt in range(NUMBER_TRIES):
        number = new_number(received_at, zone, digits=5 + attempt // 5)
        taken = select(TicketRow.id).where(TicketRow.number == number)
        if work.session.scalar(taken) is None:
            return number
    raise Conflict("number")


def _message_row(work: Work, case: NewCase, message_id: UUID, now: datetime) -> MessageRow:
    draft = case.draft
    return MessageRow(
        id=message_id,
        channel=draft.channel,
        source=draft.source or draft.channel,
        source_ref=draft.source_ref or draft.row_ref or None,
        form_token=draft.form_token or None,
        mode=draft.mode,
        language=draft.language,
        subject=draft.subject,
        body=draft.body,
        shown_subject=case.shown_subject,
        shown_body=case.shown_body,
        content_digest=case.content_digest,
        sender_digest=work.vault.digest("sender", draft.sender) if draft.sender else None,
        sender=draft.sender or None,
        contact_name=draft.contact.name or None,
        contact_phone=draft.contact.phone or None,
        contact_email=draft.contact.email or None,
        place=draft.place,
        publishable=draft.publishable,
        received_at=draft.received_at,
        recorded_at=now,
        repeats_id=case.repeats_id,
    )


def _ticket_row(
    work: Work,
    case: NewCase,
    message_id: UUID,
    ticket_id: UUID,
    number: str,
    code: str,
    now: datetime,
) -> TicketRow:
    closed = case.state is TicketState.CLOSED
    screening = case.state is TicketState.SCREENING
    return TicketRow(
        id=ticket_id,
        message_id=message_id,
        number=number,
        code_digest=work.vault.digest("query code", code) if code else None,
        state=case.state,
        kind=case.kind,
        topic=join_topic(case.judgement.topic),
        urgency=case.judgement.urgency,
        route=case.assignment.route,
        district=case.district or None,
        lead_department=case.lead_department or None,
        assigned_by="" if screening or not case.lead_department else "program",
        assigned_confidence=_confidence(case),
        screening_reason=case.assignment.reason if screening else "",
        guesses=[_guess_as_kept(guess) for guess in case.assignment.guesses[:3]],
        unscreened_report=case.kind == REPORT,
        policy_version=case.policy_version,
        next_due_at=nearest_due(case.clocks),
        opened_at=case.draft.received_at,
        answered_at=case.draft.replied_at if case.draft.reply else None,
        closed_at=case.draft.replied_at if closed else None,
    )


def _guess_as_kept(guess: DepartmentGuess) -> dict[str, object]:
    return asdict(guess) | {"probability": round(guess.probability, 4)}


def _confidence(case: NewCase) -> float | None:
    if not case.lead_department or not case.assignment.guesses:
        return None
    return case.assignment.guesses[0].probability


def _clock_row(clock: Clock, ticket_id: UUID) -> ClockRow:
    return ClockRow(
        id=uuid7(),
        ticket_id=ticket_id,
        name=clock.name,
        rule_id=clock.rule_id,
        amount=clock.amount,
        unit=clock.unit,
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        voided=clock.voided,
        provisional=clock.provisional,
    )


def _reply_row(case: NewCase, ticket_id: UUID) -> ReplyRow:
    return ReplyRow(
        id=uuid7(),
        ticket_id=ticket_id,
        department=case.lead_department or None,
        department_name=case.taken_over_department,
        author="program",
        body=case.draft.reply,
        answered_at=case.draft.replied_at,
    )
