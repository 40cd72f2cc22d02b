"""The fields of an indexed message, the same in every engine.

A dimension without a value is indexed as UNKNOWN, so that groups sum to the total and the messages
without a value can be found like any others.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from casework.judgement import TopicPath
from casework.storage.judgements import join_topic
from casework.storage.trend_documents import TrendDocument
from casework.taxonomy import UNKNOWN
from monitor.index.interface import Dimension, Segment

SCHEMA_VERSION = 3
"""Grows with every change below; an index of another version is rebuilt."""

MESSAGE_ID = "message_id"
NUMBER = "number"
RECEIVED_AT = "received_at"
PLACE_IN_TIME = "place_in_time"
"""Sorts as received_at does and tells messages of the same second apart, alike in every engine."""
TOPIC_LEVELS = ("topic_1", "topic_2", "topic_3")
DEPARTMENT = "department"
DEPARTMENT_ABOVE = "department_above"
ASKED_ABOVE = "asked_above"
DISTRICT = "district"
CHANNEL = "channel"
KIND = "kind"
SENTIMENT = "sentiment"
URGENCY = "urgency"
STATE = "state"
KEYWORDS = "keywords"
PLACES = "places"
ACCUSED = "accused"
UNSCREENED_REPORT = "unscreened_report"
WORDS = "words"
VERSION = "version"
DIGEST = "digest"
DELETED = "deleted"

YES, NO = "yes", "no"
LONGEST_WORD = 120

_LETTER = re.compile(r"\w")

KEYWORD_FIELDS = (
    *TOPIC_LEVELS,
    DEPARTMENT,
    DEPARTMENT_ABOVE,
    ASKED_ABOVE,
    DISTRICT,
    CHANNEL,
    KIND,
    SENTIMENT,
    URGENCY,
    STATE,
    KEYWORDS,
    PLACES,
    ACCUSED,
    UNSCREENED_REPORT,
    DELETED,
)
"""Taken whole, searched by equality, counted by."""

DIMENSION_FIELDS = {
    Dimension.TOPIC: TOPIC_LEVELS[0],
    Dimension.LEAF_TOPIC: TOPIC_LEVELS[1],
    Dimension.DEPARTMENT: DEPARTMENT,
    Dimension.DISTRICT: DISTRICT,
    Dimension.CHANNEL: CHANNEL,
    Dimension.KIND: KIND,
    Dimension.SENTIMENT: SENTIMENT,
    Dimension.URGENCY: URGENCY,
}


@dataclass(slots=True)
class IndexedMessage:
    """received_at: in whole seconds. keywords: of each keyword field that has any its value, or its
    values. words: the text, segmented, joined by blanks. A tombstone has neither."""

    message_id: str
    version: int
    digest: str
    deleted: bool
    number: str
    received_at: datetime
    place_in_time: int
    keywords: dict[str, str | list[str]]
    words: str


def indexed(document: TrendDocument, search_words: Segment) -> IndexedMessage:
    """The document as every engine keeps it."""
    return IndexedMessage(
        message_id=document.message_id.hex,
        version=document.version,
        digest=digest(document),
        deleted=document.deleted,
        number=document.number,
        received_at=document.received_at.replace(microsecond=0),
        place_in_time=_place_in_time(document),
        keywords={DELETED: YES} if document.deleted else _keywords(document),
        words=""
        if document.deleted
        else joined(search_words(f"{document.subject}\n{document.body}")),
    )


def _keywords(document: TrendDocument) -> dict[str, str | list[str]]:
    # One value alone, not in a list: engines take it faster.
    values: dict[str, str | list[str]] = {
        **_topic_levels(document.topic),
        DEPARTMENT: document.department or UNKNOWN,
        DEPARTMENT_ABOVE: _in_order(document.department_above) or UNKNOWN,
        DISTRICT: document.district or UNKNOWN,
        CHANNEL: document.channel or UNKNOWN,
        KIND: document.kind or UNKNOWN,
        SENTIMENT: document.sentiment or UNKNOWN,
        URGENCY: document.urgency or UNKNOWN,
        STATE: document.state or UNKNOWN,
        UNSCREENED_REPORT: YES if document.unscreened_report else NO,
        DELETED: NO,
    }
    if document.asked_above:
        values[ASKED_ABOVE] = _in_order(document.asked_above)
    if document.keywords:
        values[KEYWORDS] = list(dict.fromkeys(document.keywords))
    if document.places:
        values[PLACES] = list(document.places)
    if document.accused:
        values[ACCUSED] = _in_order(document.accused)
    return values


@lru_cache(maxsize=2048)
def _topic_levels(topic: TopicPath) -> dict[str, str | list[str]]:
    return {
        name: join_topic(topic[:depth]) if len(topic) >= depth else UNKNOWN
        for depth, name in enumerate(TOPIC_LEVELS, start=1)
    }


@lru_cache(maxsize=2048)
def _in_order(codes: frozenset[str]) -> list[str]:
    return sorted(codes)


def digest(document: TrendDocument) -> str:
    """Tells two states of a message apart, as far as the index knows them; 16 digits."""
    if document.deleted:
        return DELETED
    parts = (
        document.number,
        str(int(document.received_at.timestamp())),
        join_topic(document.topic),
        document.department,
        ",".join(_in_order(document.department_above)),
        ",".join(_in_order(document.asked_above)),
        document.district,
        document.channel,
        document.kind,
        document.sentiment,
        document.urgency,
        document.state,
        ",".join(document.keywords),
        ",".join(document.places),
        ",".join(_in_order(document.accused)),
        YES if document.unscreened_report else NO,
        document.subject,
        document.body,
    )
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def _place_in_time(document: TrendDocument) -> int:
    seconds = max(0, int(document.received_at.timestamp()))
    return seconds << 29 | document.message_id.int & ((1 << 29) - 1)  # 63 bits until the year 2514


def spaced(words: list[str]) -> list[str]:
    """Words as the whitespace analyser gives them back: lower case, nothing blank, no marks, cut
    where Elasticsearch would cut them in two (255 units of UTF-16)."""
    return joined(words).split()


def joined(words: list[str]) -> str:
    """The same, joined by blanks."""
    text = " ".join(words).lower()
    if text.replace(" ", "").isalnum() and max(map(len, words)) <= LONGEST_WORD // 3:
        return text  # as our own dictionary cuts; small, a letter becomes three at most
    kept = [word[:LONGEST_WORD] for word in text.split() if word.isalnum() or _has_letter(word)]
    return " ".join(kept)


@lru_cache(maxsize=2048)
def _has_letter(word: str) -> bool:
    return _LETTER.search(word) is not None
