"""Answers of the made-up city that anybody may read: one of each matter whose sender agreed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from casework.office import Office
from casework.permissions import Person
from casework.storage.published_answers import may_be_published, publish
from casework.storage.records import Records
from casework.storage.tables import MessageRow, PublishedAnswerRow, TicketRow
from intake.privacy import mask

READ_AFTER = timedelta(days=1)
"""So long after the answer the made-up screener reads and publishes it."""


def publish_some(records: Records, office: Office, screener: Person, until: datetime) -> int:
    """Publish the first answer of each matter, unless some are published; returns how many."""
    with records.read() as work:
        if work.session.scalar(select(PublishedAnswerRow.id).limit(1)):
            return 0
        rows = work.session.scalars(
            select(TicketRow)
            .join(MessageRow, MessageRow.id == TicketRow.message_id)
            .where(MessageRow.publishable)
            .order_by(TicketRow.opened_at)
        )
        first: dict[str, tuple[TicketRow, datetime]] = {}
        for ticket in rows:
            if may_be_published(ticket) and ticket.topic not in first:
                published_at = ticket.replies[-1].answered_at + READ_AFTER
                if published_at <= until:
                    first[ticket.topic] = ticket, published_at
    for ticket, published_at in first.values():
        publish(records, office, ticket.id, screener, ticket.version, mask, published_at)
    return len(first)
