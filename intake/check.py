"""What a draft must fulfil before anything else is done with it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from casework.errors import Rejected
from casework.model import Contact, IntakeMode, MessageDraft
from casework.taxonomy import CHANNELS, KINDS

MAX_BODY = 20_000
MAX_SUBJECT = 200
MAX_FIELD = 200
CLOCKS_DIFFER = timedelta(hours=1)
"""How far ahead of ours the clock of another system may be."""
HISTORY_AFTER = timedelta(days=30)

# Controls other than tab and line end, NUL among them, which PostgreSQL refuses and terminals obey;
# lone surrogates, what broken UTF-8 leaves behind.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def check(draft: MessageDraft, now: datetime) -> MessageDraft:
    """The draft with line ends and outer spaces put in order.

    Raises Rejected with the field and one of: "empty", "too_long" (values: length, limit),
    "characters", "channel", "kind", "time", "future", "reply_without_time".
    """
    if draft.channel not in CHANNELS:
        raise Rejected("channel", "channel", value=draft.channel)
    if draft.kind_stated and draft.kind_stated not in KINDS:
        raise Rejected("kind", "kind", value=draft.kind_stated)
    _check_times(draft, now)
    body = _text(draft.body, "body", MAX_BODY)
    if not body:
        raise Rejected("empty", "body")
    return replace(
        draft,
        subject=_text(draft.subject, "subject", MAX_SUBJECT),
        body=body,
        place=_text(draft.place, "place", MAX_FIELD),
        sender=_text(draft.sender, "sender", MAX_FIELD),
        source_ref=_text(draft.source_ref, "source_ref", MAX_FIELD),
        entered_by=_text(draft.entered_by, "entered_by", MAX_FIELD),
        reply=_text(draft.reply, "reply", MAX_BODY),
        department_stated=_text(draft.department_stated, "department", MAX_FIELD),
        contact=Contact(
            name=_text(draft.contact.name, "contact_name", MAX_FIELD),
            phone=_text(draft.contact.phone, "contact_phone", MAX_FIELD),
            email=_text(draft.contact.email, "contact_email", MAX_FIELD),
        ),
    )


def mode_by_age(received_at: datetime, now: datetime) -> IntakeMode:
    """History when older than 30 days."""
    return IntakeMode.HISTORY if now - received_at > HISTORY_AFTER else IntakeMode.NEW


def _check_times(draft: MessageDraft, now: datetime) -> None:
    if draft.received_at.tzinfo is None:
        raise Rejected("time", "received_at")
    if draft.received_at > now + CLOCKS_DIFFER:
        raise Rejected("future", "received_at")
    if draft.reply and draft.replied_at is None:
        raise Rejected("reply_without_time", "replied_at")


def in_order(text: str) -> str:
    """The text with line ends and outer spaces put in order."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _text(text: str, field: str, limit: int) -> str:
    text = in_order(text)
    if len(text) > limit:
        raise Rejected("too_long", field, length=len(text), limit=limit)
    if _UNREADABLE.search(text):
        raise Rejected("characters", field)
    return text
