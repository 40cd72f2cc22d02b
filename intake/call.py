"""What an operator does with a call: dispatch it, answer it at once, or join it to an open ticket.

Each is one transaction with the message, its audit chain, the notice to the caller, the pushed call
it belongs to and the end of its draft.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from casework.errors import NotAllowed, NotFound, Rejected
from casework.events import EventName
from casework.judgement import TopicPath
from casework.model import Clock, ClockName, Contact, MessageDraft, Receipt, TicketState
from casework.permissions import Action, Person
from casework.senders import is_mobile
from casework.storage import calls
from casework.storage.acts import finish
from casework.storage.cases import NewCase
from casework.storage.corrections import Labels, guessed, record_corrections
from casework.storage.drafts import drop_draft
from casework.storage.judgements import join_topic
from casework.storage.merging import carrier, one_merging_at_a_time
from casework.storage.records import Work
from casework.storage.replies import CALL_RECEIVED, tell_citizen
from casework.storage.tables import TicketRow
from casework.taxonomy import REPORT, SENTIMENTS, URGENCIES, leaves
from intake.check import check
from intake.elements import Elements, body_of, missing
from intake.examine import Intake, Said, examine
from intake.receive import record_one

CHANNEL = "hotline"


@dataclass(frozen=True, slots=True)
class CallEntry:
    """What the operator wrote down. id: names the form, and its draft. call_id: the pushed call,
    or None. caller: the number; "" when withheld. kind, urgency, sentiment, topic,
    department: the operator's word, empty to leave it to the program. notify: send the number by short message.
    """

    id: UUID
    elements: Elements
    caller: str = ""
    call_id: UUID | None = None
    name: str = ""
    kind: str = ""
    urgency: str = ""
    sentiment: str = ""
    topic: TopicPath = ()
    department: str = ""
    confidential: bool = False
    notify: bool = False
    language: str = "zh"


def dispatch(intake: Intake, entry: CallEntry, person: Person, now: datetime) -> Receipt:
    """Record the call and give it to the unit chosen, or to screening when nobody is sure.

    Raises Rejected("missing", "elements") for missing elements, and what `receive` raises.
    """
    case = _examined(intake, entry, person, now)
    _check_elements(entry, case)
    return _record(intake, case, entry, person, now)


def answer_at_once(
    intake: Intake, entry: CallEntry, answer: str, person: Person, now: datetime
) -> Receipt:
    """Record the call as answered on the telephone and closed; it is counted as any other.

    Raises Rejected("empty", "answer"), Rejected("report_screened") for a 举报, which no one
    person may settle, and what `dispatch` raises.
    """
    if not answer.strip():
        raise Rejected("empty", "answer")
    case = _examined(intake, entry, person, now, answer)
    if case.kind == REPORT:
        raise Rejected("report_screened", "kind")
    _check_elements(entry, case)
    told = json.dumps({"department": person.department}, ensure_ascii=False)
    case = replace(
        case,
        lead_department=person.department,
        clocks=tuple(_met(clock, now) for clock in case.clocks),
        events=(*case.events[:-1], (EventName.ANSWERED_AT_ONCE, person.username, now, told)),
    )
    return _record(intake, case, entry, person, now)


def join(intake: Intake, entry: CallEntry, number: str, person: Person, now: datetime) -> Receipt:
    """Record the call as further material on the open ticket `number`, whose clocks go on.

    The call has a number of its own that leads to that ticket. Raises NotFound, Conflict("state")
    and Rejected("report_apart") as merging.carrier, Rejected("empty", "matter"), and what
    `receive` raises.
    """
    if not entry.elements.matter.strip():
        raise Rejected("empty", "matter")
    case = _examined(intake, entry, person, now)
    if case.kind == REPORT:
        raise Rejected("report_apart", "kind")
    office = intake.office()
    with intake.records.read() as work:
        target = carrier(work, office, number, person, Action.TAKE_CALL)
        lead, target_id = target.lead_department or "", target.id
    told = json.dumps({"into": number}, ensure_ascii=False)
    case = replace(
        case,
        lead_department=lead,
        state=TicketState.MERGED,
        merged_into=target_id,
        clocks=tuple(replace(clock, stopped_at=None, voided=True) for clock in case.clocks),
        events=(*case.events[:-1], (EventName.MERGED, person.username, now, told)),
    )

    def link(work: Work, recorded: Receipt) -> None:
        one_merging_at_a_time(work)
        carrying = carrier(work, office, number, person, Action.TAKE_CALL)
        finish(work, carrying, EventName.MERGED_HERE, person, now, {"number": recorded.number})

    return _record(intake, case, entry, person, now, link)


def _examined(
    intake: Intake, entry: CallEntry, person: Person, now: datetime, reply: str = ""
) -> NewCase:
    if not person.may(Action.TAKE_CALL):
        raise NotAllowed("not_allowed")
    _check_choices(intake, entry)
    draft = check(draft_of(entry, person, now, reply), now)
    said = Said(entry.topic, entry.urgency, entry.department, person.username)
    return examine(intake, draft, now, said)


def draft_of(entry: CallEntry, person: Person, now: datetime, reply: str = "") -> MessageDraft:
    """The call as any other message."""
    elements = entry.elements
    return MessageDraft(
        channel=CHANNEL,
        subject="",
        body=body_of(elements),
        received_at=now,
        sender=entry.caller or elements.contact,
        contact=Contact(name=entry.name, phone=elements.contact),
        place=elements.place,
        kind_stated=entry.kind,
        reply=reply.strip(),
        replied_at=now if reply.strip() else None,
        confidential=entry.confidential,
        entered_by=person.username,
        form_token=entry.id.hex,
        language=entry.language,
    )


def _check_choices(intake: Intake, entry: CallEntry) -> None:
    if entry.urgency and entry.urgency not in URGENCIES:
        raise Rejected("unknown", "urgency")
    if entry.sentiment and entry.sentiment not in SENTIMENTS:
        raise Rejected("unknown", "sentiment")
    if entry.topic and not any(leaf.path == entry.topic for leaf in leaves()):
        raise Rejected("unknown", "topic")
    if entry.department and entry.department not in intake.office().departments:
        raise Rejected("unknown", "department")


def _check_elements(entry: CallEntry, case: NewCase) -> None:
    lacking = missing(entry.elements, case.kind)
    if lacking:
        raise Rejected("missing", "elements", elements=lacking)


def _met(clock: Clock, now: datetime) -> Clock:
    """Dispatching and replying are done with the call; the other clocks have nothing to measure."""
    if clock.name in (ClockName.DISPATCH, ClockName.REPLY):
        return replace(clock, stopped_at=max(now, clock.started_at), voided=False)
    return replace(clock, stopped_at=None, voided=True)


def _record(
    intake: Intake,
    case: NewCase,
    entry: CallEntry,
    person: Person,
    now: datetime,
    link: Callable[[Work, Receipt], None] | None = None,
) -> Receipt:
    def together(work: Work, recorded: Receipt) -> None:
        if link is not None:
            link(work, recorded)
        if entry.call_id is not None:
            # What the caller said is taken in, whatever has become of the call centre's telling.
            with suppress(NotFound):
                calls.entered(work, entry.call_id, recorded.message_id)
        guess = case.assignment.guesses[0].department if case.assignment.guesses else ""
        said = Labels(
            join_topic(entry.topic), entry.kind, entry.urgency, entry.department, entry.sentiment
        )
        record_corrections(
            work,
            recorded.message_id,
            guessed(case.judgement, guess),
            said,
            case.judgement.engine,
            person.username,
            now,
        )
        if entry.notify and is_mobile(entry.elements.contact):
            ticket = work.session.get_one(TicketRow, recorded.ticket_id)
            tell_citizen(work, ticket, CALL_RECEIVED, now)
        drop_draft(work, entry.id, person.username)

    return record_one(intake, case, now, together)
