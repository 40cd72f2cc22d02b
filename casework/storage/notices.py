"""Notices that wait to be sent, and the new code that one of them carries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select
from uuid_utils.compat import uuid7

from casework.codes import code_from
from casework.contributions import ContributionState
from casework.events import PROGRAM, EventName
from casework.storage.audit import append
from casework.storage.outside_links import token_for
from casework.storage.records import Work
from casework.storage.tables import DepartmentRow, MailRow, NoticeRow, TicketRow
from casework.taxonomy import REPORT

NEW_CODE = "new_code"
RECEIVED = "received"  # number and first code, for a message that came by mail or text message
ANSWERED = "answered"
OUTSIDE_ASKED, OUTSIDE_REMINDED = "outside_asked", "outside_reminded"
OUTSIDE_LET_OFF = "outside_let_off"
WITH_LINK = frozenset({OUTSIDE_ASKED, OUTSIDE_REMINDED})
"""Kinds of notice to bodies outside that carry the link; they end with what was asked."""
TO_OUTSIDE = WITH_LINK | {OUTSIDE_LET_OFF}
HOW_TO_WRITE = "how_to_write"  # for a text message in which nothing is said
WITH_CODE = frozenset({NEW_CODE, RECEIVED})
"""Kinds of notice whose delivery makes the code; the code itself is never kept."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (0, 1, 5, 15, 60, 240, 720, 1440))
"""How long after it was recorded a notice is tried for the first time, the second, and so on."""
GIVE_UP_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to a citizen, or to a body outside. recipient: a mail address or a telephone number. number: of the
    ticket, "" without one. message_id: of the ticket's message.

    code: for a notice that carries one; the same however often it is tried. answer: for an answer
    that goes back by mail to where the message came from by mail. body, unit, token, until: for one to a
    body outside: its name, the unit that leads, the secret of its link and how long it holds.
    """

    id: UUID
    kind: str
    recipient: str
    number: str
    language: str
    message_id: UUID | None = None
    code: str = ""
    answer: str = ""
    body: str = ""
    unit: str = ""
    token: str = ""
    until: datetime | None = None


def tell(work: Work, ticket_id: UUID | None, kind: str, recipient: str, now: datetime) -> None:
    """Record a notice to a mail address or a telephone number, with this unit of work."""
    work.session.add(
        NoticeRow(id=uuid7(), ticket_id=ticket_id, kind=kind, recipient=recipient, created_at=now)
    )


def waiting(work: Work, now: datetime, limit: int = 100) -> tuple[Notice, ...]:
    """Notices not yet sent whose time has come, oldest first; those tried as often as there are
    PAUSES, or too old, are left out."""
    rows = work.session.scalars(
        select(NoticeRow)
        .where(
            NoticeRow.sent_at.is_(None),
            NoticeRow.created_at > now - GIVE_UP_AFTER,
            or_(
                *(
                    and_(NoticeRow.attempts == tries, NoticeRow.created_at <= now - pause)
                    for tries, pause in enumerate(PAUSES)
                )
            ),
        )
        .order_by(NoticeRow.id)
        .limit(limit)
    ).all()
    notices: list[Notice] = []
    for row in rows:
        ticket = work.session.get(TicketRow, row.ticket_id) if row.ticket_id else None
        if row.kind in TO_OUTSIDE:
            notices.extend(_to_body(work, row, ticket))
        elif row.recipient and (ticket is not None or row.kind == HOW_TO_WRITE):
            notices.append(_notice(work, row, ticket))
    return tuple(notices)


def is_given_up(row: NoticeRow) -> bool:
    """Whether it was tried as often as a notice is, in vain."""
    return row.sent_at is None and row.attempts >= len(PAUSES)


def _to_body(work: Work, row: NoticeRow, ticket: TicketRow | None) -> Iterator[Notice]:
    """A notice to a body outside, without the link once nothing is waited for; nothing is left to say
    then by one that would carry it. It names no message: it stands in no citizen's thread of mails."""
    asked = row.contribution
    if asked is None or asked.outside is None or ticket is None:
        return
    is_open = asked.state == ContributionState.OPEN
    if row.kind in WITH_LINK and not is_open:
        return
    lead = work.session.get(DepartmentRow, ticket.lead_department)
    yield Notice(
        id=row.id,
        kind=row.kind,
        recipient=row.recipient or "",
        number=ticket.number,
        language="zh",
        body=asked.outside.name,
        unit=lead.name if lead is not None else "",
        token=token_for(work, asked.id) if is_open else "",
        until=asked.outside.expires_at,
    )


def _notice(work: Work, row: NoticeRow, ticket: TicketRow | None) -> Notice:
    code = ""
    if row.kind in WITH_CODE:
        # Made of the notice's id, so that a notice tried again says the same.
        code = code_from(work.vault.digest("notice code", row.id.hex))
    return Notice(
        id=row.id,
        kind=row.kind,
        recipient=row.recipient or "",
        number=ticket.number if ticket else "",
        language=ticket.message.language if ticket else "zh",
        message_id=ticket.message_id if ticket else None,
        code=code,
        answer=_answer(work, ticket) if ticket and row.kind == ANSWERED else "",
    )


def _answer(work: Work, ticket: TicketRow) -> str:
    """The last answer, for a message that came by mail. That to a 举报 is read with number and
    code alone: a mailbox may be shared."""
    if ticket.kind == REPORT or work.session.get(MailRow, ticket.message_id) is None:
        return ""
    reply = ticket.replies[-1] if ticket.replies else None
    if reply is None:
        return ""
    parts = (reply.facts, reply.basis, reply.result, reply.remedy, reply.contact, reply.body)
    return "\n\n".join(part for part in parts if part)


def renew_code(work: Work, notice_id: UUID, code: str, now: datetime) -> None:
    """Make `code` the query code of the notice's ticket; the old one ends with this commit."""
    row = work.session.get_one(NoticeRow, notice_id)
    ticket = work.session.get_one(TicketRow, row.ticket_id)
    ticket.code_digest = work.vault.digest("query code", code)
    first = row.kind == RECEIVED
    name = EventName.CODE_SENT if first else EventName.CODE_RENEWED
    append(work, str(ticket.id), name, PROGRAM, now)


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
