"""A valid case in one call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import structs

from casework.calendar import starting_days
from casework.deadlines import DeadlinePolicy, Matter, start_clocks
from casework.events import CITIZEN, PROGRAM, EventName
from casework.judgement import Evidence, Judgement, TopicGuess
from casework.model import Assignment, Contact, DepartmentGuess, MessageDraft, TicketState
from casework.policy import read_policy
from casework.storage.cases import (
    NewCase,
    RecordedCase,
    free_numbers,
    new_identity,
    record_cases,
)
from casework.storage.records import Records
from casework.storage.vault import Vault
from casework.workdays import WorkingCalendar
from intake.duplicates import key_of

ZONE = ZoneInfo("Asia/Shanghai")
RECEIVED = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
TOPIC = ("城乡建设", "城市建设和市政管理", "市政设施")
_CALENDAR = WorkingCalendar({entry.day: entry for entry in starting_days(2026, 2027)})


def draft(**changes: Any) -> MessageDraft:
    """A citizen's message by web form."""
    usual = MessageDraft(
        channel="web",
        subject="松涛路路灯不亮",
        body="松涛路从路口到学校这一段有四盏路灯不亮，晚上孩子走路很危险，请尽快维修。",
        received_at=RECEIVED,
        contact=Contact(name="周某", phone="13800000001"),
    )
    return replace(usual, **changes)


def judgement(**changes: Any) -> Judgement:
    """A judgement of the draft above."""
    usual = Judgement(
        topics=(TopicGuess(TOPIC[:1], 0.9), TopicGuess(("交通运输",), 0.1)),
        leaves=(TopicGuess(TOPIC, 0.8),),
        topic=TOPIC,
        kind="投诉",
        sentiment="negative",
        sentiment_score=-0.6,
        urgency="normal",
        urgency_rule="",
        confidence=0.9,
        places=(),
        keywords=("路灯", "维修"),
        evidence=(Evidence("topic", TOPIC[0], "路灯", 3, 5, 1.0),),
        engine="builder",
    )
    return structs.replace(usual, **changes)


def new_case(
    of: MessageDraft | None = None,
    *,
    judged: Judgement | None = None,
    lead: str = "CGJ",
    state: TicketState | None = None,
    district: str = "",
    kind: str = "",
    policy: DeadlinePolicy | None = None,
) -> NewCase:
    """A case ready to be recorded; without a lead it stands in the screening queue."""
    of = of or draft()
    judged = judged or judgement()
    kind = kind or judged.kind
    guess = DepartmentGuess(lead or "CGJ", 0.9, "dispatch", TOPIC, (("路灯", "word"),))
    clocks = start_clocks(
        policy or read_policy(),
        Matter(kind, judged.urgency, district, judged.topic, of.channel),
        started_at=of.received_at,
        calendar=_CALENDAR,
        zone=ZONE,
    )
    return NewCase(
        draft=of,
        key=key_of(of, Vault(b"b" * 32)),
        shown_subject=of.subject,
        shown_body=of.body,
        judgement=judged,
        kind=kind,
        assignment=Assignment((guess,), lead, "dispatch", "" if lead else "unsure"),
        lead_department=lead,
        taken_over_department="",
        district=district,
        state=state or (TicketState.ASSIGNED if lead else TicketState.SCREENING),
        clocks=clocks,
        policy_version="test",
        events=(
            (EventName.RECEIVED, CITIZEN, of.received_at, ""),
            (EventName.JUDGED, PROGRAM, of.received_at, '{"engine": "builder"}'),
        ),
    )


def record_one(records: Records, case: NewCase | None = None) -> RecordedCase:
    """Record a case and commit."""
    with records.write() as work:
        case = case or new_case()
        (number,) = free_numbers(work, [case.draft.received_at], ZONE)
        recorded = new_identity(case, number)
        record_cases(work, [(case, recorded)], RECEIVED)
        work.commit()
    return recorded
