"""What happened to a ticket, read from its audit chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from casework.events import EventName
from casework.storage.records import Work
from casework.storage.tables import AuditEventRow, AuditTextRow, UserRow


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event. actor: display name of a person, or "program" or "citizen"; text: internal."""

    name: EventName
    actor: str
    at: datetime
    text: str


def history_of(work: Work, ticket_id: UUID) -> tuple[HistoryEntry, ...]:
    """Every event of the ticket, oldest first."""
    rows = work.session.execute(
        select(
            AuditEventRow.name,
            AuditEventRow.actor,
            UserRow.display_name,
            AuditEventRow.at,
            AuditTextRow.text,
        )
        .outerjoin(
            AuditTextRow,
            and_(
                AuditTextRow.chain == AuditEventRow.chain,
                AuditTextRow.sequence == AuditEventRow.sequence,
            ),
        )
        .outerjoin(UserRow, UserRow.username == AuditEventRow.actor)
        .where(AuditEventRow.chain == str(ticket_id))
        .order_by(AuditEventRow.sequence)
    )
    return tuple(
        HistoryEntry(EventName(name), display_name or actor, at, text or "")
        for name, actor, display_name, at, text in rows
    )
