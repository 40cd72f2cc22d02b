"""What somebody is writing, kept so that it outlives the browser and any one process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.exc import IntegrityError

from casework.errors import Rejected
from casework.storage.records import Work
from casework.storage.tables import DraftRow, MessageRow

CALL = "call"
KEPT_FOR = timedelta(days=7)
"""After that long without a change a draft is deleted: it holds what nobody sent."""
MAX_CONTENT = 50_000
MOST_DRAFTS = 30


@dataclass(frozen=True, slots=True)
class Draft:
    """content: whatever text its page understands (JSON)."""

    id: UUID
    content: str
    updated_at: datetime


def save_draft(
    work: Work, draft_id: UUID, owner: str, kind: str, content: str, now: datetime
) -> bool:
    """Keep what is being written; whether it was kept.

    Nothing is kept of a form that has been sent (its form_token is the draft's id), nor under an
    id that is somebody else's. Raises Rejected("too_long", "draft") and, when there are too many,
    Rejected("too_many_drafts").
    """
    if len(content) > MAX_CONTENT:
        raise Rejected("too_long", "draft", length=len(content), limit=MAX_CONTENT)
    row = work.session.get(DraftRow, draft_id, with_for_update=True)
    if row is not None:
        if (row.owner, row.kind) != (owner, kind):
            return False
        row.content, row.updated_at = content, now
        return True
    if _sent(work, draft_id):
        return False
    if len(drafts_of(work, owner, kind)) >= MOST_DRAFTS:
        raise Rejected("too_many_drafts", "draft", limit=MOST_DRAFTS)
    return _add(
        work, DraftRow(id=draft_id, owner=owner, kind=kind, content=content, updated_at=now)
    )


def drafts_of(work: Work, owner: str, kind: str) -> tuple[Draft, ...]:
    """The person's drafts, the one written last first."""
    rows = work.session.scalars(
        select(DraftRow)
        .where(DraftRow.owner == owner, DraftRow.kind == kind)
        .order_by(DraftRow.updated_at.desc(), DraftRow.id)
    )
    return tuple(Draft(row.id, row.content, row.updated_at) for row in rows)


def drop_draft(work: Work, draft_id: UUID, owner: str) -> None:
    """Delete a draft of the person: it was sent, or is not wanted."""
    work.session.execute(delete(DraftRow).where(DraftRow.id == draft_id, DraftRow.owner == owner))


def drop_old_drafts(work: Work, now: datetime) -> int:
    """Delete drafts nobody has touched for KEPT_FOR; how many they were."""
    done = work.session.execute(delete(DraftRow).where(DraftRow.updated_at < now - KEPT_FOR))
    return cast(CursorResult[Any], done).rowcount


def _sent(work: Work, draft_id: UUID) -> bool:
    found = select(MessageRow.id).where(MessageRow.form_token == draft_id.hex)
    return work.session.scalar(found) is not None


def _add(work: Work, row: DraftRow) -> bool:
    """Whether it could be added: the same form saved twice at one moment is added once."""
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:
        return False
    return True
