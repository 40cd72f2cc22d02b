"""Stretches of characters as 64-bit hashes, and which of them a text's n-grams are.

A polynomial prefix hash of the code points (modulo 2^64, where the base, being odd, has an inverse)
gives the hash of any stretch from two look-ups, on whole arrays at once.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from classifier.normalisation import Codes, raw_codes

CHARACTER_SIZES = (2, 4)

LONGER, SHORT = 2, 160
"""More than two characters together count in texts of at most so many characters: in a post they
tell the feeling, in a letter they tell nothing its words do not."""

OPENING, CLOSING = 16, 12
"""So many words at the beginning and at the end count once more, as opening and closing: a
message's first words are its subject, its last ones mostly its wish."""

Hashes = NDArray[np.uint64]
Offsets = NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_ONE, _SHIFT = np.uint64(1), np.uint64(32)
_WORD = np.uint64(0xA0761D6478BD642F)
_PAIR = np.uint64(0xE7037ED1A0B428DB)
_OPENS = np.uint64(0x8EBC6AF09C88C6E3)
_CLOSES = np.uint64(0x589965CC75374CC3)


@dataclass(frozen=True, slots=True)
class NGrams:
    """The n-grams of several texts whose characters and words are counted through.

    hashes: one an occurrence; first, last: its first character and the one after its last; owner:
    the number of its text. word_hashes: of the single words, in order. sorts: where each sort of
    n-grams begins, and at last their number: characters by size, words, pairs, opening words, closing
    words, concepts; within a sort they are in the order of the texts. paired, opening, closing: the
    word each of those begins with.
    """

    hashes: Hashes
    first: Offsets
    last: Offsets
    owner: NDArray[np.uint16]
    word_hashes: Hashes
    sorts: tuple[int, ...]
    paired: NDArray[np.intp]
    opening: NDArray[np.intp]
    closing: NDArray[np.intp]


def n_grams(
    codes: Codes,
    characters: Offsets,
    word_first: Offsets,
    word_last: Offsets,
    words: Offsets,
) -> NGrams:
    """Characters by size, words, word pairs, opening words, closing words. The same stretch as a
    word and as characters is two n-grams, by multiplying the hash with a number of the sort.

    codes: the characters of all texts; characters, words: where those of each text begin, and at
    last their number; word_first, word_last: the characters of each word.
    """
    prefix = _prefix_hashes(codes)
    inverses = _powers(_rounded(len(codes)))[1]
    owner = _owners(characters)
    hashes, firsts, lasts, owners = [], [], [], []
    short = np.diff(characters) <= SHORT
    for size in CHARACTER_SIZES:
        count = max(0, len(codes) - size + 1)
        inside = owner[:count] == owner[size - 1 :][:count]
        if size > LONGER:
            inside &= short.take(owner[:count])
        at = inside.nonzero()[0]
        hashes.append((prefix.take(at + size) - prefix.take(at)) * inverses.take(at))
        firsts.append(at)
        lasts.append(at + size)
        owners.append(owner.take(at))
    word_owner = _owners(words)
    before, until, inverse = (
        prefix.take(word_first),
        prefix.take(word_last),
        inverses.take(word_first),
    )
    single = (until - before) * inverse
    paired = (word_owner[:-1] == word_owner[1:]).nonzero()[0]
    pairs = (until.take(paired + 1) - before.take(paired)) * inverse.take(paired)
    place = np.arange(len(word_first))
    opening = (place < words.take(word_owner) + OPENING).nonzero()[0]
    closing = (place >= words.take(word_owner + np.uint16(1)) - CLOSING).nonzero()[0]
    hashes += [single * _WORD, pairs * _PAIR]
    hashes += [single.take(opening) * _OPENS, single.take(closing) * _CLOSES]
    firsts += [word_first, *(word_first.take(at) for at in (paired, opening, closing))]
    lasts += [word_last, word_last.take(paired + 1)]
    lasts += [word_last.take(at) for at in (opening, closing)]
    owners += [word_owner, *(word_owner.take(at) for at in (paired, opening, closing))]
    sorts = tuple(itertools.accumulate(map(len, hashes), initial=0))
    begin = sorts[len(CHARACTER_SIZES)]
    mixed = _mixed(np.concatenate(hashes))
    return NGrams(
        mixed,
        np.concatenate(firsts),
        np.concatenate(lasts),
        np.concatenate(owners),
        mixed[begin : begin + len(single)],
        (*sorts, sorts[-1]),
        paired,
        opening,
        closing,
    )


def hashes_of_words(words: list[str]) -> Hashes:
    """The hashes single normalised words have in a text."""
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    last = np.cumsum(lengths)
    first = last - lengths
    prefix = _prefix_hashes(raw_codes("".join(words)))
    inverses = _powers(_rounded(int(lengths.sum())))[1]
    return _mixed((prefix[last] - prefix[first]) * inverses[first] * _WORD)


def _owners(begins: Offsets) -> NDArray[np.uint16]:
    """For each thing the number of the text it belongs to."""
    return np.arange(len(begins) - 1, dtype=np.uint16).repeat(np.diff(begins))


def _prefix_hashes(codes: Codes) -> Hashes:
    prefix = np.zeros(len(codes) + 1, dtype=np.uint64)
    powers = _powers(_rounded(len(codes)))[0]
    ((codes.astype(np.uint64) + _ONE) * powers[: len(codes)]).cumsum(out=prefix[1:])
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
