"""Recording an answer, and that the citizen is to be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from casework.storage.records import Work
from casework.storage.tables import NoticeRow, ReplyRow, TicketRow

CALL_RECEIVED = "call_received"
MERGED = "merged"
REFUSED = "refused"
EXTENDED = "extended"
SUSPENDED = "suspended"
RESUMED = "resumed"
REOPENED = "reopened"
"""Kinds of notice of the desks."""


def add_reply(
    work: Work,
    ticket: TicketRow,
    reply_id: UUID,
    department: str,
    author: str,
    parts: Mapping[str, str],
    now: datetime,
) -> None:
    """Add an answer in its parts (facts, basis, result, remedy, contact)."""
    work.session.add(
        ReplyRow(
            id=reply_id,
            ticket_id=ticket.id,
            department=department or None,
            author=author,
            answered_at=now,
            **parts,
        )
    )


def tell_citizen(work: Work, ticket: TicketRow, kind: str, now: datetime) -> None:
    """Record a notice to the citizen's mail address or telephone; none when there is neither.

    The notice names the number only. What was answered is read with number and code.
    """
    recipient = ticket.message.contact_email or ticket.message.contact_phone
    if recipient:
        work.session.add(
            NoticeRow(
                id=uuid7(),
                ticket_id=ticket.id,
                kind=kind,
                recipient=recipient,
                text=ticket.number,
                created_at=now,
            )
        )
