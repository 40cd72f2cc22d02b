"""What a citizen sees of their own ticket, and how they prove that it is theirs."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from casework.codes import read_code, read_number
from casework.errors import NotFound
from casework.events import EventName
from casework.model import Clock, ClockName, TicketState
from casework.storage import attempts
from casework.storage.attachments import Attachment, of_message
from casework.storage.queries.history import HistoryEntry, history_of
from casework.storage.queries.ticket_lines import latest, read_clocks
from casework.storage.queries.ticket_page import ShownReply, shown_reply
from casework.storage.records import Records, Work
from casework.storage.tables import MessageRow, TicketRow

TOLD = frozenset(
    {
        EventName.RECEIVED,
        EventName.QUEUED_FOR_SCREENING,
        EventName.ASSIGNED,
        EventName.REASSIGNED,
        EventName.SIGNED,
        EventName.CONTACTED,
        EventName.REPORTED,
        EventName.RETURN_MOVED,
        EventName.EXTENDED,
        EventName.SUSPENDED,
        EventName.RESUMED,
        EventName.REOPENED,
        EventName.ANSWERED,
        EventName.CLOSED,
        EventName.CODE_RENEWED,
        EventName.ANSWERED_AT_ONCE,
        EventName.MERGED,
        EventName.REFUSED,
        EventName.UNDONE,
        EventName.TAKEN_UP,
        EventName.OBJECTED,
        EventName.URGED,
    }
)
"""Events a citizen is told of. Of what colleagues wrote only notes meant for the citizen and the
reason of a transfer are told; everything else stays inside."""
_REASON_TOLD = frozenset({EventName.REASSIGNED, EventName.REOPENED})

NO_DIGEST = bytes(32)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, when, and what was said about it. department: code or ""."""

    name: EventName
    at: datetime
    department: str
    note: str


@dataclass(frozen=True, slots=True)
class Carrier:
    """The ticket that carries the matter of a merged one. Its replies were written to somebody
    else: whoever shows them masks personal details, and their files, which nobody can mask, are
    left out. Of that citizen's words nothing is told."""

    number: str
    state: TicketState
    department: str
    answered_at: datetime | None
    reply_clock: Clock | None
    replies: tuple[ShownReply, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the message is not taken up. reason: a RefusalReason. objected: whether the citizen has
    objected before and may not do so again here."""

    reason: str
    basis: str
    note: str
    objected: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """A citizen's own ticket; subject and body with personal details masked. files: those the
    citizen sent. carrier: set when it is merged; refused: set when it is refused. paused_for: why its clocks stand
    still, a PauseReason, or ""."""

    number: str
    state: TicketState
    kind: str
    department: str
    subject: str
    body: str
    files: tuple[Attachment, ...]
    received_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    reply_clock: Clock | None
    replies: tuple[ShownReply, ...]
    steps: tuple[Step, ...]
    carrier: Carrier | None
    refused: Refused | None
    paused_for: str


def look_up(records: Records, number: str, code: str, address: str, now: datetime) -> UUID | None:
    """The ticket this number and code belong to, or None.

    A wrong number and a wrong code take the same time and look the same. Raises
    attempts.Throttled after too many failures for this number from this address.
    """
    number = read_number(number)
    with records.read() as work:
        tried = attempts.who(work, "look-up", number, address)
        attempts.check(work, tried, now)
        row = work.session.execute(
            select(TicketRow.id, TicketRow.code_digest).where(TicketRow.number == number)
        ).first()
        typed = work.vault.digest("query code", read_code(code))
    expected = row.code_digest if row is not None and row.code_digest else NO_DIGEST
    if hmac.compare_digest(typed, expected) and row is not None:
        return UUID(str(row.id))
    with records.write() as work:
        attempts.check(work, tried, now)
        attempts.failed(work, tried, now)
        work.commit()
    return None


def progress_of(work: Work, ticket_id: UUID) -> Progress:
    """The ticket of somebody who has proved that it is theirs. Raises NotFound."""
    row = work.session.scalar(
        select(TicketRow)
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
            selectinload(TicketRow.replies),
        )
        .where(TicketRow.id == ticket_id)
    )
    if row is None or row.message.deleted_at is not None:
        raise NotFound("ticket")
    history = history_of(work, ticket_id)
    return Progress(
        number=row.number,
        state=TicketState(row.state),
        kind=row.kind,
        department=row.lead_department or "",
        subject=row.message.shown_subject,
        body=row.message.shown_body,
        files=of_message(work, row.message_id),
        received_at=row.message.received_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        reply_clock=_reply_clock(row),
        replies=tuple(shown_reply(reply) for reply in row.replies),
        steps=tuple(
            Step(entry.name, entry.at, entry.department, _told(entry))
            for entry in history
            if entry.name in TOLD
        ),
        carrier=_carrier(work, row.merged_into),
        refused=_refused(history) if row.state == TicketState.REFUSED else None,
        paused_for=next((each.reason for each in row.pauses if each.ended_at is None), ""),
    )


def _reply_clock(row: TicketRow) -> Clock | None:
    return latest(read_clocks(row.clocks, row.state), ClockName.REPLY)


def _carrier(work: Work, ticket_id: UUID | None) -> Carrier | None:
    """The last of the tickets that carry one another."""
    if ticket_id is None:
        return None
    row, seen = work.session.get_one(TicketRow, ticket_id), {ticket_id}
    while row.merged_into is not None and row.merged_into not in seen:
        seen.add(row.merged_into)
        row = work.session.get_one(TicketRow, row.merged_into)
    return Carrier(
        number=row.number,
        state=TicketState(row.state),
        department=row.lead_department or "",
        answered_at=row.answered_at,
        reply_clock=_reply_clock(row),
        replies=tuple(replace(shown_reply(reply), files=()) for reply in row.replies),
    )


def _refused(history: tuple[HistoryEntry, ...]) -> Refused | None:
    said = [entry for entry in history if entry.name is EventName.REFUSED]
    objected = any(entry.name is EventName.OBJECTED for entry in history)
    if not said:
        return None
    return Refused(said[-1].reason, said[-1].basis, said[-1].note, objected)


def _told(entry: HistoryEntry) -> str:
    if entry.name is EventName.OBJECTED:
        return entry.objection
    if entry.name is EventName.URGED:
        return entry.words
    return entry.reason if entry.name in _REASON_TOLD else entry.note
