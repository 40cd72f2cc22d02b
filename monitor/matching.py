"""Whether a text belongs to a watched topic. Regular expressions run in linear time (RE2): one that a
person wrote carelessly cannot hold up the watch."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

from casework.errors import Rejected
from casework.watched_topics import (
    FARTHEST,
    LONGEST_HOURS,
    LONGEST_NAME,
    LONGEST_PATTERN,
    LONGEST_WORDS,
    MOST_MESSAGES,
    MOST_WORDS,
    WatchedTopic,
)

CONTEXT_REACH = 50
"""A context word stands within so many characters of a word it belongs to."""


def check(topic: WatchedTopic) -> None:
    """Raises Rejected("required" | "too_long" | "too_many_words" | "amount" | "pattern" | "near")
    with the field."""
    _lengths(topic)
    for field, words in (("context", topic.context), ("exclude", topic.exclude)):
        if len(words) > MOST_WORDS:
            raise Rejected("too_many_words", field, most=MOST_WORDS)
    if topic.near and (len(topic.near) != 2 or not 1 <= topic.within <= FARTHEST):
        raise Rejected("near", "near", most=FARTHEST)
    for field, value, most in (
        ("minimum", topic.minimum, MOST_MESSAGES),
        ("hours", topic.hours, LONGEST_HOURS),
    ):
        if not 1 <= value <= most:
            raise Rejected("amount", field, most=most)
    if topic.pattern:
        _compiled(topic.pattern)


def _lengths(topic: WatchedTopic) -> None:
    for field, text, limit in (
        ("name", topic.name, LONGEST_NAME),
        ("must", topic.words, LONGEST_WORDS),
    ):
        if not text:
            raise Rejected("required", field)
        if len(text) > limit:
            raise Rejected("too_long", field, length=len(text), limit=limit)


def matches(topic: WatchedTopic, text: str) -> bool:
    """Whether the text belongs to the topic."""
    tests: tuple[Callable[[], bool], ...] = (
        lambda: all(word in text for word in topic.must),
        lambda: not any(word in text for word in topic.exclude),
        lambda: not topic.near or _near(text, topic.near[0], topic.near[1], topic.within),
        lambda: (
            not topic.context
            or any(
                _near(text, word, about, CONTEXT_REACH)
                for word in topic.must
                for about in topic.context
            )
        ),
        lambda: not topic.pattern or _compiled(topic.pattern).search(text) is not None,
    )
    return all(test() for test in tests)


def _near(text: str, one: str, other: str, within: int) -> bool:
    """Whether two words stand no more than so many characters apart, in either order."""
    ends = [(at, at + len(one)) for at in _places(text, one)]
    others = [(at, at + len(other)) for at in _places(text, other)]
    step = 0
    for begin, end in ends:
        while step < len(others) and others[step][1] + within < begin:
            step += 1
        if step < len(others) and others[step][0] <= end + within:
            return True
    return False


def _places(text: str, word: str) -> list[int]:
    found, at = [], text.find(word)
    while at >= 0:
        found.append(at)
        at = text.find(word, at + 1)
    return found


@lru_cache(maxsize=200)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    if len(pattern) > LONGEST_PATTERN:
        raise Rejected("too_long", "pattern", length=len(pattern), limit=LONGEST_PATTERN)
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise Rejected("pattern", "pattern", detail=_told(error)) from None


def _told(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
