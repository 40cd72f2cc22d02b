"""Which words decided: a model's n-gram weights gathered on the whole words they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casework.judgement import Evidence
from classifier.joint import Scored
from classifier.ngrams import Reading


@dataclass(frozen=True, slots=True)
class Question:
    """Which words speak for the label of a column? At most so many are wanted."""

    scored: Scored
    column: int
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
    weights = _word_weights(reading, questions)
    widest = 3 * max(question.at_most for question in questions)
    order = np.argsort(-weights, axis=1)[:, :widest]
    chosen = np.take_along_axis(weights, order, axis=1)
    return [
        _strongest(text, reading, question, numbers, values)
        for question, numbers, values in zip(
            questions, order.tolist(), chosen.tolist(), strict=True
        )
    ]


def _strongest(
    text: str, reading: Reading, question: Question, numbers: list[int], weights: list[float]
) -> list[Evidence]:
    """The first words with positive weights, relative to the first of them."""
    label = question.scored.labels[question.column]
    found: list[Evidence] = []
    seen: set[str] = set()
    top = 0.0
    for number, weight in zip(numbers, weights, strict=True):
        word = reading.words[number]
        if weight <= 0 or len(found) == question.at_most:
            break
        if word in seen or (len(word) == 1 and word.isalnum()):
            continue
        seen.add(word)
        top = top or weight
        start, end = reading.word_starts.item(number), reading.word_ends.item(number)
        found.append(Evidence(question.aspect, label, text[start:end], start, end, weight / top))
    return found


def _word_weights(reading: Reading, questions: Sequence[Question]) -> NDArray[np.float64]:
    """The weight of every word: a row a question, a column a word."""
    at = questions[0].scored.at
    first, last = reading.first[at], reading.last[at]
    rows, width = len(questions), len(reading.squeezed_text) + 1
    spread = np.array([q.scored.weights[:, q.column] * q.scored.known for q in questions])
    flat = (spread / (last - first)).ravel()
    offset = (np.arange(rows) * width)[:, None]
    change = np.bincount((first + offset).ravel(), flat, rows * width)
    change -= np.bincount((last + offset).ravel(), flat, rows * width)
    total = np.zeros((rows, width + 1))
    # total[:, i] is the sum of the characters before i.
    np.cumsum(np.cumsum(change.reshape(rows, width), axis=1), axis=1, out=total[:, 1:])
    return np.asarray(total[:, reading.word_last] - total[:, reading.word_first])
