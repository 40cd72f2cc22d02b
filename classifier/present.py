"""Does a word tell of something present? Denial, staging, former times, supposition, quotation."""

from __future__ import annotations

from dataclasses import dataclass

from classifier.sentences import Sentence, Sentences

DENIAL_REACHES = 4
"""A denial counts when at most so many characters stand between it and the word."""

FEAR_REACHES = 8
"""A fear ("may", "lest") counts when it stands within so many characters before the word; a
supposition ("if") reaches through the whole sentence."""


SPEECH_REACHES = 8
"""A word of speech counts within so many characters before the quotation mark."""


@dataclass(frozen=True, slots=True)
class Context:
    """The words of the file's context table."""

    denied: tuple[str, ...]
    not_denied: tuple[str, ...]
    staged: tuple[str, ...]
    past: tuple[str, ...]
    still: tuple[str, ...]
    long_past: tuple[str, ...]
    again: tuple[str, ...]
    supposed: tuple[str, ...]
    feared: tuple[str, ...]
    said: tuple[str, ...]


class Present:
    """What is present in one text. What stands in the same sentence again is not looked at twice, so
    that nothing said a thousand times takes long."""

    def __init__(self, parts: Sentences, context: Context) -> None:
        self._parts = parts
        self._context = context
        self._part = Sentence("", 0, 0)
        self._before = ""
        self._told: dict[tuple[str, str, int], bool] = {}
        self._real: dict[str, bool] = {}

    def sentence_at(self, start: int) -> Sentence:
        """The sentence of a character; asked for in their order."""
        if start >= self._part.end:
            self._part = part = self._parts.numbered(self._parts.number_at(start))
            self._before = self._parts.plain[max(0, part.start - SPEECH_REACHES) : part.start]
        return self._part

    def tells(self, start: int) -> bool:
        """Whether the word that begins here is neither denied nor copied, in a sentence of the present
        world."""
        part = self.sentence_at(start)
        key = (self._before, part.text, start - part.start)
        told = self._told.get(key)
        if told is None:
            told = self._told[key] = self._is_real(part) and self._happens(part, start)
        return told

    def _is_real(self, part: Sentence) -> bool:
        real = self._real.get(part.text)
        if real is None:
            real = self._real[part.text] = _is_real(part, self._context)
        return real

    def _happens(self, part: Sentence, start: int) -> bool:
        before = part.text[: start - part.start]
        around = part.text[max(0, start - part.start - 6) :][:16]
        if _denied(before, around, self._context):
            return False
        return not _copied(self._parts.plain, part, start, self._context)


def supposed(before: str, context: Context) -> bool:
    """Whether what follows these words of the sentence is only supposed or feared."""
    return _has(before, context.supposed) or _has(before[-FEAR_REACHES:], context.feared)


def _is_real(part: Sentence, context: Context) -> bool:
    """Whether a sentence tells of the present world: nothing staged, nothing of former times."""
    if _has(part.text, context.staged):
        return False
    if _has(part.text, context.long_past):
        return _has(part.text, context.again)
    return not _has(part.text, context.past) or _has(part.text, context.still)


def _has(sentence: str, words: tuple[str, ...]) -> bool:
    return any(map(sentence.__contains__, words))


def _denied(before: str, around: str, context: Context) -> bool:
    if _has(around, context.not_denied):
        return False
    reach = before[-(DENIAL_REACHES + 4) :]
    return any(
        len(reach) - reach.rfind(word) - len(word) <= DENIAL_REACHES
        for word in filter(reach.__contains__, context.denied)
    )


def _copied(plain: str, part: Sentence, start: int, context: Context) -> bool:
    """Whether the word stands in a title, or in quotation marks that nobody's speech precedes."""
    title = plain.rfind("《", part.start, start)
    if title > plain.rfind("》", part.start, start):
        return True
    opening = plain.rfind("“", part.start, start)
    if opening <= plain.rfind("”", part.start, start):
        return False
    return not any(
        word in plain[max(0, opening - SPEECH_REACHES) : opening] for word in context.said
    )
