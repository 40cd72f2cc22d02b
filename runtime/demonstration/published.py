"""Answers of the made-up city that anybody may read: one of each matter whose sender agreed."""

from __future__ import annotations

from datetime import datetime, timedelta

from casework.office import Office
from casework.permissions import Person
from casework.storage.published_answers import (
    AnswersWanted,
    agreed_to,
    count_published,
    publish,
)
from casework.storage.records import Records
from casework.storage.tables import TicketRow
from intake.privacy import mask

READ_AFTER = timedelta(days=1)
"""So long after the answer the made-up screener reads and publishes it."""


def publish_some(records: Records, office: Office, screener: Person, until: datetime) -> int:
    """Publish the first answer of each matter, unless some are published; returns how many."""
    with records.read() as work:
        if count_published(work, AnswersWanted()):
            return 0
        first: dict[str, tuple[TicketRow, datetime]] = {}
        for ticket in agreed_to(work):
            published_at = ticket.replies[-1].answered_at + READ_AFTER
            if published_at <= until:
                first.setdefault(ticket.topic, (ticket, published_at))
    for ticket, published_at in first.values():
        publish(records, office, ticket.id, screener, ticket.version, mask, published_at)
    return len(first)
