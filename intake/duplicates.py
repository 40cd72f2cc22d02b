"""The same complaint again?

With a reference of its source a message is a duplicate only by (source, reference). Without one it
is a duplicate when the same known sender sent the same words within 24 hours. Anything else that
says the same is linked as a possible repeat, and nothing is lost.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from casework.model import MessageDraft
from casework.senders import plain_sender
from casework.storage.repeats import KnownMessages, MessageKey
from casework.storage.vault import Vault

SAME_MESSAGE_WITHIN = timedelta(hours=24)
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Match:
    """duplicate_of: the message this one is; repeats: an earlier one that says the same."""

    duplicate_of: UUID | None = None
    repeats: UUID | None = None


def content_digest(subject: str, body: str) -> bytes:
    """32 bytes, equal for texts that differ only in width, case, spaces and punctuation."""
    words = [
        _NOT_WORDS.sub("", unicodedata.normalize("NFKC", part)).casefold()
        for part in (subject, body)
    ]
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).digest()


def reference_of(draft: MessageDraft) -> tuple[str, str]:
    """Source and reference; "" for a draft without one."""
    return draft.source or draft.channel, draft.source_ref or draft.row_ref


def key_of(draft: MessageDraft, vault: Vault) -> MessageKey:
    """What the draft is recognised by."""
    source, reference = reference_of(draft)
    return MessageKey(
        form_token=draft.form_token,
        source=source,
        reference=reference,
        sender_digest=vault.digest("sender", plain_sender(draft.sender)) if draft.sender else None,
        content_digest=content_digest(draft.subject, draft.body),
        received_at=draft.received_at,
    )


def match(draft: MessageDraft, key: MessageKey, known: KnownMessages) -> Match:
    """Whether the draft is a message on record (deleted ones included: a number once used by a
    source stays used), or says the same as one."""
    duplicate = known.by_form.get(key.form_token) or known.by_reference.get(
        (key.source, key.reference)
    )
    if duplicate is not None:
        return Match(duplicate_of=duplicate)
    same_words = known.by_content.get(key.content_digest, [])
    if not draft.source_ref and key.sender_digest is not None:
        for other in same_words:
            apart = abs(other.received_at - key.received_at)
            if other.sender_digest == key.sender_digest and apart <= SAME_MESSAGE_WITHIN:
                return Match(duplicate_of=other.id)
    return Match(repeats=draft.follows or (same_words[0].id if same_words else None))
