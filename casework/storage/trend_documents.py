"""A message's state as the trend index needs it, read from the records at delivery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, func, select

from casework.contributions import SEEN_BY_ASKED
from casework.departments import Department, DepartmentTree
from casework.judgement import TopicPath
from casework.permissions import mark_of
from casework.storage.corrections import KIND, SENTIMENT, TOPIC, URGENCY
from casework.storage.judgements import split_topic
from casework.storage.records import Work
from casework.storage.tables import (
    AccusationRow,
    ContributionRow,
    CorrectionRow,
    DepartmentRow,
    JudgementRow,
    MentionRow,
    MessageRow,
    RecusalRow,
    TicketRow,
)
from casework.taxonomy import REPORT

MENTION = "mention"
SCORES = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}
"""The state of a public post of which no ticket was made."""


@dataclass(frozen=True, slots=True)
class TrendDocument:
    """One message as it is searched and counted. Text is the masked text, never the original.

    version: of the message; grows with every change. number: the ticket's, "" without a ticket.
    topic: the ticket's path; without a ticket what a person said, else the classifier's. department: the lead unit's code
    or ""; department_above: it and everything above it. district: code or "". keywords: the
    classifier's. accused: codes of accused departments, and marks of people kept from it. places: names as written.
    state: of the ticket, MENTION, or "". unscreened_report: also a mention judged 举报.
    deleted: a tombstone; it is counted and found nowhere. asked_above: departments that were asked for a
    contribution, and all above them: they find it, too.
    """

    message_id: UUID
    version: int
    number: str
    received_at: datetime
    topic: TopicPath
    department: str
    department_above: frozenset[str]
    district: str
    channel: str
    kind: str
    sentiment: str
    sentiment_score: float
    urgency: str
    state: str
    subject: str
    body: str
    keywords: tuple[str, ...]
    unscreened_report: bool
    accused: frozenset[str]
    places: tuple[str, ...]
    deleted: bool
    asked_above: frozenset[str] = frozenset()


def read_documents(work: Work, message_ids: Iterable[UUID]) -> tuple[TrendDocument, ...]:
    """The documents of these messages, in the order of their ids; unknown ids are left out."""
    wanted = set(message_ids)
    if not wanted:
        return ()
    return _documents(work, _columns().where(MessageRow.id.in_(wanted)), wanted)


def all_documents(work: Work, after: UUID | None, limit: int) -> tuple[TrendDocument, ...]:
    """The next `limit` documents whose id lies beyond `after`; ids sort by time of recording."""
    statement = _columns().limit(limit)
    if after is not None:
        statement = statement.where(MessageRow.id > after)
    return _documents(work, statement)


def count_documents(work: Work) -> int:
    """How many messages `all_documents` walks through, tombstones included."""
    return work.session.scalar(select(func.count()).select_from(MessageRow)) or 0


def _columns() -> Select[*tuple[Any, ...]]:
    # Columns, not mapped objects: a rebuild reads every message there is.
    return (
        select(
            MessageRow.id,
            MessageRow.version,
            MessageRow.received_at,
            MessageRow.channel,
            MessageRow.shown_subject,
            MessageRow.shown_body,
            MessageRow.deleted_at,
            JudgementRow.topic.label("judged_topic"),
            JudgementRow.kind.label("judged_kind"),
            JudgementRow.sentiment,
            JudgementRow.sentiment_score,
            *(_said(task).label(f"said_{task}") for task in (TOPIC, KIND, SENTIMENT, URGENCY)),
            JudgementRow.urgency.label("judged_urgency"),
            JudgementRow.keywords,
            JudgementRow.detail["places"].label("places"),
            TicketRow.number,
            TicketRow.topic,
            TicketRow.kind,
            TicketRow.urgency,
            TicketRow.state,
            TicketRow.lead_department,
            TicketRow.district,
            MentionRow.district.label("mention_district"),
            MentionRow.message_id.label("mention_id"),
            TicketRow.unscreened_report,
        )
        .outerjoin(JudgementRow, JudgementRow.message_id == MessageRow.id)
        .outerjoin(TicketRow, TicketRow.message_id == MessageRow.id)
        .outerjoin(MentionRow, MentionRow.message_id == MessageRow.id)
        .order_by(MessageRow.id)
    )


def _said(task: str) -> ScalarSelect[str]:
    """What a person last said of a message, against the program. A ticket holds it already, but for
    the sentiment."""
    return (
        select(CorrectionRow.after)
        .where(CorrectionRow.message_id == MessageRow.id, CorrectionRow.task == task)
        .order_by(CorrectionRow.at.desc(), CorrectionRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _documents(
    work: Work, statement: Select[*tuple[Any, ...]], wanted: Iterable[UUID] | None = None
) -> tuple[TrendDocument, ...]:
    """The documents of a statement; of `wanted`, or of all messages from its first to its last."""
    rows = work.session.execute(statement).all()
    if not rows:
        return ()
    of_these = (
        TicketRow.message_id.between(rows[0].id, rows[-1].id)
        if wanted is None
        else TicketRow.message_id.in_(wanted)
    )
    tree = _tree(work)
    accused, asked = _accused(work, of_these), _asked(work, of_these, tree)
    above = {code: tree.above(code) for code in {row.lead_department or "" for row in rows}}
    nobody = frozenset[str]()
    return tuple(
        _document(row, accused.get(row.id, nobody), asked.get(row.id, nobody), above)
        for row in rows
    )


def _document(
    row: Row[Any],
    accused: frozenset[str],
    asked_above: frozenset[str],
    above: Mapping[str, frozenset[str]],
) -> TrendDocument:
    has_ticket = row.number is not None
    mention = row.mention_id is not None and not has_ticket
    department = row.lead_department or ""
    return TrendDocument(
        message_id=row.id,
        version=row.version,
        number=row.number or "",
        received_at=row.received_at,
        topic=split_topic((row.topic if has_ticket else row.said_topic or row.judged_topic) or ""),
        department=department,
        department_above=above[department],
        district=(row.mention_district if mention else row.district) or "",
        channel=row.channel,
        kind=(row.kind if has_ticket else row.said_kind or row.judged_kind) or "",
        sentiment=row.said_sentiment or row.sentiment or "",
        sentiment_score=SCORES.get(row.said_sentiment, row.sentiment_score or 0.0),
        urgency=(row.urgency if has_ticket else row.said_urgency or row.judged_urgency) or "",
        state=MENTION if mention else row.state or "",
        subject=row.shown_subject,
        body=row.shown_body,
        keywords=tuple(row.keywords or ()),
        unscreened_report=row.judged_kind == REPORT if mention else bool(row.unscreened_report),
        accused=accused,
        places=tuple(dict.fromkeys(place[0] for place in row.places or ())),
        deleted=row.deleted_at is not None,
        asked_above=asked_above,
    )


def _accused(work: Work, of_these: ColumnElement[bool]) -> dict[UUID, frozenset[str]]:
    """By message: the accused departments, and the marks of the people kept from it."""
    found: dict[UUID, set[str]] = {}
    for message_id, department in work.session.execute(
        select(TicketRow.message_id, AccusationRow.department)
        .join(AccusationRow, AccusationRow.ticket_id == TicketRow.id)
        .where(of_these)
    ):
        found.setdefault(message_id, set()).add(department)
    for message_id, user_id in work.session.execute(
        select(TicketRow.message_id, RecusalRow.user_id)
        .join(RecusalRow, RecusalRow.ticket_id == TicketRow.id)
        .where(of_these)
    ):
        found.setdefault(message_id, set()).add(mark_of(user_id))
    return {message_id: frozenset(codes) for message_id, codes in found.items()}


def _asked(
    work: Work, of_these: ColumnElement[bool], tree: DepartmentTree
) -> dict[UUID, frozenset[str]]:
    """By message: the departments asked for a contribution, and all above them."""
    found: dict[UUID, frozenset[str]] = {}
    for message_id, department in work.session.execute(
        select(TicketRow.message_id, ContributionRow.department)
        .join(ContributionRow, ContributionRow.ticket_id == TicketRow.id)
        .where(
            of_these,
            ContributionRow.department.is_not(None),
            ContributionRow.state.in_(SEEN_BY_ASKED),
        )
    ):
        found[message_id] = found.get(message_id, frozenset()) | tree.above(department or "")
    return found


def _tree(work: Work) -> DepartmentTree:
    rows = work.session.execute(select(DepartmentRow.code, DepartmentRow.parent))
    return DepartmentTree(Department(code, "", "", parent or "") for code, parent in rows)
