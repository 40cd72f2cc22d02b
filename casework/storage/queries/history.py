"""What happened to a ticket, read from its audit chain."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from casework.events import EventName
from casework.storage.records import Work
from casework.storage.tables import AuditEventRow, AuditTextRow, UserRow


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event. actor: display name of a person, or "program" or "citizen". What the event's
    text says, each "" when it says nothing of the kind: note (shown to the citizen), reason,
    department it went to and from_department it came from (codes), and what a screener corrected:
    before and after as (kind, urgency, topic). number: of the other ticket, of a merging. basis: of a
    refusal. objection: the citizen's words against it. file: the name of a file added or removed.
    words: what the citizen added."""

    name: EventName
    actor: str
    at: datetime
    note: str = ""
    reason: str = ""
    department: str = ""
    from_department: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    number: str = ""
    basis: str = ""
    objection: str = ""
    file: str = ""
    words: str = ""


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
        _entry(EventName(name), display_name or actor, at, text or "")
        for name, actor, display_name, at, text in rows
    )


def _entry(name: EventName, actor: str, at: datetime, text: str) -> HistoryEntry:
    said = _read(text)
    return HistoryEntry(
        name,
        actor,
        at,
        note=str(said.get("note", "")),
        reason=str(said.get("reason", "")),
        department=str(said.get("department", "")),
        from_department=str(said.get("from") or ""),
        before=tuple(str(part) for part in said.get("before", ())),
        after=tuple(str(part) for part in said.get("after", ())),
        number=str(said.get("into") or said.get("number") or ""),
        basis=str(said.get("basis", "")),
        objection=str(said.get("objection", "")),
        file=str(said.get("file", "")),
        words=str(said.get("words", "")),
    )


def _read(text: str) -> dict[str, Any]:
    """What an event's text says; a text that is not an object of facts says nothing here."""
    try:
        said = json.loads(text) if text else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
