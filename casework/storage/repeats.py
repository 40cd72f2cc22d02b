"""Looking up messages that may be the same as a new one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from casework.storage.records import Work
from casework.storage.tables import MessageRow


def by_form_token(work: Work, token: str) -> UUID | None:
    """The message a filled-in form became."""
    return _first(work, MessageRow.form_token == token)


def by_reference(work: Work, source: str, reference: str) -> UUID | None:
    """The message with this number at its source."""
    return _first(work, MessageRow.source == source, MessageRow.source_ref == reference)


def by_sender_and_content(
    work: Work, sender: str, content_digest: bytes, since: datetime, until: datetime
) -> UUID | None:
    """The earliest message of this sender with these words, received between the two times."""
    return _first(
        work,
        MessageRow.content_digest == content_digest,
        MessageRow.sender_digest == work.vault.digest("sender", sender),
        MessageRow.received_at.between(since, until),
    )


def by_content(work: Work, content_digest: bytes) -> UUID | None:
    """The earliest message with these words, whoever sent it."""
    return _first(work, MessageRow.content_digest == content_digest)


def _first(work: Work, *conditions: ColumnElement[bool]) -> UUID | None:
    statement = select(MessageRow.id).where(*conditions).order_by(MessageRow.received_at).limit(1)
    return work.session.scalar(statement)
