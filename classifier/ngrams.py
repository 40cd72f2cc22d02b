"""Stretches of characters as 64-bit hashes, and which of them a text's n-grams are.

A polynomial prefix hash of the code points (modulo 2^64, where the base, being odd, has an inverse)
gives the hash of any stretch from two look-ups, on whole arrays at once.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from classifier.arrays import Codes, Offsets, ranges
from classifier.normalisation import raw_codes

CHARACTER_SIZES = (2, 4)

LONGER, SHORT = 2, 160
"""More than two characters together count in texts of at most so many characters: in a post they
tell the feeling, in a letter they tell nothing its words do not."""

OPENING, CLOSING = 16, 12
"""So many words at the beginning and at the end count once more, as opening and closing: a
message's first words are its subject, its last ones mostly its wish."""

Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_ONE, _SHIFT = np.uint64(1), np.uint64(32)
_WORD = np.uint64(0xA0761D6478BD642F)
_PAIR = np.uint64(0xE7037ED1A0B428DB)
_OPENS = np.uint64(0x8EBC6AF09C88C6E3)
_CLOSES = np.uint64(0x589965CC75374CC3)
_OF_SORT = (_WORD, _PAIR, _OPENS, _CLOSES)
"""What hashes are multiplied with, for each sort of n-grams that is made of words."""


class NGrams(Struct, frozen=True):
    """The n-grams of several texts whose characters and words are counted through.

    hashes: one an occurrence; first, last: its first character and the one after its last; owner:
    the number of its text. word_hashes: of the single words, in order. sorts: where each sort of
    n-grams begins, and at last their number: characters by size, words, pairs, opening words, closing
    words, concepts; within a sort they are in the order of the texts.
    """

    hashes: Hashes
    first: Offsets
    last: Offsets
    owner: NDArray[np.uint16]
    word_hashes: Hashes
    sorts: tuple[int, ...]


class Concepts(Struct, frozen=True):
    """What phrases of several texts mean: the hash of each, in the order of the texts, the first
    character of its phrase and the one after its last, and the number of the text."""

    hashes: Hashes
    first: Offsets
    last: Offsets
    owner: NDArray[np.uint16]


def n_grams(
    codes: Codes,
    characters: Offsets,
    word_first: Offsets,
    word_last: Offsets,
    words: Offsets,
    concepts: Concepts,
) -> NGrams:
    """Characters by size, words, word pairs, opening words, closing words, concepts. The same stretch
    as a word and as characters is two n-grams, by multiplying the hash with a number of the sort.

    codes: the characters of all texts; characters, words: where those of each text begin, and at
    last their number; word_first, word_last: the characters of each word.
    """
    counts, begins = _stretches_of(characters, words)
    texts, flat = counts.shape[1], counts.reshape(-1)
    sorts = (0, *flat.cumsum()[texts - 1 :: texts].tolist())
    of_words, of_pairs, of_opening, *_ = bounds = sorts[len(CHARACTER_SIZES) :]
    # For every n-gram of characters where it begins, for every other the number of its word.
    at = ranges(begins.reshape(-1), flat)
    first = np.concatenate([at[:of_words], word_first.take(at[of_words:]), concepts.first])
    last = np.concatenate([at[:of_words], word_last.take(at[of_words:]), concepts.last])
    for size, low, high in zip(CHARACTER_SIZES, sorts, sorts[1:], strict=False):
        last[low:high] += size
    last[of_pairs:of_opening] = word_last.take(at[of_pairs:of_opening] + 1)
    prefix = _prefix_hashes(codes)
    hashes = prefix.take(last)
    hashes -= prefix.take(first)
    hashes *= _powers(_rounded(len(codes)))[1].take(first)
    hashes[sorts[-1] :] = concepts.hashes
    for factor, (low, high) in zip(_OF_SORT, pairwise(bounds), strict=True):
        hashes[low:high] *= factor
    _mixed(hashes[: sorts[-1]])
    owner = np.empty(counts.shape, dtype=np.uint16)
    owner[:] = np.arange(texts)
    return NGrams(
        hashes,
        first,
        last,
        np.concatenate([owner.reshape(-1).repeat(flat), concepts.owner]),
        hashes[of_words:of_pairs],
        (*sorts, len(hashes)),
    )


def _stretches_of(characters: Offsets, words: Offsets) -> tuple[Offsets, Offsets]:
    """How many n-grams of each sort (a row) each text (a column) has, and where the first begins: a
    character, or the number of a word. Those of a text and sort follow on each other."""
    counts, begins = [], []
    # A few numbers a text: arrays would take longer for one text and hardly less for many.
    bounds = zip(pairwise(characters.tolist()), pairwise(words.tolist()), strict=True)
    for (first, end), (first_word, end_of_words) in bounds:
        own, own_words = end - first, end_of_words - first_word
        closing = min(own_words, CLOSING)
        counts.append(
            [
                *(
                    max(0, own - size + 1) * (size <= LONGER or own <= SHORT)
                    for size in CHARACTER_SIZES
                ),
                own_words,
                max(0, own_words - 1),
                min(own_words, OPENING),
                closing,
            ]
        )
        begins.append([first] * len(CHARACTER_SIZES) + [first_word] * 3 + [end_of_words - closing])
    return np.array(counts).T, np.array(begins).T


def hashes_of_words(words: list[str]) -> Hashes:
    """The hashes single normalised words have in a text."""
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    last = np.cumsum(lengths)
    first = last - lengths
    prefix = _prefix_hashes(raw_codes("".join(words)))
    inverses = _powers(_rounded(int(lengths.sum())))[1]
    return _mixed((prefix.take(last) - prefix.take(first)) * inverses.take(first) * _WORD)


def _prefix_hashes(codes: Codes) -> Hashes:
    prefix = np.zeros(len(codes) + 1, dtype=np.uint64)
    powers = _powers(_rounded(len(codes)))[0]
    raised = np.add(codes, _ONE, dtype=np.uint64)
    raised *= powers[: len(codes)]
    raised.cumsum(out=prefix[1:])
    return prefix


def _mixed(hashes: Hashes) -> Hashes:
    """Spreads the low bits, which a polynomial leaves poor, over the high ones; in place."""
    hashes ^= hashes >> _SHIFT
    hashes *= _MIX
    hashes ^= hashes >> _SHIFT
    hashes *= _MIX
    return hashes


def _rounded(length: int) -> int:
    """The next power of two: few different tables of powers are kept."""
    return max(1 << 14, 1 << length.bit_length())


@lru_cache(maxsize=4)
def _powers(length: int) -> tuple[Hashes, Hashes]:
    def series(base: int) -> Hashes:
        factors = np.full(length + 1, base, dtype=np.uint64)
        factors[0] = 1
        return np.cumprod(factors, dtype=np.uint64)

    return series(_BASE), series(_INVERSE)
