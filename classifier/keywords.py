"""The words that tell most about a text: frequent in it and rare elsewhere."""

from __future__ import annotations

import importlib.util
from collections import Counter
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
_LONGEST_WORD = 8


class Rarity:
    """How rare words are, by jieba's inverse document frequencies.

    Kept as arrays by hash rather than as a dictionary of 260,000 words, which is slow to look up
    when it is not in the processor's cache. Of words that share a place (one in eight) the first of
    jieba's list, which is the more frequent, is known; the other counts as usual.
    """

    def __init__(self, words: list[str], values: NDArray[np.float32]) -> None:
        hashes = hashes_of_words(words)
        places = (hashes >> _SHIFT).astype(np.int64)[::-1]
        self._keys = np.zeros(1 << _SLOT_BITS, dtype=np.uint32)
        self._values = np.zeros(1 << _SLOT_BITS, dtype=np.float32)
        self._keys[places] = hashes[::-1].astype(np.uint32)
        self._values[places] = values[::-1]
        self._usual = np.float32(np.median(values[values > 0]))

    def of(self, hashes: Hashes) -> NDArray[np.float32]:
        """The rarity of each word, given as Reading.word_hashes; 0 for stop words, the median for
        words that are not listed."""
        places = (hashes >> _SHIFT).view(np.int64)
        known = self._keys[places] == hashes.astype(np.uint32)
        return np.where(known, self._values[places], self._usual)


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
    words = reading.words
    number = Counter(words)
    place = {word: at for at, word in enumerate(words) if len(word) > 1}
    if not place:
        return ()
    scores = rarity().of(reading.word_hashes[list(place.values())]).tolist()
    telling = [(-number[word] * score, word) for word, score in zip(place, scores, strict=True)]
    telling.sort()
    found: list[str] = []
    for score, word in telling:
        if len(found) == AT_MOST or not score:
            break
        if _may_tell(word):
            found.append(word)
    return tuple(found)


def _may_tell(word: str) -> bool:
    return (
        len(word) <= _LONGEST_WORD
        and "\u4e00" <= word[0] <= "\u9fff"
        and word not in stop_words()
        and not any(character.isdigit() for character in word)
    )
