"""Looking up messages that may be the same as new ones, for many of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from casework.storage.records import Work
from casework.storage.tables import MessageRow


@dataclass(frozen=True, slots=True)
class MessageKey:
    """What a message is recognised by. form_token, reference: "" for none.
    sender_digest: None for an unknown sender."""

    form_token: str
    source: str
    reference: str
    sender_digest: bytes | None
    content_digest: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A message on record."""

    id: UUID
    sender_digest: bytes | None
    received_at: datetime


@dataclass(slots=True)
class KnownMessages:
    """Messages on record that share a key with the new ones; grows as new ones are recorded."""

    by_form: dict[str, UUID] = field(default_factory=dict)
    by_reference: dict[tuple[str, str], UUID] = field(default_factory=dict)
    by_content: dict[bytes, list[Known]] = field(default_factory=dict)

    def add(self, message_id: UUID, key: MessageKey) -> None:
        """Make a message known that was recorded in this same unit of work."""
        if key.form_token:
            self.by_form[key.form_token] = message_id
        if key.reference:
            self.by_reference[key.source, key.reference] = message_id
        known = Known(message_id, key.sender_digest, key.received_at)
        self.by_content.setdefault(key.content_digest, []).append(known)


def known_references(
    work: Work, references: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], UUID]:
    """The messages on record under these (source, reference); those with "" are left out."""
    given: dict[str, list[str]] = {}
    for source, reference in references:
        if reference:
            given.setdefault(source, []).append(reference)
    return {
        (source, reference or ""): message_id
        for source, wanted in given.items()
        for reference, message_id in work.session.execute(_named_by(source, wanted))
    }


def _named_by(source: str, wanted: Sequence[str]) -> Select[str | None, UUID]:
    """One source at a time: of a list of pairs SQLite looks up the source in its index and then reads
    every reference the source ever gave."""
    return select(MessageRow.source_ref, MessageRow.id).where(
        MessageRow.source == source, MessageRow.source_ref.in_(wanted)
    )


def known_messages(work: Work, keys: Iterable[MessageKey]) -> KnownMessages:
    """The messages on record that share a form token, a reference or the words with the keys."""
    keys = list(keys)
    found = KnownMessages()
    tokens = [key.form_token for key in keys if key.form_token]
    if tokens:
        sent = work.session.execute(
            select(MessageRow.form_token, MessageRow.id).where(MessageRow.form_token.in_(tokens))
        )
        found.by_form = {token: message_id for token, message_id in sent if token}
    found.by_reference = known_references(work, [(key.source, key.reference) for key in keys])
    contents = [key.content_digest for key in keys]
    rows = work.session.execute(
        select(
            MessageRow.content_digest,
            MessageRow.id,
            MessageRow.sender_digest,
            MessageRow.received_at,
        )
        .where(MessageRow.content_digest.in_(contents))
        .order_by(MessageRow.received_at)
    )
    for digest, message_id, sender, received_at in rows:
        found.by_content.setdefault(digest, []).append(Known(message_id, sender, received_at))
    return found
