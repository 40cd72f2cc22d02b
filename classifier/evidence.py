"""Which words decided: a model's n-gram weights gathered on the whole words they stand in."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casework.judgement import Evidence
from classifier.joint import Known, Scored
from classifier.keywords import stop_words
from classifier.ngrams import CHARACTER_SIZES
from classifier.reading import Readings

PARTS = 840
"""A weight is cut into so many parts, which 1 to 8 characters share evenly."""

IN_CACHE = 40_000
"""Numbers worked on together."""

_PLACES = 1 << 16
"""More than the words of a text."""

NOTHING: frozenset[str] = frozenset()
_LAST_LETTER = 0xFFFF
"""Emoji have code points above those of living languages."""


@dataclass(frozen=True, slots=True)
class Question:
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
    against = _word_weights_against(readings, known, questions)
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
            np.stack([question.labels for question in questions], axis=1).tolist(),
            heaviest,
            strict=True,
        )
    ]


def _heaviest(
    against: NDArray[np.int64], readings: Readings, at_most: int
) -> list[list[list[int]]]:
    """For each text and question the words that say least against the label, first the least: what
    they say times _PLACES, and the number of the word. So one number is sorted instead of two."""
    counts = np.diff(readings.word_begin)
    texts, widest = len(counts), max(1, int(counts.max(initial=0)))
    text = np.arange(texts).repeat(counts)
    number = np.arange(len(text)) - readings.word_begin.take(text)
    # What stands beyond a text's last word weighs nothing, and what weighs nothing is not shown.
    side_by_side = np.zeros((texts, len(against), widest), dtype=np.int64)
    flat, place = side_by_side.reshape(-1), text * (len(against) * widest) + number
    for question, row in enumerate(against):
        flat[place + question * widest] = row * _PLACES + number
    side_by_side.sort(axis=2)
    found: list[list[list[int]]] = side_by_side[:, :, :at_most].tolist()
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
    top = against[0] // _PLACES
    for said in against:
        if said < 0:
            number = said % _PLACES
            word = words[number]
            if word not in seen and word not in stop:
                seen.add(word)
                start, end = starts[number], ends[number]
                weight = (said // _PLACES) / top
                found.append(Evidence(aspect, label, text[start:end], start, end, weight))
                if len(found) == at_most:
                    break
        else:
            break
    return found


def _word_weights_against(
    readings: Readings, known: Known, questions: Sequence[Question]
) -> NDArray[np.int64]:
    """What every word of every text says against the label, less than zero for words that speak for
    it: a row a question, a column a word. In whole numbers, which are the same whatever texts are
    read together."""
    shares = _shares(readings)
    places = shares.places.take(known.at)
    asked = _weights_asked(known, questions)
    against = np.empty((len(questions), len(readings.word_first)), dtype=np.int64)
    # All questions at once for a short text, one after the other for many: what is at hand at a time
    # stays in the processor's cache.
    width = shares.bounds[-1]
    together = max(1, min(len(questions), IN_CACHE // max(width, 1)))
    for begin in range(0, len(questions), together):
        part = slice(begin, begin + together)
        said = np.zeros((len(against[part]), width), dtype=np.int64)
        rows = (np.arange(len(said)) * width)[:, None]
        said.reshape(-1)[places + rows] = asked[part]
        np.negative(_said_by_words(said, shares), out=against[part])
        against[part] -= _said_by_characters(said, shares)
    return against


def _weights_asked(known: Known, questions: Sequence[Question]) -> NDArray[np.int16]:
    """The weight of every known n-gram for the label asked about in its text: a row a question."""
    columns = np.stack([each.scored.column + each.labels for each in questions], axis=1)
    bounds = known.begin.tolist()
    asked = np.empty((len(known.at), len(questions)), dtype=np.int16)
    for begin, end, of_text in zip(bounds[:-1], bounds[1:], columns, strict=True):
        known.weights[begin:end].take(of_text, axis=1, out=asked[begin:end], mode="clip")
    return asked.T


@dataclass(frozen=True, slots=True)
class _Shares:
    """How n-grams share out their weights. places: where each n-gram is put down: stretches of
    characters, for each size by themselves, where they begin; then words; then pairs at their first
    word; all others behind these in their order. bounds: where each of these sorts begins, and the
    end; stretched: how many stretches there are of each size. opening, closing: as in NGrams; whole:
    of each word, what its own weight is multiplied with; before, behind: the same of a pair's for its
    two words. phrases: the first concept of each phrase; lengths: the characters of each; inside:
    these characters. first, last: the characters of each word.
    """

    places: NDArray[np.intp]
    bounds: tuple[int, ...]
    stretched: tuple[int, ...]
    opening: NDArray[np.intp]
    closing: NDArray[np.intp]
    whole: NDArray[np.int64]
    before: NDArray[np.int64]
    behind: NDArray[np.int64]
    phrases: NDArray[np.intp]
    lengths: NDArray[np.int64]
    inside: NDArray[np.intp]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


def _shares(readings: Readings) -> _Shares:
    grams, sorts = readings.grams, readings.grams.sorts
    first, last = readings.word_first, readings.word_last
    counts = [high - low for low, high in zip(sorts[:-1], sorts[1:], strict=True)]
    sizes = len(CHARACTER_SIZES)
    room = [int(readings.character_begin[-1])] * sizes + [len(first)] * 2 + counts[sizes + 2 :]
    bounds = tuple(itertools.accumulate(room, initial=0))
    words = sorts[sizes]
    shift = bounds[sizes] - words
    places = np.arange(shift, shift + sorts[-1])
    places[sorts[sizes + 2] :] += bounds[sizes + 2] - shift - sorts[sizes + 2]
    for number in range(sizes):
        part = slice(sorts[number], sorts[number + 1])
        np.add(grams.first[part], bounds[number], out=places[part])
    np.add(grams.paired, bounds[sizes + 1], out=places[sorts[sizes + 1] : sorts[sizes + 2]])
    length = last - first
    share = PARTS // (last[1:] - first[:-1])
    # The concepts of a phrase stand together, and phrases do not overlap.
    concept = grams.first[sorts[-2] :]
    head = np.ones(len(concept), dtype=np.bool_)
    np.not_equal(concept[1:], concept[:-1], out=head[1:])
    phrases = head.nonzero()[0]
    begin = concept.take(phrases)
    lengths = grams.last[sorts[-2] :].take(phrases) - begin
    within = np.arange(int(lengths.sum())) - (lengths.cumsum() - lengths).repeat(lengths)
    return _Shares(
        places,
        bounds,
        tuple(counts[:sizes]),
        grams.opening,
        grams.closing,
        PARTS // length * length,
        share * length[:-1],
        share * length[1:],
        phrases,
        lengths,
        begin.repeat(lengths) + within,
        first,
        last,
    )


def _said_by_words(said: NDArray[np.int64], shares: _Shares) -> NDArray[np.int64]:
    """What single words, pairs, opening and closing words give to each word."""
    bounds = shares.bounds[len(CHARACTER_SIZES) :]
    own = said[:, bounds[0] : bounds[1]].copy()
    # Opening and closing words are single words once more.
    own[:, shares.opening] += said[:, bounds[2] : bounds[3]]
    own[:, shares.closing] += said[:, bounds[3] : bounds[4]]
    own *= shares.whole
    pairs = said[:, bounds[1] : bounds[2] - 1]
    own[:, :-1] += pairs * shares.before
    own[:, 1:] += pairs * shares.behind
    return own


def _said_by_characters(said: NDArray[np.int64], shares: _Shares) -> NDArray[np.int64]:
    """What the stretches of characters and the phrases in it give to each word."""
    size = shares.bounds[1]
    until = np.zeros((len(said), size + 1), dtype=np.int64)
    each = until[:, 1:]  # what each character has
    for length, begin, number in zip(
        CHARACTER_SIZES, shares.bounds, shares.stretched, strict=False
    ):
        if number:
            stretches = said[:, begin : begin + size] * (PARTS // length)
            for behind in range(length):
                each[:, behind:] += stretches[:, : size - behind]
    if len(shares.phrases):
        concepts = said[:, shares.bounds[-2] :]
        spread = np.add.reduceat(concepts, shares.phrases, axis=1) * (PARTS // shares.lengths)
        each[:, shares.inside] += spread.repeat(shares.lengths, axis=1)
    each.cumsum(axis=1, out=each)
    return until.take(shares.last, axis=1) - until.take(shares.first, axis=1)
