"""Files of an answer that is being written: on record at once, so that they outlive the browser; given
in the transaction that gives the answer; changed until then and never after."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from uuid_utils.compat import uuid7

from casework.errors import NotFound, Rejected
from casework.events import EventName
from casework.storage.attachment_files import KeptFile
from casework.storage.attachments import event_text, shown, waiting_for_answer
from casework.storage.audit import append_text
from casework.storage.locks import lock
from casework.storage.records import Work
from casework.storage.tables import AttachmentRow


def one_at_a_time(work: Work, ticket_id: UUID) -> None:
    """Wait for whoever else changes or gives the files of this ticket's answer. Asked before the
    ticket is read, so that nothing is added to an answer already given."""
    lock(work, [f"files {ticket_id}"])


def keep_for_answer(
    work: Work, ticket_id: UUID, file: KeptFile, by: str, most: int, now: datetime
) -> None:
    """Add a file; the same one twice is there once. Raises Rejected("too_many_files")."""
    waiting = waiting_for_answer(work, ticket_id)
    if any(each.file.digest == file.digest for each in waiting):
        return
    if len(waiting) >= most:
        raise Rejected("too_many_files", "file", name=file.name, limit=most)
    work.session.add(
        AttachmentRow(
            id=uuid7(),
            answer_to=ticket_id,
            added_by=by,
            digest=file.digest,
            size=file.size,
            name=file.name,
            media_type=file.media_type,
            added_at=now,
        )
    )
    append_text(work, str(ticket_id), EventName.FILE_ADDED, by, now, event_text(file))


def remove_from_answer(work: Work, ticket_id: UUID, file_id: UUID, by: str, now: datetime) -> None:
    """Take a file out again. Raises NotFound for one that is not there (any more)."""
    row = work.session.get(AttachmentRow, file_id)
    if row is None or row.answer_to != ticket_id:
        raise NotFound("attachment", str(file_id))
    work.session.delete(row)
    text = event_text(shown(row).file)
    append_text(work, str(ticket_id), EventName.FILE_REMOVED, by, now, text)


def files_seen(work: Work, ticket_id: UUID, seen: frozenset[UUID]) -> tuple[KeptFile, ...]:
    """The files that wait for the answer, which must be those the person saw beside what they
    wrote. Raises Rejected("files_changed", "files") when a colleague has added or removed one
    since: nobody sends what they have not seen."""
    waiting = waiting_for_answer(work, ticket_id)
    if {each.id for each in waiting} != seen:
        raise Rejected("files_changed", "files")
    return tuple(each.file for each in waiting)


def give_with_answer(work: Work, ticket_id: UUID, reply_id: UUID) -> None:
    """Give what waits with the answer, which is in the records by now."""
    work.session.execute(
        update(AttachmentRow)
        .where(AttachmentRow.answer_to == ticket_id)
        .values(reply_id=reply_id, answer_to=None)
    )
