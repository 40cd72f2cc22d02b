"""The mail a message came by, and how an answer finds its thread."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casework.storage.records import Work
from casework.storage.tables import MailRow, NoticeRow, SourceRow, TicketRow

_OURS = re.compile(r"<([0-9a-f]{32})\.notice@")


@dataclass(frozen=True, slots=True)
class Thread:
    """What an answer to a mail carries. mailbox: our address it came to. mail_id: of the mail,
    "" for none. references: the ids of the thread, oldest first. subject: as it came."""

    mailbox: str
    mail_id: str
    references: str
    subject: str


def keep_thread(
    work: Work, message_id: UUID, source: str, mail_id: str, references: str, subject: str
) -> None:
    """Remember, in this unit of work, by which mail a message came."""
    work.session.add(
        MailRow(
            message_id=message_id,
            source=source,
            mail_id=mail_id,
            thread=references,
            subject=subject,
        )
    )


def thread_of(work: Work, message_id: UUID) -> Thread | None:
    """The thread of a message that came by mail, or None."""
    row = work.session.get(MailRow, message_id)
    if row is None:
        return None
    source = work.session.get(SourceRow, row.source)
    settings = source.settings if source is not None else {}
    mailbox = str(settings.get("address") or settings.get("user") or "")
    return Thread(mailbox, row.mail_id, row.thread, row.subject)


def our_mail_id(notice_id: UUID, from_address: str) -> str:
    """The Message-ID of the mail that tells a notice: always the same, however often it is sent."""
    return f"<{notice_id.hex}.notice@{from_address.rpartition('@')[2] or 'minsheng.invalid'}>"


def answered_message(work: Work, mail_ids: Iterable[str]) -> UUID | None:
    """The message whose notice one of these ids belongs to: what a mail answers, or None."""
    for mail_id in mail_ids:
        ours = _OURS.match(mail_id)
        if ours is None:
            continue
        found = work.session.scalar(
            select(TicketRow.message_id)
            .join(NoticeRow, NoticeRow.ticket_id == TicketRow.id)
            .where(NoticeRow.id == UUID(hex=ours[1]))
        )
        if found is not None:
            return found
    return None
