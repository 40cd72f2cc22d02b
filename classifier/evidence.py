"""Which words decided: a model's n-gram weights gathered on the whole words they stand in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from casework.judgement import Evidence
from classifier.arrays import steps
from classifier.joint import Known, Scored
from classifier.rarity import stop_words
from classifier.reading import Readings

PARTS = 840
"""A weight is cut into so many parts, which 1 to 8 characters share evenly."""

IN_CACHE = 40_000
"""Numbers worked on together."""

_PLACE_BITS = 16
_PLACE = (1 << _PLACE_BITS) - 1
"""More than the words of a text."""

NOTHING: frozenset[str] = frozenset()
_LAST_LETTER = 0xFFFF
"""Emoji have code points above those of living languages."""


class Question(Struct, frozen=True):
    """Which words speak, in each text, for a label (its number in the model)? At most so many are
    wanted of a text."""

    scored: Scored
    labels: NDArray[np.intp]
    aspect: str
    at_most: int


def deciding_words(
    texts: Sequence[str], readings: Readings, known: Known, questions: Sequence[Question]
) -> list[list[list[Evidence]]]:
    """For each text and each question the words that speak most for the label, strongest first, each
    word once.

    An n-gram's weight is spread evenly over its characters; a word has the sum of its characters.
    Words that speak against are left out, and so are single characters, which decide little that a
    reader would understand.
    """
    labels = np.array([question.labels for question in questions])
    columns = labels + [[question.scored.column] for question in questions]
    against = _word_weights_against(readings, known, columns)
    against *= readings.several | (readings.last_codes > _LAST_LETTER)
    heaviest = _heaviest(against, readings, 3 * max(each.at_most for each in questions))
    return [
        [
            _strongest(text, words, starts, ends, question, label, few)
            for question, label, few in zip(questions, labels, heavy, strict=True)
        ]
        for text, words, starts, ends, labels, heavy in zip(
            texts,
            readings.words,
            readings.starts,
            readings.ends,
            labels.T.tolist(),
            heaviest,
            strict=True,
        )
    ]


def _heaviest(
    against: NDArray[np.int64], readings: Readings, at_most: int
) -> list[list[list[int]]]:
    """For each text and question the words that say least against the label, first the least: what
    they say and, in the lowest bits, the number of the word. So one number is sorted instead of two."""
    heavy = _side_by_side(against, readings)
    if at_most < heavy.shape[2]:
        heavy.partition(at_most, axis=2)
        heavy = heavy[:, :, :at_most]
    heavy.sort(axis=2)
    found: list[list[list[int]]] = heavy.tolist()
    return found


def _side_by_side(against: NDArray[np.int64], readings: Readings) -> NDArray[np.int64]:
    """The numbers of _heaviest, of each text as many as the longest has: what stands beyond a text's
    last word weighs nothing, and what weighs nothing is not shown."""
    if len(readings) == 1 and against.shape[1]:
        return ((against << _PLACE_BITS) + np.arange(against.shape[1]))[None]
    counts = steps(readings.word_begin)
    texts, widest = len(counts), max(1, int(counts.max(initial=0)))
    text = np.arange(texts).repeat(counts)
    number = np.arange(len(text)) - readings.word_begin.take(text)
    found = np.zeros((texts, len(against), widest), dtype=np.int64)
    flat, place = found.reshape(-1), text * (len(against) * widest) + number
    for question, row in enumerate(against):
        flat[place + question * widest] = (row << _PLACE_BITS) + number
    return found


def _strongest(
    text: str,
    words: list[str],
    starts: list[int],
    ends: list[int],
    question: Question,
    label_number: int,
    against: list[int],
) -> list[Evidence]:
    """The first words that speak for the label, relative to the first of them. Politeness may
    weigh something in a model of topics, but decides nothing a reader would accept."""
    label, aspect, at_most = question.scored.labels[label_number], question.aspect, question.at_most
    stop = stop_words() if aspect == "topic" else NOTHING
    found: list[Evidence] = []
    seen: set[str] = set()
    top = against[0] >> _PLACE_BITS
    for said in against:
        if said >= 0:
            break
        number = said & _PLACE
        word = words[number]
        if word not in seen and word not in stop:
            seen.add(word)
            start, end = starts[number], ends[number]
            weight = (said >> _PLACE_BITS) / top
            found.append(Evidence(aspect, label, text[start:end], start, end, weight))
            if len(found) == at_most:
                break
    return found


def _word_weights_against(
    readings: Readings, known: Known, columns: NDArray[np.intp]
) -> NDArray[np.int64]:
    """What every word of every text says against the label asked about, less than zero for words that
    speak for it: a row a question, a column a word. In whole numbers, which are the same whatever
    texts are read together. columns: of Known.weights, a row a question, a column a text."""
    first, last = readings.grams.first.take(known.at), readings.grams.last.take(known.at)
    share = (PARTS // (last - first)).astype(np.float64)
    asked = _weights_asked(known, columns)
    against = np.empty((len(columns), len(readings.word_first)), dtype=np.int64)
    # All questions at once for a short text, one after the other for many: what is at hand at a time
    # stays in the processor's cache.
    together = max(1, min(len(columns), IN_CACHE // max(len(first), 1)))
    characters = int(readings.character_begin[-1])
    for begin in range(0, len(columns), together):
        part = slice(begin, begin + together)
        said = _said_before(first, last, asked[part] * share, characters)
        said.take(readings.word_first, axis=1, out=against[part])
        against[part] -= said.take(readings.word_last, axis=1)
    return against


def _said_before(
    first: NDArray[np.int64], last: NDArray[np.int64], shares: NDArray[np.float64], characters: int
) -> NDArray[np.int64]:
    """What all characters before each one, and before the end, say together: a row a question.

    first, last: the characters of each n-gram; shares: what each of them has of its weight, whole
    numbers, of which so many add up exactly.
    """
    rows, size = len(shares), characters + 1
    row = (np.arange(rows) * size)[:, None]
    shares = shares.reshape(-1)
    # What a character says is another where n-grams begin and where they end, and nowhere else.
    change = np.bincount((first + row).reshape(-1), shares, rows * size)
    change -= np.bincount((last + row).reshape(-1), shares, rows * size)
    # As whole numbers, which are added up in a fifth of the time.
    each = change.astype(np.int64).reshape(rows, size).cumsum(axis=1)
    said = np.zeros((rows, size), dtype=np.int64)
    each[:, :-1].cumsum(axis=1, out=said[:, 1:])
    return said


def _weights_asked(known: Known, columns: NDArray[np.intp]) -> NDArray[np.int16]:
    """The weight of every known n-gram for the label asked about in its text: a row a question."""
    bounds = known.begin.tolist()
    asked = np.empty((len(known.at), len(columns)), dtype=np.int16)
    for begin, end, of_text in zip(bounds[:-1], bounds[1:], columns.T, strict=True):
        known.weights[begin:end].take(of_text, axis=1, out=asked[begin:end], mode="clip")
    return asked.T
