"""Urgent messages that staff were told of: what a new one is compared with before they are told again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, literal, or_, select

from casework.storage.alerts import CLOSED, FALSE
from casework.storage.issue_messages import exact_places, joined
from casework.storage.records import Work
from casework.storage.staff_notices import RAISED
from casework.storage.tables import (
    AccusationRow,
    AlertRow,
    HotIssueMessageRow,
    JudgementRow,
    MentionRow,
    MessageRow,
    RecusalRow,
    StaffNoticeRow,
    TicketRow,
)

MOST = 100
"""Of more the newest are compared."""


@dataclass(frozen=True, slots=True)
class UrgentMessage:
    """alert: its number, "" for a message that has none yet. words: see HotIssueMessageRow; None while
    nobody has looked at it. Text: masked. places: roads and compounds it names."""

    alert: str
    subject: str
    body: str
    district: str
    places: tuple[str, ...]
    words: Mapping[str, float] | None


def urgent_message(work: Work, message_id: UUID) -> UrgentMessage | None:
    """A message as it is compared; None for one without a judgement."""
    row = work.session.execute(
        _columns(literal("")).where(MessageRow.id == message_id)
    ).one_or_none()
    return _read(row) if row is not None else None


def told_since(work: Work, since: datetime, rule: str) -> tuple[UrgentMessage, ...]:
    """Messages of open alerts of this rule that were raised since then and that everybody concerned was
    told of, the newest first. What not everybody may see is not among them."""
    told = select(StaffNoticeRow.id).where(
        StaffNoticeRow.alert_id == AlertRow.id, StaffNoticeRow.step == RAISED
    )
    rows = work.session.execute(
        _columns(AlertRow.number)
        .join(AlertRow, AlertRow.message_id == MessageRow.id)
        .where(
            AlertRow.raised_at > since,
            AlertRow.rule == rule,
            AlertRow.state != CLOSED,
            or_(AlertRow.verdict.is_(None), AlertRow.verdict != FALSE),
            MessageRow.deleted_at.is_(None),
            told.exists(),
            *_seen_by_all(),
        )
        .order_by(AlertRow.raised_at.desc(), AlertRow.id.desc())
        .limit(MOST)
    )
    return tuple(_read(row) for row in rows)


def _seen_by_all() -> tuple[ColumnElement[bool], ...]:
    accused = select(AccusationRow.ticket_id).where(AccusationRow.ticket_id == TicketRow.id)
    recused = select(RecusalRow.ticket_id).where(RecusalRow.ticket_id == TicketRow.id)
    screened = or_(TicketRow.id.is_(None), TicketRow.unscreened_report.is_(False))
    return screened, ~accused.exists(), ~recused.exists()


def _columns(alert: Any) -> Select[*tuple[Any, ...]]:
    return joined(
        select(
            alert,
            MessageRow.shown_subject,
            MessageRow.shown_body,
            func.coalesce(TicketRow.district, MentionRow.district, ""),
            JudgementRow.detail["places"],
            HotIssueMessageRow.words,
        ).select_from(MessageRow)
    ).outerjoin(HotIssueMessageRow, HotIssueMessageRow.message_id == MessageRow.id)


def _read(row: Row[*tuple[Any, ...]]) -> UrgentMessage:
    alert, subject, body, district, places, words = row
    return UrgentMessage(alert, subject, body, district, exact_places(places), words)
