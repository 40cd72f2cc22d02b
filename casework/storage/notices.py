"""Notices that wait to be sent, and the new code that one of them carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from casework.events import PROGRAM, EventName
from casework.storage.audit import append
from casework.storage.records import Work
from casework.storage.tables import NoticeRow, TicketRow

NEW_CODE = "new_code"
"""The kind of notice whose delivery makes the new code; the code itself is never kept."""
TRIES = 8
GIVE_UP_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to a citizen. recipient: a mail address or a telephone number."""

    id: UUID
    kind: str
    recipient: str
    number: str
    language: str


def waiting(work: Work, now: datetime, limit: int = 100) -> tuple[Notice, ...]:
    """Notices not yet sent, oldest first; those tried too often or too old are left out."""
    rows = work.session.scalars(
        select(NoticeRow)
        .where(
            NoticeRow.sent_at.is_(None),
            NoticeRow.attempts < TRIES,
            NoticeRow.created_at > now - GIVE_UP_AFTER,
        )
        .order_by(NoticeRow.id)
        .limit(limit)
    ).all()
    notices = []
    for row in rows:
        ticket = work.session.get(TicketRow, row.ticket_id) if row.ticket_id else None
        if ticket is not None and row.recipient:
            language = ticket.message.language
            notices.append(Notice(row.id, row.kind, row.recipient, ticket.number, language))
    return tuple(notices)


def renew_code(work: Work, notice_id: UUID, code: str, now: datetime) -> None:
    """Make `code` the query code of the notice's ticket; the old one ends with this commit."""
    row = work.session.get_one(NoticeRow, notice_id)
    ticket = work.session.get_one(TicketRow, row.ticket_id)
    ticket.code_digest = work.vault.digest("query code", code)
    append(work, str(ticket.id), EventName.CODE_RENEWED, PROGRAM, now)


def sent(work: Work, notice_id: UUID, now: datetime) -> None:
    """The notice has gone out."""
    row = work.session.get_one(NoticeRow, notice_id)
    row.sent_at, row.error = now, ""
    row.attempts += 1


def failed(work: Work, notice_id: UUID, error: str) -> None:
    """The notice could not be sent; it is tried again, and the reason is kept."""
    row = work.session.get_one(NoticeRow, notice_id)
    row.attempts += 1
    row.error = error[:2000]
