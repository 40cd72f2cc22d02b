"""Who read what is confidential, or took it out of the house: written down before it is given out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from casework.events import OFFICE_CHAIN, EventName
from casework.storage.attachment_files import KeptFile
from casework.storage.attachments import event_text
from casework.storage.audit import append_text
from casework.storage.records import Records


def file_read(
    records: Records, ticket_id: UUID, file: KeptFile, username: str, now: datetime
) -> None:
    """Somebody took a file that came with a message; a file cannot be masked."""
    with records.write() as work:
        append_text(work, str(ticket_id), EventName.FILE_READ, username, now, event_text(file))
        work.commit()


def rows_exported(
    records: Records, import_id: str, file_name: str, username: str, now: datetime
) -> None:
    """Somebody took the rejected rows of an import, as they were sent."""
    told = {"import": import_id, "file": file_name}
    with records.write() as work:
        append_text(work, OFFICE_CHAIN, EventName.ROWS_EXPORTED, username, now, told)
        work.commit()
