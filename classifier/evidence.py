"""Which words decided: a model's n-gram weights gathered on the whole words they stand in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from casework.judgement import Evidence
from classifier.joint import Scored
from classifier.ngrams import Reading


def deciding_words(
    text: str, reading: Reading, scored: Scored, column: int, aspect: str, at_most: int
) -> list[Evidence]:
    """The words that speak most for a label of a linear model, strongest first, each word once.

    column: the label's column in the model. An n-gram's weight is spread evenly over its
    characters; a word has the sum of its characters. Words that speak against are left out.
    """
    weights = _word_weights(reading, scored, column)
    return strongest(text, reading, weights, aspect, scored.labels[column], at_most)


def strongest(
    text: str,
    reading: Reading,
    weights: NDArray[np.float64],
    aspect: str,
    label: str,
    at_most: int,
) -> list[Evidence]:
    """The words with the largest positive weights, relative to the largest of them."""
    found: list[Evidence] = []
    seen: set[str] = set()
    top = 0.0
    order = np.argsort(-weights)[: 3 * at_most]
    for number, weight in zip(order.tolist(), weights[order].tolist(), strict=True):
        word = reading.words[number]
        if weight <= 0 or len(found) == at_most:
            break
        if word in seen or _empty_word(word):
            continue
        seen.add(word)
        top = top or weight
        start, end = reading.word_starts.item(number), reading.word_ends.item(number)
        found.append(Evidence(aspect, label, text[start:end], start, end, weight / top))
    return found


def word_evidence(
    text: str, reading: Reading, weights: Sequence[float], aspect: str, label: str, at_most: int
) -> list[Evidence]:
    """The same for weights given word by word."""
    return strongest(text, reading, np.asarray(weights, dtype=np.float64), aspect, label, at_most)


def _word_weights(reading: Reading, scored: Scored, column: int) -> NDArray[np.float64]:
    length = len(reading.squeezed)
    spread = scored.weights[:, column] * scored.known * reading.spread
    change = np.bincount(reading.first, spread, length + 1)
    change -= np.bincount(reading.last, spread, length + 1)
    # total[i] is the sum of the characters before i.
    total = np.zeros(length + 2)
    np.cumsum(np.cumsum(change), out=total[1:])
    return np.asarray(total[reading.word_last] - total[reading.word_first])


def _empty_word(word: str) -> bool:
    """Single characters decide little that a reader would understand."""
    return len(word) == 1 and word.isalnum()
