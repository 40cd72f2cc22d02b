"""The words that tell most about a text: frequent in it and rare elsewhere."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.ngrams import Hashes, Reading, hashes_of_words
from classifier.normalisation import normalised

AT_MOST = 10

STOP_WORDS_FILE = Path(__file__).parent / "words" / "stop.txt"

_SLOT_BITS = 20
_SHIFT = np.uint64(64 - _SLOT_BITS)
_KEY, _VALUE = np.uint32(0xFFFF0000), np.uint32(0xFFFF)
_TELLING = re.compile(r"[\u4e00-\u9fff]\D{0,7}")
"""Eight characters at most, the first one Chinese, and no digit."""

_SCALE = 4000
"""Rarities reach 14."""


class Rarity:
    """How rare words are, by jieba's inverse document frequencies.

    Kept as arrays by hash rather than as a dictionary of 260,000 words, which is slow to look up
    when it is not in the processor's cache. Of words that share a place (one in eight) the first of
    jieba's list, which is the more frequent, is known; the other counts as usual.
    """

    def __init__(self, words: list[str], values: NDArray[np.float32]) -> None:
        hashes = hashes_of_words(words)
        places = (hashes >> _SHIFT).astype(np.int64)[::-1]
        # Sixteen bits of the key and sixteen of the value, to look at one place only.
        keys = hashes.astype(np.uint32) & _KEY
        scaled = np.rint(values * _SCALE).astype(np.uint32)
        self._records = np.zeros(1 << _SLOT_BITS, dtype=np.uint32)
        self._records[places] = (keys | scaled)[::-1]
        self._usual = np.uint32(np.median(values[values > 0]) * _SCALE)

    def of(self, hashes: Hashes) -> NDArray[np.uint32]:
        """The rarity of each word times 4,000, given as Reading.word_hashes; 0 for stop words, the median for
        words that are not listed."""
        places = (hashes >> _SHIFT).view(np.int64)
        records = self._records.take(places)
        known = ((records ^ hashes.astype(np.uint32)) & _KEY) == 0
        return np.where(known, records & _VALUE, self._usual)


@cache
def rarity() -> Rarity:
    """jieba's list with our stop words. The file is read without importing jieba, which would
    import more than is needed."""
    package = importlib.util.find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("jieba")
    text = (Path(package.origin).parent / "analyse" / "idf.txt").read_text(encoding="utf-8")
    stop = sorted(stop_words())
    pairs = [line.rsplit(" ", 1) for line in text.splitlines()]
    listed = [(normalised(word), float(value)) for word, value in pairs if len(word) > 1]
    words = stop + [word for word, _ in listed]
    values = [0.0] * len(stop) + [value for _, value in listed]
    return Rarity(words, np.array(values, dtype=np.float32))


@cache
def stop_words() -> frozenset[str]:
    """Words that are never telling, such as the politeness of letters."""
    return frozenset(STOP_WORDS_FILE.read_text(encoding="utf-8").split())


def keywords_of(reading: Reading) -> tuple[str, ...]:
    """At most ten words, most telling first; no single characters, no numbers, and of words jieba
    does not list only Chinese ones."""
    rare = rarity().of(reading.word_hashes)
    telling = ((rare > 0) & reading.several).nonzero()[0]
    words = reading.words
    scores: dict[str, int] = {}
    for number, value in zip(telling.tolist(), rare.take(telling).tolist(), strict=True):
        word = words[number]
        scores[word] = scores.get(word, 0) + value
    found: list[str] = []
    for word in sorted(scores, key=scores.__getitem__, reverse=True):
        if len(found) == AT_MOST:
            break
        if _may_tell(word):
            found.append(word)
    return tuple(found)


def _may_tell(word: str) -> bool:
    return _TELLING.fullmatch(word) is not None and word not in stop_words()
