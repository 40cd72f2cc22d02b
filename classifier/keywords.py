"""The words that tell most about a text: frequent in it and rare elsewhere."""

from __future__ import annotations

import importlib.util
import re
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.ngrams import Hashes, hashes_of_words
from classifier.normalisation import all_normalised
from classifier.reading import Readings

AT_MOST = 10

STOP_WORDS_FILE = Path(__file__).parent / "words" / "stop.txt"

_SLOT_BITS = 20
_SHIFT = np.uint64(64 - _SLOT_BITS)
_KEY, _VALUE = np.uint32(0xFFFF0000), np.uint32(0xFFFF)
_PLACE_BITS = 13
_PLACE = (1 << _PLACE_BITS) - 1
"""As many places as a text that is read has words at most."""

_RANK_TEXT, _BEST = 43, 1 << 29
"""No word can have as much as 2^13 times the rarity that takes 16 bits."""

_SORT_TEXT_BITS, _SORT_TEXT, _SORT_PLACE = np.uint64(7), np.uint64(57), np.uint64(_PLACE)
"""A text's number, of those read together, takes seven bits."""

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
        """The rarity of each word times 4,000, given as NGrams.word_hashes; 0 for stop words, the median for
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
    listed = [(word, value) for word, value in pairs if len(word) > 1]
    words = stop + all_normalised([word for word, _ in listed])
    values = ["0"] * len(stop) + [value for _, value in listed]
    return Rarity(words, np.array(values, dtype=np.float32))


@cache
def stop_words() -> frozenset[str]:
    """Words that are never telling, such as the politeness of letters."""
    return frozenset(STOP_WORDS_FILE.read_text(encoding="utf-8").split())


def keywords_of(readings: Readings) -> list[tuple[str, ...]]:
    """Of each text at most ten words, most telling first; no single characters, no numbers, and of
    words jieba does not list only Chinese ones."""
    hashes = readings.grams.word_hashes
    rare = rarity().of(hashes)
    at = ((rare > 0) & readings.several).nonzero()[0]
    text, place, score = _each_once(hashes, rare, at, readings)
    # Text, score and place in one number, which is quicker to sort than three.
    ranks = (text << _RANK_TEXT) | ((_BEST - score) << _PLACE_BITS) | place
    ranks.sort()
    bounds = ranks.searchsorted(np.arange(len(readings) + 1) << _RANK_TEXT).tolist()
    numbers = (ranks & _PLACE).tolist()
    parts = zip(readings.words, bounds[:-1], bounds[1:], strict=True)
    return [_most_telling(words, numbers[begin:end]) for words, begin, end in parts]


def _each_once(
    hashes: Hashes, rare: NDArray[np.uint32], at: NDArray[np.intp], readings: Readings
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Text and first place in it of every different word among those at these positions, and the
    rarity of all its occurrences together."""
    text = readings.word_begin.searchsorted(at, side="right") - 1
    place = at - readings.word_begin.take(text)
    # Text, most of the hash, and place in one number: sorted, equal words stand together.
    word = (text.astype(np.uint64) << _SORT_TEXT) | (hashes.take(at) >> _SORT_TEXT_BITS)
    sorts = (word & ~_SORT_PLACE) | place.astype(np.uint64)
    sorts.sort()
    word = sorts & ~_SORT_PLACE
    first = np.append(True, word[1:] != word[:-1])[: len(word)].nonzero()[0]
    text = (sorts >> _SORT_TEXT).view(np.int64)
    place = (sorts & _SORT_PLACE).view(np.int64)
    each = rare.take(readings.word_begin.take(text) + place).astype(np.int64)
    score = np.add.reduceat(each, first) if len(first) else each
    return text.take(first), place.take(first), score


def _most_telling(words: list[str], numbers: list[int]) -> tuple[str, ...]:
    found: list[str] = []
    for number in numbers:
        word = words[number]
        if _may_tell(word):
            found.append(word)
            if len(found) == AT_MOST:
                break
    return tuple(found)


@lru_cache(maxsize=20_000)
def _may_tell(word: str) -> bool:
    return _TELLING.fullmatch(word) is not None and word not in stop_words()
