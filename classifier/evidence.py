"""Which words decided: a model's n-gram weights gathered on the whole words they stand in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from casework.judgement import Evidence
from classifier.linear import Scored
from classifier.ngrams import Reading


def deciding_words(
    text: str, reading: Reading, scored: Scored, column: int, aspect: str, label: str, at_most: int
) -> list[Evidence]:
    """The words that speak most for a label of a linear model, strongest first, each word once.

    column: the label's column in the model. An n-gram's weight is spread evenly over its
    characters; a word has the sum of its characters. Words that speak against are left out.
    """
    return strongest(text, reading, _word_weights(reading, scored, column), aspect, label, at_most)


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
    for number in np.argsort(-weights)[: 3 * at_most].tolist():
        weight, word = float(weights[number]), reading.words[number]
        if weight <= 0 or len(found) == at_most:
            break
        if word in seen or _empty_word(word):
            continue
        seen.add(word)
        top = top or weight
        start, end = int(reading.word_starts[number]), int(reading.word_ends[number])
        found.append(Evidence(aspect, label, text[start:end], start, end, weight / top))
    return found


def word_evidence(
    text: str, reading: Reading, weights: Sequence[float], aspect: str, label: str, at_most: int
) -> list[Evidence]:
    """The same for weights given word by word."""
    return strongest(text, reading, np.asarray(weights, dtype=np.float64), aspect, label, at_most)


def _word_weights(reading: Reading, scored: Scored, column: int) -> NDArray[np.float64]:
    length = len(reading.squeezed)
    first, last = reading.first[scored.known], reading.last[scored.known]
    spread = scored.weights[:, column] / (last - first)
    change = np.bincount(first, spread, length + 1) - np.bincount(last, spread, length + 1)
    total = np.cumsum(np.cumsum(change))
    # total[i] is the sum of the characters up to and including i.
    before = np.concatenate((np.zeros(1), total))
    return np.asarray(before[reading.word_last] - before[reading.word_first])


def _empty_word(word: str) -> bool:
    """Single characters decide little that a reader would understand."""
    return len(word) == 1 and word.isalnum()
