"""A text as its n-grams: characters 2-4 and words 1-2, each as a 64-bit hash with its place.

Hashes are made on whole arrays: a polynomial prefix hash of the code points (modulo 2^64, where the
base, being odd, has an inverse) gives the hash of any stretch from two look-ups.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.lexicon import LeafShare, leaf_phrases
from classifier.normalisation import codes_of, telling_characters, text_of
from classifier.segmentation import cut

READ_AT_MOST = 8192
"""The trained models read this many characters of a text; rules and places read all of it."""

CHARACTER_SIZES = (2, 3, 4)

Hashes = NDArray[np.uint64]
Offsets = NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)
_SALTS = tuple(
    np.uint64(salt)
    for salt in (0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3)
)


OPENING, CLOSING = 16, 12
"""So many words at the beginning and at the end count once more, as opening and closing: a
message's first words are its subject, its last ones mostly its wish."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the trained models read it.

    words: the cut words; word_starts, word_ends: where they stand in the text; word_first,
    word_last: the same in squeezed characters.
    hashes: one for each n-gram occurrence, first characters by size, then words, then word pairs.
    first, last: for each n-gram the first squeezed character and the one after its last; spread:
    one divided by its length.
    squeezed: where each squeezed character (spaces and punctuation left out) stands in the text;
    squeezed_text: these characters. phrases: the leaf phrases in it.
    """

    words: list[str]
    word_starts: Offsets
    word_ends: Offsets
    word_first: Offsets
    word_last: Offsets
    hashes: Hashes
    first: Offsets
    last: Offsets
    spread: NDArray[np.float64]
    squeezed: Offsets
    squeezed_text: str
    phrases: list[tuple[int, int, LeafShare]]


def read(text: str) -> Reading:
    """Reads the first READ_AT_MOST characters of a text."""
    codes = codes_of(text[:READ_AT_MOST])
    telling = telling_characters()[codes]
    squeezed = np.flatnonzero(telling)
    pieces = cut(text_of(codes))
    ends = np.cumsum(np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces)))
    starts = np.concatenate((_ZERO, ends[:-1])) if pieces else ends
    kept = telling[starts] if pieces else np.zeros(0, dtype=np.bool_)
    starts, ends = starts[kept], ends[kept]
    rank = np.concatenate((_ZERO, np.cumsum(telling)))
    squeezed_text = text_of(codes[squeezed])
    phrases = leaf_phrases().find_longest(squeezed_text)
    word_first, word_last = rank[starts], rank[ends]
    first, last, sizes = _stretches(len(squeezed), word_first, word_last)
    hashes = _salted(_hashes(codes[squeezed], first, last), sizes)
    hashes, first, last = _with_concepts(hashes, first, last, phrases)
    words = [piece for piece, is_kept in zip(pieces, kept.tolist(), strict=True) if is_kept]
    return Reading(
        words,
        starts,
        ends,
        word_first,
        word_last,
        hashes,
        first,
        last,
        1 / (last - first),
        squeezed,
        squeezed_text,
        phrases,
    )


_ZERO = np.zeros(1, dtype=np.int64)


def _stretches(
    length: int, word_first: Offsets, word_last: Offsets
) -> tuple[Offsets, Offsets, list[int]]:
    """First and last of all n-grams, and how many there are of each sort: characters, words, word
    pairs, opening words, closing words."""
    places = _places()
    firsts = [places[: max(0, length - size + 1)] for size in CHARACTER_SIZES]
    lasts = [places[size : max(size, length + 1)] for size in CHARACTER_SIZES]
    firsts += [word_first, word_first[:-1], word_first[:OPENING], word_first[-CLOSING:]]
    lasts += [word_last, word_last[1:], word_last[:OPENING], word_last[-CLOSING:]]
    characters = len(CHARACTER_SIZES)
    sizes = [sum(map(len, firsts[:characters])), *map(len, firsts[characters:])]
    return np.concatenate(firsts), np.concatenate(lasts), sizes


def _salted(hashes: Hashes, sizes: list[int]) -> Hashes:
    """Makes the same stretch as characters, word, pair, opening and closing five n-grams."""
    begin = sizes[0]
    for size, salt in zip(sizes[1:], _SALTS, strict=True):
        hashes[begin : begin + size] *= salt
        begin += size
    return _mixed(hashes)


def _with_concepts(
    hashes: Hashes, first: Offsets, last: Offsets, phrases: list[tuple[int, int, LeafShare]]
) -> tuple[Hashes, Offsets, Offsets]:
    """Adds what the leaf phrases mean, so that a word never met in training still speaks for its
    topic through the others of its kind."""
    concepts = [(hash_, start, end) for start, end, s in phrases for hash_ in s.concepts]
    if not concepts:
        return hashes, first, last
    extra_hashes, extra_first, extra_last = zip(*concepts, strict=True)
    return (
        np.concatenate((hashes, np.array(extra_hashes, dtype=np.uint64))),
        np.concatenate((first, np.array(extra_first, dtype=np.int64))),
        np.concatenate((last, np.array(extra_last, dtype=np.int64))),
    )


def _hashes(codes: NDArray[np.uint32], first: Offsets, last: Offsets) -> Hashes:
    powers, inverses = _powers()
    prefix = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * powers[: len(codes)], out=prefix[1:])
    return (prefix[last] - prefix[first]) * inverses[first]


def _mixed(hashes: Hashes) -> Hashes:
    """Spreads the low bits, which a polynomial leaves poor, over the high ones."""
    hashes ^= hashes >> _SHIFT
    hashes *= _MIX
    hashes ^= hashes >> _SHIFT
    hashes *= _MIX
    return hashes


@cache
def _places() -> Offsets:
    return np.arange(READ_AT_MOST + max(CHARACTER_SIZES) + 1, dtype=np.int64)


@cache
def _powers() -> tuple[Hashes, Hashes]:
    def series(base: int) -> Hashes:
        factors = np.full(READ_AT_MOST + 1, base, dtype=np.uint64)
        factors[0] = 1
        return np.cumprod(factors, dtype=np.uint64)

    return series(_BASE), series(_INVERSE)
