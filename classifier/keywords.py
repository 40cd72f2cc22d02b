"""The words that tell most about a text: frequent in it and rare elsewhere."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import heads
from classifier.rarity import rarity, stop_words
from classifier.reading import Readings

AT_MOST = 10

_PLACE_BITS = 13
_PLACE = (1 << _PLACE_BITS) - 1
"""As many places as a text that is read has words at most."""

_RANK_TEXT, _BEST = 43, 1 << 29
"""No word can have as much as 2^13 times the rarity that takes 16 bits."""

_SORT_TEXT_BITS, _SORT_TEXT, _SORT_PLACE = np.uint64(7), np.uint64(57), np.uint64(_PLACE)
"""A text's number, of those read together, takes seven bits."""

_TELLING = re.compile(r"[\u4e00-\u9fff]\D{0,7}")
"""Eight characters at most, the first one Chinese, and no digit."""


def keywords_of(readings: Readings) -> list[tuple[str, ...]]:
    """Of each text at most ten words, most telling first; no single characters, no numbers, and of
    words jieba does not list only Chinese ones."""
    rare = rarity().of(readings.grams.word_hashes) * readings.several
    at = rare.nonzero()[0]
    if len(readings) == 1:
        words = readings.words[0]
        return [_told_by(words, _ranked(words, at.tolist(), rare.take(at).tolist()))]
    ranks = _ranked_together(rare, at, readings)
    bounds = ranks.searchsorted(np.arange(len(readings) + 1) << _RANK_TEXT).tolist()
    numbers = (ranks & _PLACE).tolist()
    return [
        _told_by(words, numbers[begin:end])
        for words, (begin, end) in zip(readings.words, pairwise(bounds), strict=True)
    ]


def _ranked(words: list[str], places: list[int], weights: list[int]) -> list[int]:
    """The first place of every different word of a text, the most telling first; of words that tell as
    much the one that comes first."""
    first: dict[str, int] = {}
    score: dict[str, int] = {}
    for place, weight in zip(places, weights, strict=True):
        word = words[place]
        if word in score:
            score[word] += weight
        else:
            first[word], score[word] = place, weight
    return [first[word] for word in sorted(score, key=score.__getitem__, reverse=True)]


def _ranked_together(
    rare: NDArray[np.uint32], at: NDArray[np.intp], readings: Readings
) -> NDArray[np.int64]:
    """What _ranked says of many texts, whose words do not stay in the processor's cache, by the words'
    hashes: sorted numbers of text, score and, in the lowest bits, place."""
    text = readings.word_begin.searchsorted(at, side="right") - 1
    place = at - readings.word_begin.take(text)
    # Text, most of the hash, and place in one number: sorted, equal words stand together.
    word = readings.grams.word_hashes.take(at) >> _SORT_TEXT_BITS
    word |= text.astype(np.uint64) << _SORT_TEXT
    sorts = (word & ~_SORT_PLACE) | place.view(np.uint64)
    sorts.sort()
    first = heads(sorts & ~_SORT_PLACE)
    text = (sorts >> _SORT_TEXT).view(np.int64)
    place = (sorts & _SORT_PLACE).view(np.int64)
    each = rare.take(readings.word_begin.take(text) + place).astype(np.int64)
    score = np.add.reduceat(each, first) if len(first) else each
    # Text, score and place in one number, which is quicker to sort than three.
    ranks = text.take(first) << _RANK_TEXT
    ranks |= (_BEST - score) << _PLACE_BITS
    ranks |= place.take(first)
    ranks.sort()
    return ranks


def _told_by(words: list[str], places: list[int]) -> tuple[str, ...]:
    """The first of the words at these places that may tell something."""
    return tuple(islice(filter(_may_tell, map(words.__getitem__, places)), AT_MOST))


@lru_cache(maxsize=20_000)
def _may_tell(word: str) -> bool:
    return _TELLING.fullmatch(word) is not None and word not in stop_words()
