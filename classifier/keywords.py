"""The words that tell most about a text: frequent in it and rare elsewhere."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import Codes, Offsets
from classifier.compiled import compiled, part
from classifier.ngrams import Hashes
from classifier.normalisation import decimal_digits
from classifier.rarity import rarity, stop_hashes
from classifier.reading import Readings

AT_MOST = 10

LONGEST = 8
"""Characters of a word that is shown."""

_CHINESE = 0x4E00, 0x9FFF
_LAST_CODE = 0xFFFF


def keywords_of(readings: Readings) -> list[tuple[str, ...]]:
    """Of each text at most ten words, most telling first; no single characters, no numbers, and of
    words jieba does not list only Chinese ones."""
    rare = rarity().of(readings.grams.word_hashes) * readings.several
    start = np.empty(AT_MOST * len(readings), dtype=np.int64)
    end = np.empty_like(start)
    begin = np.zeros(len(readings) + 1, dtype=np.int64)
    _find_keywords(
        readings.codes,
        readings.text_begin,
        readings.word_begin,
        readings.word_start,
        readings.word_end,
        readings.grams.word_hashes,
        rare,
        decimal_digits(),
        stop_hashes(),
        start,
        end,
        begin,
    )
    bounds = begin.tolist()
    shown = slice(bounds[-1])
    places = list(zip(start[shown].tolist(), end[shown].tolist(), strict=True))
    return [
        tuple([plain[first:last] for first, last in places[low:high]])
        for plain, (low, high) in zip(readings.plain, pairwise(bounds), strict=True)
    ]


@part
def _add_up(
    hashes: Hashes,
    rare: NDArray[np.uint32],
    seen: NDArray[np.int64],
    first: NDArray[np.int64],
    sums: NDArray[np.int64],
) -> int:
    """Writes for every different word that tells something the place where it stands first and how
    rare all its occurrences are together, in their order; returns how many there are. seen: a table of
    them, whose length is a power of two and most of which is free (-1)."""
    seen[:] = -1
    last, found = len(seen) - 1, 0
    for word in range(len(hashes)):
        if rare[word] == 0:
            continue
        at = np.int64(hashes[word] >> np.uint64(32)) & last
        while seen[at] >= 0 and hashes[first[seen[at]]] != hashes[word]:
            at = (at + 1) & last
        if seen[at] < 0:
            seen[at], first[found], sums[found] = found, word, 0
            found += 1
        sums[seen[at]] += rare[word]
    return found


@part
def _may_be_shown(codes: Codes, low: int, high: int, digits: NDArray[np.bool_]) -> bool:
    """Whether it begins with a Chinese character, is not too long, and has no digit."""
    if not _CHINESE[0] <= codes[low] <= _CHINESE[1]:
        return False
    at = low
    while at < high and not digits[min(codes[at], _LAST_CODE)]:
        at += 1
    return at == high <= low + LONGEST


@part
def _is_stop(stops: Hashes, key: np.uint64) -> bool:
    at = np.searchsorted(stops, key)
    return bool(at < len(stops) and stops[at] == key)


@part
def _put_in_order(
    word: int, sum_of: int, best: NDArray[np.int64], best_sums: NDArray[np.int64], count: int
) -> int:
    """Puts a word among the best, behind those that tell as much; returns how many they are."""
    place = min(count, len(best) - 1)
    if count == len(best) and sum_of <= best_sums[place]:
        return count
    while place > 0 and best_sums[place - 1] < sum_of:
        best[place], best_sums[place] = best[place - 1], best_sums[place - 1]
        place -= 1
    best[place], best_sums[place] = word, sum_of
    return min(count + 1, len(best))


@compiled(
    "void(uint32[::1], int64[::1], int64[::1], int64[::1], int64[::1], uint64[::1], uint32[::1],"
    " boolean[::1], uint64[::1], int64[::1], int64[::1], int64[::1])"
)
def _find_keywords(
    codes: Codes,
    text_begin: Offsets,
    words: Offsets,
    word_start: Offsets,
    word_end: Offsets,
    hashes: Hashes,
    rare: NDArray[np.uint32],
    digits: NDArray[np.bool_],
    stops: Hashes,
    start: Offsets,
    end: Offsets,
    begin: Offsets,
) -> None:
    best, best_sums = np.empty(AT_MOST, dtype=np.int64), np.empty(AT_MOST, dtype=np.int64)
    written = 0
    for text in range(len(words) - 1):
        low, high = words[text], words[text + 1]
        places = 2
        while places < 2 * (high - low):
            places *= 2
        seen = np.empty(places, dtype=np.int64)
        first, sums = np.empty(high - low, dtype=np.int64), np.empty(high - low, dtype=np.int64)
        count = 0
        for number in range(_add_up(hashes[low:high], rare[low:high], seen, first, sums)):
            word = low + first[number]
            from_, until = text_begin[text] + word_start[word], text_begin[text] + word_end[word]
            if _may_be_shown(codes, from_, until, digits) and not _is_stop(stops, hashes[word]):
                count = _put_in_order(word, sums[number], best, best_sums, count)
        for word in best[:count]:
            start[written], end[written] = word_start[word], word_end[word]
            written += 1
        begin[text + 1] = written
