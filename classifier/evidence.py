"""Which words decided: a model's n-gram weights gathered on the whole words they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casework.judgement import Evidence
from classifier.joint import Known, Scored
from classifier.keywords import stop_words
from classifier.reading import Readings

PARTS = 840
"""A weight is cut into so many parts, which 1 to 8 characters share evenly."""

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
    numbers, weights = _heaviest(against, readings, 3 * max(each.at_most for each in questions))
    return [
        [
            _strongest(text, words, starts, ends, question, label, chosen, values)
            for question, label, chosen, values in zip(questions, labels, few, heavy, strict=True)
        ]
        for text, words, starts, ends, labels, few, heavy in zip(
            texts,
            readings.words,
            readings.starts,
            readings.ends,
            np.stack([question.labels for question in questions], axis=1).tolist(),
            numbers,
            weights,
            strict=True,
        )
    ]


def _heaviest(
    against: NDArray[np.float64], readings: Readings, at_most: int
) -> tuple[list[list[list[int]]], list[list[list[float]]]]:
    """For each text and question the numbers of the words that say least against the label, first
    the least, and what they say."""
    counts = np.diff(readings.word_begin)
    texts, widest = len(counts), max(1, int(counts.max(initial=0)))
    inside = np.arange(widest) < counts[:, None]
    # What stands beyond a text's last word weighs nothing, and what weighs nothing is not shown.
    side_by_side = np.zeros((texts, len(against), widest))
    for number, row in enumerate(against):
        side_by_side[:, number][inside] = row
    kept = min(at_most, widest)
    order = side_by_side.argpartition(kept - 1, axis=2)[:, :, :kept]
    order.sort(axis=2)
    flat = side_by_side.reshape(-1)
    begins = np.arange(0, flat.size, widest).reshape(texts, len(against), 1)
    values = flat.take(order + begins)
    by_weight = values.argsort(axis=2, kind="stable")
    places = np.arange(0, values.size, kept).reshape(texts, len(against), 1)
    return (
        order.reshape(-1).take(by_weight + places).tolist(),
        values.reshape(-1).take(by_weight + places).tolist(),
    )


def _strongest(
    text: str,
    words: list[str],
    starts: list[int],
    ends: list[int],
    question: Question,
    label_number: int,
    numbers: list[int],
    against: list[float],
) -> list[Evidence]:
    """The first words that speak for the label, relative to the first of them. Politeness may
    weigh something in a model of topics, but decides nothing a reader would accept."""
    label, aspect = question.scored.labels[label_number], question.aspect
    stop = stop_words() if aspect == "topic" else NOTHING
    found: dict[str, Evidence] = {}
    top = against[0] if against else 0.0
    for number, weight in zip(numbers, against, strict=True):
        if weight >= 0 or len(found) == question.at_most:
            break
        word = words[number]
        if word not in found and word not in stop:
            start, end = starts[number], ends[number]
            found[word] = Evidence(aspect, label, text[start:end], start, end, weight / top)
    return list(found.values())


def _word_weights_against(
    readings: Readings, known: Known, questions: Sequence[Question]
) -> NDArray[np.float64]:
    """What every word of every text says against the label, less than zero for words that speak for
    it: a row a question, a column a word."""
    grams = readings.grams
    first, last = grams.first.take(known.at), grams.last.take(known.at)
    # In whole numbers, which floats add up exactly in any order.
    parts = PARTS // (last - first)
    times = np.diff(known.begin)
    rows = np.arange(len(known.at)) * known.weights.shape[1]
    size = int(readings.character_begin[-1]) + 1
    against = np.empty((len(questions), len(readings.word_first)))
    for row, question in zip(against, questions, strict=True):
        column = (question.scored.column + question.labels).repeat(times)
        spread = known.weights.take(rows + column) * parts
        # Where an n-gram begins its weight is added, where it ends taken away; summed once this is
        # the weight of every character, summed twice that of all characters up to it.
        change = np.bincount(first, spread, size)
        change -= np.bincount(last, spread, size)
        total = np.zeros(size + 1)
        change.cumsum().cumsum(out=total[1:])
        np.subtract(total.take(readings.word_first), total.take(readings.word_last), out=row)
    return against
