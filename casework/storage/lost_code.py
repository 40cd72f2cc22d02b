"""A lost query code is made anew, and sent only where the citizen said they can be reached.

Whoever asks learns nothing: the answer is the same whether the ticket exists or not.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from uuid_utils.compat import uuid7

from casework.codes import read_number
from casework.events import CITIZEN, EventName
from casework.storage import attempts
from casework.storage.audit import append
from casework.storage.contacts import contact_of
from casework.storage.notices import NEW_CODE
from casework.storage.records import Records, Work
from casework.storage.tables import NoticeRow, TicketRow

_COUNTRY = re.compile(r"^(\+|00)86")
_NOT_DIGIT = re.compile(r"[^\d+]")


def request_code(
    records: Records, number: str, reached_by: str, address: str, now: datetime
) -> None:
    """Ask for a new code for a ticket, to be sent to the telephone or mail recorded with it.

    Raises attempts.Throttled after too many requests for this number from this address.
    """
    number = read_number(number)
    with records.write() as work:
        tried = attempts.who(work, "lost-code", number, address)
        attempts.check(work, tried, now)
        attempts.failed(work, tried, now)  # every request counts, a right one too
        ticket = work.session.scalar(
            select(TicketRow)
            .options(joinedload(TicketRow.message))
            .where(TicketRow.number == number)
        )
        recipient = _recorded(ticket, reached_by)
        if ticket is not None and recipient and not _already_asked(work, ticket):
            work.session.add(
                NoticeRow(
                    id=uuid7(),
                    ticket_id=ticket.id,
                    kind=NEW_CODE,
                    recipient=recipient,
                    created_at=now,
                )
            )
            append(work, str(ticket.id), EventName.CODE_REQUESTED, CITIZEN, now)
        work.commit()


def _recorded(ticket: TicketRow | None, reached_by: str) -> str:
    """The recorded telephone or mail that is the same as what was typed, or ""."""
    if ticket is None or ticket.code_digest is None:
        return ""
    contact = contact_of(ticket.message)
    typed = _plain(reached_by)
    for recorded in (contact.phone, contact.email):
        if recorded and hmac.compare_digest(_plain(recorded).encode(), typed.encode()):
            return recorded
    return ""


def _already_asked(work: Work, ticket: TicketRow) -> bool:
    return (
        work.session.scalar(
            select(NoticeRow.id).where(
                NoticeRow.ticket_id == ticket.id,
                NoticeRow.kind == NEW_CODE,
                NoticeRow.sent_at.is_(None),
            )
        )
        is not None
    )


def _plain(typed: str) -> str:
    text = unicodedata.normalize("NFKC", typed).strip().casefold()
    return text if "@" in text else _COUNTRY.sub("", _NOT_DIGIT.sub("", text))
