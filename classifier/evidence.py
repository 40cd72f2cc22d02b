"""Which words decided: a model's n-gram weights gathered on the whole words they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casework.judgement import Evidence
from classifier.joint import Scored
from classifier.keywords import stop_words
from classifier.making import maker
from classifier.ngrams import Reading

_evidence = maker(Evidence)

NOTHING: frozenset[str] = frozenset()
_LAST_LETTER = 0xFFFF
"""Emoji have code points above those of living languages."""


@dataclass(slots=True)
class Question:
    """Which words speak for a label (its number in the model)? At most so many are wanted."""

    scored: Scored
    label: int
    aspect: str
    at_most: int


def deciding_words(
    text: str, reading: Reading, questions: Sequence[Question]
) -> list[list[Evidence]]:
    """For each question the words that speak most for the label, strongest first, each word once.

    An n-gram's weight is spread evenly over its characters; a word has the sum of its characters.
    Words that speak against are left out, and so are single characters, which decide little that a
    reader would understand. The questions' models must have been scored together.
    """
    if not reading.words or not questions:
        return [[] for _ in questions]
    shown = reading.several | (reading.last_codes > _LAST_LETTER)
    against = _word_weights_against(reading, questions) * shown
    widest = 3 * max(question.at_most for question in questions)
    order = against.argsort(axis=1)[:, :widest]
    chosen = against.take(order + _begins(len(questions), against.shape[1]))
    return [
        _strongest(text, reading, question, numbers, values)
        for question, numbers, values in zip(
            questions, order.tolist(), chosen.tolist(), strict=True
        )
    ]


def _strongest(
    text: str, reading: Reading, question: Question, numbers: list[int], against: list[float]
) -> list[Evidence]:
    """The first words that speak for the label, relative to the first of them. Politeness may
    weigh something in a model of topics, but decides nothing a reader would accept."""
    label, aspect, at_most = (
        question.scored.labels[question.label],
        question.aspect,
        question.at_most,
    )
    top = against[0]
    stop = stop_words() if aspect == "topic" else NOTHING
    found: dict[str, Evidence] = {}
    for number, weight in zip(numbers, against, strict=True):
        if weight >= 0 or len(found) == at_most:
            break
        word = reading.words[number]
        if word not in found and word not in stop:
            start, end = reading.word_starts[number], reading.word_ends[number]
            found[word] = _evidence(aspect, label, text[start:end], start, end, weight / top)
    return list(found.values())


def _word_weights_against(reading: Reading, questions: Sequence[Question]) -> NDArray[np.float64]:
    """What every word says against the label, less than zero for words that speak for it: a row a
    question, a column a word."""
    grams = questions[0].scored.grams
    first, last = reading.first.take(grams.at), reading.last.take(grams.at)
    spread = np.empty((len(questions), len(grams.at)), dtype=np.float32)
    for row, question in zip(spread, questions, strict=True):
        scored = question.scored
        np.multiply(grams.weights[:, scored.column + question.label], grams.known[scored.row], row)
    spread /= (last - first).astype(np.float32)
    flat = spread.ravel()
    # Where an n-gram begins its weight is added, where it ends taken away; summed once this is the
    # weight of every character, summed twice that of all characters up to it. All rows are one
    # line: a row's changes sum to nothing before the next begins.
    width = len(reading.squeezed_text) + 1
    begins = _begins(len(questions), width)
    size = len(questions) * width
    change = np.bincount((first + begins).ravel(), flat, size)
    change -= np.bincount((last + begins).ravel(), flat, size)
    total = np.zeros(size + 1)
    change.cumsum().cumsum(out=total[1:])
    against = total.take(begins + reading.word_first)
    against -= total.take(begins + reading.word_last)
    return against


def _begins(rows: int, width: int) -> NDArray[np.int64]:
    """Where each row begins when rows of a width are put in one line, as a column."""
    return np.arange(0, rows * width, width).reshape(rows, 1)
