"""What a source pushes: a message, a post, a call or a text message, read from a JSON object.

Every member is checked by name and type; one that is not known is refused rather than overlooked,
because a member spelled wrong would otherwise be lost without a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from casework.errors import Rejected
from casework.model import Contact, MessageDraft
from casework.storage.calls import IncomingCall
from intake.check import MAX_FIELD
from intake.connectors.times import read_time

LANGUAGES = ("zh", "en")
LONGEST_ADDRESS = 2000
REFERENCE = "post:"
"""Before a post's number in the records, so that a message of the same number is not taken for it."""
_WEB = re.compile(r"https?://[^\s<>\"']+")
_COUNTRY = re.compile(r"^(?:\+|00)86")
_NOT_DIGIT = re.compile(r"[^\d+]")


@dataclass(frozen=True, slots=True)
class Post:
    """A public post. draft: its words and time; not its author, who wrote to nobody.
    ref: its number in its source. forward_of: the number, in the same source, of the post it
    passes on, or ""."""

    draft: MessageDraft
    ref: str
    url: str
    author: str
    forward_of: str


@dataclass(frozen=True, slots=True)
class PushedMessage:
    """An ordinary message. notify: number and code go to the citizen, not to the sender."""

    draft: MessageDraft
    notify: bool


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text message by telephone. sender: its number. source_ref: the provider's number of it."""

    sender: str
    text: str
    source_ref: str
    received_at: datetime


Pushed = PushedMessage | Post | IncomingCall | TextMessage


class Members:
    """The members of an object, taken out one by one; what is left over nobody knows.

    zone: of times without an offset. now: when a time is not given.
    """

    def __init__(self, members: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> None:
        self._left = dict(members)
        self._zone, self._now = zone, now

    def text(self, name: str, *, needed: bool = False, limit: int = 0) -> str:
        """A string; "" when it is not there. Raises Rejected "required", "type" or "too_long"."""
        value = self._left.pop(name, None)
        if value is not None and not isinstance(value, str):
            raise Rejected("type", name)
        if needed and not (value or "").strip():
            raise Rejected("required", name)
        if limit and len(value or "") > limit:
            raise Rejected("too_long", name, length=len(value or ""), limit=limit)
        return value or ""

    def short(self, name: str, *, needed: bool = False) -> str:
        """A string of a line, without outer spaces or control characters."""
        value = self.text(name, needed=needed, limit=MAX_FIELD).strip()
        if not value.isprintable():
            raise Rejected("characters", name)
        return value

    def yes(self, name: str) -> bool:
        """A boolean; false when it is not there."""
        value = self._left.pop(name, False)
        if not isinstance(value, bool):
            raise Rejected("type", name)
        return value

    def time(self, name: str) -> datetime:
        """A time; now when it is not there."""
        return self.time_or_none(name) or self._now

    def time_or_none(self, name: str) -> datetime | None:
        value = self.text(name, limit=MAX_FIELD)
        return read_time(value, name, self._zone) if value else None

    def object(self, name: str) -> Members:
        """An object within the object."""
        value = self._left.pop(name, {})
        if not isinstance(value, dict):
            raise Rejected("type", name)
        return Members(value, self._zone, self._now)

    def end(self) -> None:
        """Raises Rejected "unknown_member" when something is left over."""
        for name in self._left:
            raise Rejected("unknown_member", name[:MAX_FIELD])


def read_pushed(
    members: Mapping[str, Any], source: str, channel: str, zone: ZoneInfo, now: datetime
) -> Pushed:
    """What the object says. Raises Rejected with the member and the reason."""
    found = Members(members, zone, now)
    kind = found.short("type", needed=True)
    if kind not in _READERS:
        raise Rejected("unknown", "type")
    read = _READERS[kind](found, source, channel)
    found.end()
    return read


def plain_number(number: str) -> str:
    """A telephone number as it is compared: digits alone, without China's own country code."""
    return _COUNTRY.sub("", _NOT_DIGIT.sub("", number))


def _message(found: Members, source: str, channel: str) -> PushedMessage:
    contact = found.object("contact")
    language = found.short("language") or "zh"
    if language not in LANGUAGES:
        raise Rejected("unknown", "language")
    draft = MessageDraft(
        channel=channel,
        source=source,
        source_ref=found.short("id"),
        subject=found.text("subject"),
        body=found.text("body", needed=True),
        received_at=found.time("received_at"),
        sender=found.short("sender"),
        contact=Contact(contact.short("name"), contact.short("phone"), contact.short("email")),
        place=found.short("place"),
        district=found.short("district"),
        kind_stated=found.short("kind"),
        publishable=found.yes("publishable"),
        entered_by=found.short("entered_by"),
        language=language,
    )
    contact.end()
    return PushedMessage(draft, found.yes("notify"))


def _post(found: Members, source: str, channel: str) -> Post:
    ref = found.short("id", needed=True)
    author, url = found.short("author"), found.text("url", limit=LONGEST_ADDRESS)
    if len(ref) > MAX_FIELD - len(REFERENCE):
        raise Rejected("too_long", "id", length=len(ref), limit=MAX_FIELD - len(REFERENCE))
    if url and not _WEB.fullmatch(url):
        raise Rejected("address", "url")
    draft = MessageDraft(
        channel=channel,
        source=source,
        row_ref=REFERENCE + ref,
        subject=found.text("subject"),
        body=found.text("body", needed=True),
        received_at=found.time("posted_at"),
    )
    return Post(draft, ref, url, author, found.short("forward_of"))


def _call(found: Members, source: str, _channel: str) -> IncomingCall:
    return IncomingCall(
        source=source,
        call_ref=found.short("id", needed=True),
        caller=plain_number(found.short("caller")),
        agent=found.short("agent", needed=True)[:80],
        started_at=found.time("started_at"),
        ended_at=found.time_or_none("ended_at"),
        recording_ref=found.short("recording"),
    )


def _sms(found: Members, _source: str, _channel: str) -> TextMessage:
    return TextMessage(
        source_ref=found.short("id", needed=True),
        sender=plain_number(found.short("from", needed=True)),
        text=found.text("text"),
        received_at=found.time("received_at"),
    )


_READERS: dict[str, Callable[[Members, str, str], Pushed]] = {
    "message": _message,
    "post": _post,
    "call": _call,
    "sms": _sms,
}
