"""Text messages by telephone: `12345#name#address#text`, and whatever else people write.

The form is Xiamen's. A message that does not keep to it is taken in all the same, with what could
be read; only one that says nothing is answered with how to write.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from casework.model import Contact, MessageDraft
from intake.check import MAX_FIELD
from intake.pushed import TextMessage

SHORTEST = 5
"""Letters below which nothing can be made of a text message."""
HOTLINE = re.compile(r"\s*12345\s*#\s*")
_NOT_LETTERS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class ReadText:
    """What a text message says. name, place: "" when it does not keep to the form."""

    name: str
    place: str
    body: str

    @property
    def says_something(self) -> bool:
        return len(_NOT_LETTERS.sub("", self.body)) >= SHORTEST


def read_text(text: str) -> ReadText:
    """Name, place and words. Full-width ＃ counts as #; the words may hold # themselves."""
    plain = text.replace("＃", "#")
    begun = HOTLINE.match(unicodedata.normalize("NFKC", plain[:20]))
    if begun is None:
        return ReadText("", "", text.strip())
    rest = plain[plain.index("#") + 1 :]
    parts = [part.strip() for part in rest.split("#", 2)]
    if len(parts) == 3 and all(len(part) <= MAX_FIELD for part in parts[:2]):
        return ReadText(*parts)
    return ReadText("", "", rest.replace("#", " ").strip())


def draft_of(message: TextMessage, read: ReadText, source: str, channel: str) -> MessageDraft:
    """The message as it is taken in; its writer is reached by the number it came from."""
    return MessageDraft(
        channel=channel,
        source=source,
        source_ref=message.source_ref,
        subject="",
        body=read.body,
        received_at=message.received_at,
        sender=message.sender,
        contact=Contact(name=read.name, phone=message.sender),
        place=read.place,
    )
