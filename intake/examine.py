"""Finding out everything about a draft before the records are opened: pure, and most of the work."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from msgspec import structs

from casework.deadlines import NONE_YET, DeadlinePolicy, Matter, start_clocks
from casework.events import CITIZEN, PROGRAM, EventName
from casework.judgement import Judgement, TopicGuess, TopicPath, judged_text
from casework.model import (
    Assignment,
    Clock,
    ClockName,
    ClockStart,
    IntakeMode,
    MessageDraft,
    TicketState,
)
from casework.office import Office
from casework.storage.cases import NewCase
from casework.storage.records import Records, Work
from intake.duplicates import key_of
from intake.privacy import mask

Judge = Callable[[str], Judgement]
Route = Callable[[Judgement, str, str, str, datetime], Assignment]
"""(judgement, text, kind, district, now) → Assignment; routing's answer, injected."""
UrgentAlarm = Callable[[Work, UUID, str, str, str, str, datetime], None]
"""(work, message id, number, topic, district, rule, now); monitor's alarm, injected."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What receiving a message needs."""

    records: Records
    office: Callable[[], Office]
    judge: Judge
    route: Route
    alarm: UrgentAlarm


@dataclass(frozen=True, slots=True)
class Said:
    """What a person who enters a message says about it, against the program; empty fields leave
    it to the program. department: a code. by: the person's username."""

    topic: TopicPath = ()
    urgency: str = ""
    department: str = ""
    by: str = PROGRAM


NOTHING_SAID = Said()


def examine(
    intake: Intake, draft: MessageDraft, now: datetime, said: Said = NOTHING_SAID
) -> NewCase:
    """Everything there is to know about the draft."""
    office = intake.office()
    text = judged_text(draft.subject, draft.body)
    judgement = intake.judge(text)
    kind = draft.kind_stated or judgement.kind
    urgency = said.urgency or judgement.urgency
    district = district_of(office, draft, judgement)
    assignment = intake.route(_with_topic(judgement, said.topic), text, kind, district, now)
    lead, taken_over = _lead(office, draft, assignment, said)
    state = _state(draft, lead)
    # A public post was written to nobody: the office has it from now on.
    opened_at = now if draft.mode is IntakeMode.MENTION else draft.received_at
    policy = office.policy_at(opened_at)
    matter = Matter(kind, urgency, district, said.topic or judgement.topic, draft.channel)
    clocks = _clocks(office, policy, matter, draft, opened_at, state, now)
    return NewCase(
        draft=draft,
        key=key_of(draft, intake.records.vault),
        shown_subject=mask(draft.subject),
        shown_body=mask(draft.body),
        judgement=judgement,
        kind=kind,
        assignment=assignment,
        lead_department=lead,
        taken_over_department=taken_over,
        district=district,
        state=state,
        clocks=clocks,
        policy_version=policy.version,
        events=_events(draft, judgement, assignment, lead, state, now, said),
        topic=said.topic,
        urgency=said.urgency if said.urgency != judgement.urgency else "",
        actor=said.by,
    )


def _with_topic(judgement: Judgement, topic: TopicPath) -> Judgement:
    """The judgement as if it had been sure of the topic a person chose."""
    if not topic:
        return judgement
    return structs.replace(judgement, topic=topic, leaves=(TopicGuess(topic, 1.0),))


def district_of(office: Office, draft: MessageDraft, judgement: Judgement) -> str:
    """The district the matter lies in: as stated, else the first named in the text, else ""."""
    if draft.district in office.departments:
        return draft.district
    for place in judgement.places:
        for code in office.departments.above(place.code):
            department = office.departments.get(code)
            if department is not None and department.level == "district":
                return code
    return ""


def _lead(
    office: Office, draft: MessageDraft, assignment: Assignment, said: Said
) -> tuple[str, str]:
    """The lead department's code, or ""; and the name taken over when no code matches it.

    What a person chose holds, but of a 举报 the screening desk decides.
    """
    if said.department and assignment.reason != "report":
        return said.department, ""
    if not draft.department_stated:
        return assignment.department, ""
    known = office.departments.by_name(draft.department_stated)
    if known is not None:
        return known.code, draft.department_stated
    return assignment.department, draft.department_stated


def _state(draft: MessageDraft, lead: str) -> TicketState:
    if draft.reply:
        return TicketState.CLOSED
    if draft.mode is IntakeMode.HISTORY:
        return TicketState.UNKNOWN
    return TicketState.ASSIGNED if lead else TicketState.SCREENING


def _clocks(
    office: Office,
    policy: DeadlinePolicy,
    matter: Matter,
    draft: MessageDraft,
    opened_at: datetime,
    state: TicketState,
    now: datetime,
) -> tuple[Clock, ...]:
    started = start_clocks(
        policy,
        matter,
        started_at=opened_at,
        calendar=office.calendar,
        zone=office.zone,
        others={ClockStart.ACCEPTED: now} if state is TicketState.ASSIGNED else NONE_YET,
    )
    return tuple(_as_it_stands(clock, draft, state, now) for clock in started)


def _as_it_stands(clock: Clock, draft: MessageDraft, state: TicketState, now: datetime) -> Clock:
    if state is TicketState.CLOSED and clock.name is ClockName.REPLY:
        return replace(clock, stopped_at=draft.replied_at)
    if state in (TicketState.CLOSED, TicketState.UNKNOWN):
        return replace(clock, voided=True)
    if state is TicketState.ASSIGNED and clock.name is ClockName.DISPATCH:
        # Dispatched by the program in this very transaction.
        return replace(clock, stopped_at=max(now, clock.started_at))
    return clock


def _events(
    draft: MessageDraft,
    judgement: Judgement,
    assignment: Assignment,
    lead: str,
    state: TicketState,
    now: datetime,
    said: Said,
) -> tuple[tuple[EventName, str, datetime, str], ...]:
    received = {"channel": draft.channel, "source_ref": draft.source_ref}
    if draft.entered_by:
        received["entered_by"] = draft.entered_by
    judged = {
        "engine": judgement.engine,
        "topic": "/".join(judgement.topic),
        "kind": judgement.kind,
        "urgency": judgement.urgency,
        "confidence": round(judgement.confidence, 4),
    }
    routed = {"department": lead, "reason": assignment.reason, "route": assignment.route}
    if assignment.catalogue:
        routed["catalogue"] = assignment.catalogue
    if assignment.guesses:
        routed["confidence"] = f"{assignment.guesses[0].probability:.4f}"
    if draft.mode is IntakeMode.HISTORY:
        last = EventName.TAKEN_OVER
    elif state is TicketState.SCREENING:
        last = EventName.QUEUED_FOR_SCREENING
    else:
        last = EventName.ASSIGNED
    return (
        (EventName.RECEIVED, CITIZEN, draft.received_at, _json(received)),
        (EventName.JUDGED, PROGRAM, now, _json(judged)),
        (last, said.by, now, _json(routed)),
    )


# One encoder: json.dumps with options makes a new one for every value.
_json = json.JSONEncoder(ensure_ascii=False).encode
