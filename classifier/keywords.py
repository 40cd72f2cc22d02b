"""The words that tell most about a text: frequent in it and rare elsewhere."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from classifier.rarity import rarity, stop_words
from classifier.reading import Readings

AT_MOST = 10

_TELLING = re.compile(r"[\u4e00-\u9fff]\D{0,7}")
"""Eight characters at most, the first one Chinese, and no digit."""


def keywords_of(readings: Readings) -> list[tuple[str, ...]]:
    """Of each text at most ten words, most telling first; no single characters, no numbers, and of
    words jieba does not list only Chinese ones."""
    rare = rarity().of(readings.grams.word_hashes) * readings.several
    at = rare.nonzero()[0]
    bounds = at.searchsorted(readings.word_begin).tolist()
    places, weights = at.tolist(), rare.take(at).tolist()
    found = []
    for text, begin in enumerate(readings.word_begin[:-1].tolist()):
        part = slice(bounds[text], bounds[text + 1])
        words = readings.words[text]
        score: dict[str, int] = {}
        for place, weight in zip(places[part], weights[part], strict=True):
            word = words[place - begin]
            score[word] = score.get(word, 0) + weight
        # Of words that tell as much the one that comes first in the text comes first.
        most_telling = sorted(score, key=score.__getitem__, reverse=True)
        found.append(tuple(islice(filter(_may_tell, most_telling), AT_MOST)))
    return found


@lru_cache(maxsize=20_000)
def _may_tell(word: str) -> bool:
    return _TELLING.fullmatch(word) is not None and word not in stop_words()
