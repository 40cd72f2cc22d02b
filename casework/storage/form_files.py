"""Photographs of a form that a citizen is filling in: put aside under the form's token, given to the
message in the transaction that records it, forgotten after a day when the form is never sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, select
from uuid_utils.compat import uuid7

from casework.errors import Rejected
from casework.events import CITIZEN, EventName
from casework.storage.attachment_files import KeptFile
from casework.storage.attachments import event_text, shown, waiting_in_form
from casework.storage.audit import append_text
from casework.storage.locks import lock
from casework.storage.records import Work
from casework.storage.tables import AttachmentRow, MessageRow

KEPT_FOR = timedelta(days=1)
MOST_WAITING = 4 * 1024**3
"""Bytes that all forms not yet sent may hold: nobody has to say who they are to fill in a form, and
the disk is the city's."""


def keep_for_form(work: Work, form_token: str, file: KeptFile, most: int, now: datetime) -> None:
    """Put a file aside; the same one twice is there once.

    Raises Rejected("form_sent"), Rejected("too_many_files") above `most`, and
    Rejected("files_full") when unsent forms hold too much already.
    """
    lock(work, [f"form {form_token}"])
    if work.session.scalar(select(MessageRow.id).where(MessageRow.form_token == form_token)):
        raise Rejected("form_sent", "file", name=file.name)
    waiting = waiting_in_form(work, form_token)
    if any(each.file.digest == file.digest for each in waiting):
        return
    if len(waiting) >= most:
        raise Rejected("too_many_files", "file", name=file.name, limit=most)
    held = select(func.sum(AttachmentRow.size)).where(AttachmentRow.form_token.is_not(None))
    if int(work.session.scalar(held) or 0) + file.size > MOST_WAITING:
        raise Rejected("files_full", "file", name=file.name)
    work.session.add(
        AttachmentRow(
            id=uuid7(),
            form_token=form_token,
            digest=file.digest,
            size=file.size,
            name=file.name,
            media_type=file.media_type,
            added_at=now,
        )
    )


def remove_from_form(work: Work, form_token: str, file_id: UUID) -> None:
    """Take a file out again; one that is not there is gone already."""
    work.session.execute(
        delete(AttachmentRow).where(
            AttachmentRow.id == file_id, AttachmentRow.form_token == form_token
        )
    )


def send_with_message(
    work: Work, form_token: str, message_id: UUID, ticket_id: UUID, now: datetime
) -> None:
    """Give what waits in the form to its message, with an event for each file."""
    if not form_token:
        return
    lock(work, [f"form {form_token}"])
    rows = work.session.scalars(
        select(AttachmentRow)
        .where(AttachmentRow.form_token == form_token)
        .order_by(AttachmentRow.id)
    ).all()
    for row in rows:
        row.message_id, row.form_token = message_id, None
        text = event_text(shown(row).file)
        append_text(work, str(ticket_id), EventName.FILE_ADDED, CITIZEN, now, text)


def drop_unsent(work: Work, now: datetime) -> int:
    """Forget the files of forms that were not sent within KEPT_FOR; how many they were."""
    done = work.session.execute(
        delete(AttachmentRow).where(
            AttachmentRow.form_token.is_not(None), AttachmentRow.added_at < now - KEPT_FOR
        )
    )
    return cast(CursorResult[Any], done).rowcount
