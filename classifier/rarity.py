"""How rare words are, by jieba's inverse document frequencies and our list of words that tell nothing.

Kept in a file as judging looks them up: reading jieba's list takes longer than reading the models.
`python -m benchmarks.classifier_tables` writes it; a test holds it against jieba's list.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.compiled import compiled
from classifier.ngrams import Hashes, hashes_of_words
from classifier.normalisation import all_normalised

_WORDS = Path(__file__).parent / "words"

STOP_WORDS_FILE = _WORDS / "stop.txt"
TABLE_FILE = _WORDS / "rarity.npz"

SLOT_BITS = 20
_SHIFT = np.uint64(64 - SLOT_BITS)
_KEY, _VALUE = np.uint64(0xFFFF0000), np.uint64(0xFFFF)

SCALE = 4000
"""Rarities reach 14."""


class Rarity:
    """Rarities by hash rather than a dictionary of 260,000 words, which is slow to look up when it is
    not in the processor's cache. Of words that share a place (one in eight) the first of jieba's
    list, which is the more frequent, is known; the other counts as usual."""

    def __init__(self, records: NDArray[np.uint32], usual: int) -> None:
        """records: 2^20, each of sixteen bits of a word's hash and sixteen of its rarity, so that one
        place only is looked at; usual: the rarity of words that are not listed."""
        self.records = records
        self.usual = usual

    def of(self, hashes: Hashes) -> NDArray[np.uint32]:
        """The rarity of each word times 4,000, given as NGrams.word_hashes; 0 for stop words, the median for
        words that are not listed."""
        found = np.empty(len(hashes), dtype=np.uint32)
        _look_up(hashes, self.records, self.usual, found)
        return found

    def save(self, path: Path) -> None:
        """Writes the records."""
        with path.open("wb") as file:
            np.savez_compressed(file, records=self.records, usual=np.array(self.usual))


@cache
def rarity() -> Rarity:
    """The table that ships."""
    with np.load(TABLE_FILE, allow_pickle=False) as arrays:
        return Rarity(arrays["records"], int(arrays["usual"]))


def worked_out() -> Rarity:
    """The table by the list of the jieba that is installed and our stop words. The list is read without
    importing jieba, which would import more than is needed."""
    package = importlib.util.find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("jieba")
    text = (Path(package.origin).parent / "analyse" / "idf.txt").read_text(encoding="utf-8")
    stop = sorted(stop_words())
    pairs = [line.rsplit(" ", 1) for line in text.splitlines()]
    listed = [(word, value) for word, value in pairs if len(word) > 1]
    words = stop + all_normalised([word for word, _ in listed])
    values = ["0"] * len(stop) + [value for _, value in listed]
    return _table(words, np.array(values, dtype=np.float32))


def _table(words: list[str], values: NDArray[np.float32]) -> Rarity:
    hashes = hashes_of_words(words)
    places = (hashes >> _SHIFT).astype(np.int64)[::-1]
    keys = (hashes & _KEY).astype(np.uint32)
    records = np.zeros(1 << SLOT_BITS, dtype=np.uint32)
    records[places] = (keys | np.rint(values * SCALE).astype(np.uint32))[::-1]
    return Rarity(records, int(np.median(values[values > 0]) * SCALE))


@cache
def stop_words() -> frozenset[str]:
    """Words that are never telling, such as the politeness of letters."""
    return frozenset(STOP_WORDS_FILE.read_text(encoding="utf-8").split())


@cache
def stop_hashes() -> Hashes:
    """Their hashes, as of words in a text, sorted."""
    return np.sort(hashes_of_words(sorted(stop_words())))


@compiled("void(uint64[::1], uint32[::1], int64, uint32[::1])")
def _look_up(
    hashes: Hashes, records: NDArray[np.uint32], usual: int, found: NDArray[np.uint32]
) -> None:
    for number in range(len(hashes)):
        record = np.uint64(records[hashes[number] >> _SHIFT])
        known = (record ^ hashes[number]) & _KEY == 0
        found[number] = record & _VALUE if known else usual
