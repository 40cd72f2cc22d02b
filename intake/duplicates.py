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
from casework.storage import repeats
from casework.storage.records import Work

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


def match(work: Work, draft: MessageDraft, digest: bytes) -> Match:
    """Look the draft up among the messages on record (deleted ones included: a number once used
    by a source stays used)."""
    if draft.form_token:
        sent_before = repeats.by_form_token(work, draft.form_token)
        if sent_before is not None:
            return Match(duplicate_of=sent_before)
    source = draft.source or draft.channel
    reference = draft.source_ref or draft.row_ref
    if reference:
        known = repeats.by_reference(work, source, reference)
        if known is not None:
            return Match(duplicate_of=known)
    if not draft.source_ref and draft.sender:
        same = repeats.by_sender_and_content(
            work,
            draft.sender,
            digest,
            draft.received_at - SAME_MESSAGE_WITHIN,
            draft.received_at + SAME_MESSAGE_WITHIN,
        )
        if same is not None:
            return Match(duplicate_of=same)
    return Match(repeats=repeats.by_content(work, digest))
