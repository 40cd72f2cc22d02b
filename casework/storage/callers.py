"""Who is calling: what the same number said before, and what operators noted about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import join, joinedload, selectinload
from uuid_utils.compat import uuid7

from casework.errors import Rejected
from casework.model import OPEN_STATES
from casework.office import Office
from casework.permissions import Scope
from casework.senders import plain_sender
from casework.storage.queries.ticket_lines import TicketLine, ticket_line
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import CallerNoteRow, MessageRow, TicketRow

SHOWN = 12
REPEATS_WITHIN = timedelta(days=30)
MAX_NOTE = 300
_TICKETS = join(TicketRow, MessageRow, MessageRow.id == TicketRow.message_id)


@dataclass(frozen=True, slots=True)
class CallerNote:
    """What a caller said about themselves. by: username."""

    id: UUID
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """lines: the newest messages of this number within the scope, open ones first. recent: how
    many within the last 30 days, a call that is on now not counted."""

    total: int
    recent: int
    open: int
    lines: tuple[TicketLine, ...]
    notes: tuple[CallerNote, ...]


def caller(work: Work, office: Office, scope: Scope, number: str, now: datetime) -> Caller:
    """What is known of a telephone number, however it is typed."""
    digest = sender_digest(work, number)
    wanted = [
        *tickets_in(scope, office.departments),
        MessageRow.sender_digest == digest,
        MessageRow.deleted_at.is_(None),
    ]
    is_open = TicketRow.state.in_(OPEN_STATES)
    total, recent, still_open = work.session.execute(
        select(
            func.count(),
            func.count().filter(MessageRow.received_at > now - REPEATS_WITHIN),
            func.count().filter(is_open),
        )
        .select_from(_TICKETS)
        .where(*wanted)
    ).one()
    rows = work.session.scalars(
        select(TicketRow)
        .select_from(_TICKETS)
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
        )
        .where(*wanted)
        .order_by(is_open.desc(), MessageRow.received_at.desc(), TicketRow.id)
        .limit(SHOWN)
    )
    lines = tuple(ticket_line(row) for row in rows.unique())
    return Caller(
        total, recent, still_open, lines, notes_of(work, CallerNoteRow.sender_digest == digest)
    )


def notes_of(work: Work, which: ColumnElement[bool]) -> tuple[CallerNote, ...]:
    """Notes, oldest first."""
    rows = work.session.scalars(select(CallerNoteRow).where(which).order_by(CallerNoteRow.id))
    return tuple(CallerNote(row.id, row.text, row.by, row.at) for row in rows)


def add_note(work: Work, number: str, text: str, by: str, now: datetime) -> None:
    """Note what the caller said about themselves. Raises Rejected for an empty or long one, and
    when there is no number to note it for."""
    text = " ".join(text.split())
    if not plain_sender(number):
        raise Rejected("empty", "caller")
    if not text:
        raise Rejected("empty", "note")
    if len(text) > MAX_NOTE:
        raise Rejected("too_long", "note", length=len(text), limit=MAX_NOTE)
    work.session.add(
        CallerNoteRow(
            id=uuid7(), sender_digest=sender_digest(work, number), text=text, by=by, at=now
        )
    )


def drop_note(work: Work, note_id: UUID) -> None:
    """Take out a note that no longer holds."""
    row = work.session.get(CallerNoteRow, note_id)
    if row is not None:
        work.session.delete(row)


def sender_digest(work: Work, number: str) -> bytes:
    """What messages of this sender carry."""
    return work.vault.digest("sender", plain_sender(number))
