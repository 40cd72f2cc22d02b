"""What a message is about: its telling words by weight, and the few of them it is found by."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from classifier.ngrams import hashes_of_words
from classifier.rarity import rarity, stop_words
from classifier.segmentation import words

SUBJECT = 3
"""A word of the subject counts as often."""
READ = 400
"""Characters of the text that are read: a long letter says what it is about at its beginning."""
WORDS, MARKS = 30, 10
NEARLY_SAME = 0.7
"""The part of all their telling words that near-duplicates share."""
_RARITY_SCALE = 4000


@dataclass(frozen=True, slots=True)
class Matter:
    """words: at most WORDS of them, the weightiest first; the squares of the weights sum to 1.
    marks: the weightiest as signed 64-bit numbers, which stay the same for a word."""

    words: Mapping[str, float]
    marks: tuple[int, ...]


def matter_of(subject: str, body: str) -> Matter:
    """The matter of a text; one without a telling word has none, and is like nothing.

    A word weighs more the rarer it is in Chinese, not in this city: what is taken in later changes
    nothing of what was compared before.
    """
    counts = Counter({word: SUBJECT * n for word, n in Counter(words(subject)).items()})
    counts.update(words(body[:READ]))
    stop = stop_words()
    telling = [
        word for word in counts if len(word) > 1 and not word.isdecimal() and word not in stop
    ]
    if not telling:
        return Matter({}, ())
    rare = rarity().of(hashes_of_words(telling)).tolist()
    weights = [
        (1 + math.log(counts[word])) * each / _RARITY_SCALE
        for word, each in zip(telling, rare, strict=True)
    ]
    pairs = zip(telling, weights, strict=True)
    heaviest = sorted((one for one in pairs if one[1]), key=lambda one: (-one[1], one[0]))[:WORDS]
    whole = math.sqrt(sum(weight * weight for _, weight in heaviest))
    found = {word: round(weight / whole, 4) for word, weight in heaviest}
    return Matter(found, marks_of(found))


def marks_of(words: Mapping[str, float]) -> tuple[int, ...]:
    """The marks of the words of a matter, which lie in the order of their weight."""
    heaviest = list(words)[:MARKS]
    if not heaviest:
        return ()
    return tuple(hashes_of_words(heaviest).view("int64").tolist())


def closeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """How much two messages are about the same, in [0, 1]: the cosine of their words."""
    if len(one) > len(other):
        one, other = other, one
    return min(1.0, sum(weight * other.get(word, 0.0) for word, weight in one.items()))


def nearly_same(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether two messages say the same in nearly the same words."""
    shared = len(one.keys() & other.keys())
    return bool(shared) and shared >= NEARLY_SAME * len(one.keys() | other.keys())
