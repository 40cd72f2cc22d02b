"""Files that came with a message or go with an answer, as the records name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from uuid_utils.compat import uuid7

from casework.storage.attachment_files import KeptFile
from casework.storage.records import Work
from casework.storage.tables import AttachmentRow, TicketRow


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on record; attachment_files.path_of says where it lies. added_by: username, "" for
    the sender of the message."""

    id: UUID
    file: KeptFile
    added_at: datetime
    added_by: str = ""


def attach(
    work: Work,
    files: Iterable[KeptFile],
    now: datetime,
    *,
    message_id: UUID | None = None,
) -> None:
    """Name files, in this unit of work, as those of a message."""
    for file in files:
        work.session.add(
            AttachmentRow(
                id=uuid7(),
                message_id=message_id,
                digest=file.digest,
                size=file.size,
                name=file.name,
                media_type=file.media_type,
                added_at=now,
            )
        )


def of_message(work: Work, message_id: UUID) -> tuple[Attachment, ...]:
    """The files of a message, in their order."""
    return _found(work, AttachmentRow.message_id == message_id)


def of_ticket(work: Work, ticket_id: UUID) -> tuple[Attachment, ...]:
    """The files of a ticket's message."""
    message = select(TicketRow.message_id).where(TicketRow.id == ticket_id)
    return _found(work, AttachmentRow.message_id.in_(message))


def waiting_for_answer(work: Work, ticket_id: UUID) -> tuple[Attachment, ...]:
    """The files of the answer being written to a ticket."""
    return _found(work, AttachmentRow.answer_to == ticket_id)


def waiting_in_form(work: Work, form_token: str) -> tuple[Attachment, ...]:
    """The files of a form that is not sent yet."""
    return _found(work, AttachmentRow.form_token == form_token)


def shown(row: AttachmentRow) -> Attachment:
    """A file as pages show it."""
    file = KeptFile(row.digest, row.size, row.name, row.media_type)
    return Attachment(row.id, file, row.added_at, row.added_by)


def event_text(file: KeptFile) -> dict[str, object]:
    """What the audit chain says of a file: enough to prove later which one it was."""
    return {"file": file.name, "size": file.size, "digest": file.digest}


def _found(work: Work, condition: ColumnElement[bool]) -> tuple[Attachment, ...]:
    rows = work.session.scalars(select(AttachmentRow).where(condition).order_by(AttachmentRow.id))
    return tuple(shown(row) for row in rows)
