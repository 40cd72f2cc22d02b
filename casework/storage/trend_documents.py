"""A message's state as the trend index needs it, read from the records at delivery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

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
"""The state of a public post of which no ticket was made."""
LEAD = 19
"""Where the lead unit stands in a row of `_columns`."""
SCORES = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}


@dataclass(slots=True)  # frozen, one would take five times as long to make
class TrendDocument:
    """One message as it is searched and counted, never changed. Text is the masked text, never the original.

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


def all_documents(
    work: Work, after: UUID | None, limit: int | None = None, until: UUID | None = None
) -> tuple[TrendDocument, ...]:
    """The next `limit` documents whose id lies beyond `after`, or all of them up to `until`; ids sort
    by time of recording."""
    statement = _columns().limit(limit)
    if after is not None:
        statement = statement.where(MessageRow.id > after)
    if until is not None:
        statement = statement.where(MessageRow.id <= until)
    return _documents(work, statement)


def batch_end(work: Work, after: UUID | None, limit: int) -> UUID | None:
    """The id of the last of the documents that all_documents would give; None without any."""
    ids = select(MessageRow.id).order_by(MessageRow.id).limit(limit)
    if after is not None:
        ids = ids.where(MessageRow.id > after)
    found = ids.subquery()
    return work.session.scalar(select(found.c.id).order_by(found.c.id.desc()).limit(1))


def count_documents(work: Work) -> int:
    """How many messages `all_documents` walks through, tombstones included."""
    return work.session.scalar(select(func.count()).select_from(MessageRow)) or 0


def _columns() -> Select[*tuple[Any, ...]]:
    # Columns, not mapped objects: a rebuild reads every message there is. `_document` takes them apart
    # in this order.
    return (
        select(
            MessageRow.id,
            MessageRow.version,
            MessageRow.received_at,
            MessageRow.channel,
            MessageRow.shown_subject,
            MessageRow.shown_body,
            MessageRow.deleted_at,
            JudgementRow.topic,
            JudgementRow.kind,
            JudgementRow.sentiment,
            JudgementRow.sentiment_score,
            JudgementRow.urgency,
            JudgementRow.keywords,
            JudgementRow.detail["places"],
            TicketRow.number,
            TicketRow.topic,
            TicketRow.kind,
            TicketRow.urgency,
            TicketRow.state,
            TicketRow.lead_department,
            TicketRow.district,
            TicketRow.unscreened_report,
            MentionRow.message_id,
            MentionRow.district,
        )
        .outerjoin(JudgementRow, JudgementRow.message_id == MessageRow.id)
        .outerjoin(TicketRow, TicketRow.message_id == MessageRow.id)
        .outerjoin(MentionRow, MentionRow.message_id == MessageRow.id)
        .order_by(MessageRow.id)
    )


@dataclass(frozen=True, slots=True)
class _Beside:
    """What other tables say of some messages, by message. said: by task, what a person last said of
    it, against the program; a ticket holds it already, but for the sentiment. above: of each department
    code, itself and all above it."""

    said: Mapping[UUID, Mapping[str, str]]
    accused: Mapping[UUID, frozenset[str]]
    asked_above: Mapping[UUID, frozenset[str]]
    above: Mapping[str, frozenset[str]]


def _documents(
    work: Work, statement: Select[*tuple[Any, ...]], wanted: Iterable[UUID] | None = None
) -> tuple[TrendDocument, ...]:
    """The documents of a statement; of `wanted`, or of all messages from its first to its last."""
    # By the connection: the session would look for objects in every row.
    rows = work.session.connection().execute(statement).all()
    if not rows:
        return ()

    def of_these(column: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
        return column.between(rows[0][0], rows[-1][0]) if wanted is None else column.in_(wanted)

    tree = _tree(work)
    beside = _Beside(
        _said(work, of_these(CorrectionRow.message_id)),
        _accused(work, of_these(TicketRow.message_id)),
        _asked(work, of_these(TicketRow.message_id), tree),
        {code: tree.above(code) for code in {row[LEAD] or "" for row in rows}},
    )
    return tuple(_document(row, beside) for row in rows)


NOTHING: Mapping[str, str] = {}
NOBODY = frozenset[str]()


def _document(row: Row[*tuple[Any, ...]], beside: _Beside) -> TrendDocument:
    # In the order of `_columns`: taking a row apart at once costs a fraction of asking it by names.
    (
        message_id,
        version,
        received_at,
        channel,
        subject,
        body,
        deleted_at,
        judged_topic,
        judged_kind,
        judged_sentiment,
        score,
        judged_urgency,
        keywords,
        places,
        number,
        topic,
        kind,
        urgency,
        state,
        lead,
        district,
        unscreened_report,
        mention_id,
        mention_district,
    ) = row
    said = beside.said.get(message_id, NOTHING)
    mention = mention_id is not None and number is None
    if number is None:
        topic = said.get(TOPIC) or judged_topic
        kind = said.get(KIND) or judged_kind
        urgency = said.get(URGENCY) or judged_urgency
    department = lead or ""
    return TrendDocument(
        message_id=message_id,
        version=version,
        number=number or "",
        received_at=received_at,
        topic=split_topic(topic or ""),
        department=department,
        department_above=beside.above[department],
        district=(mention_district if mention else district) or "",
        channel=channel,
        kind=kind or "",
        sentiment=said.get(SENTIMENT) or judged_sentiment or "",
        sentiment_score=SCORES.get(said.get(SENTIMENT, ""), score or 0.0),
        urgency=urgency or "",
        state=MENTION if mention else state or "",
        subject=subject,
        body=body,
        keywords=tuple(keywords or ()),
        unscreened_report=judged_kind == REPORT if mention else bool(unscreened_report),
        accused=beside.accused.get(message_id, NOBODY),
        places=tuple(dict.fromkeys(place[0] for place in places)) if places else (),
        deleted=deleted_at is not None,
        asked_above=beside.asked_above.get(message_id, NOBODY),
    )


def _said(work: Work, of_these: ColumnElement[bool]) -> dict[UUID, dict[str, str]]:
    """By message and task: what a person last said."""
    found: dict[UUID, dict[str, str]] = {}
    for message_id, task, after in work.session.execute(
        select(CorrectionRow.message_id, CorrectionRow.task, CorrectionRow.after)
        .where(of_these)
        .order_by(CorrectionRow.at, CorrectionRow.id)
    ):
        found.setdefault(message_id, {})[task] = after
    return found


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
