"""Stretches of characters as 64-bit hashes, and which of them a text's n-grams are."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from classifier.arrays import Codes, Offsets
from classifier.compiled import compiled, part
from classifier.normalisation import raw_codes

CHARACTER_SIZES = (2, 4)

LONGER, SHORT = 2, 160
"""More than two characters together count in texts of at most so many characters: in a post they
tell the feeling, in a letter they tell nothing its words do not."""

OPENING, CLOSING = 16, 12
"""So many words at the beginning and at the end count once more, as opening and closing: a
message's first words are its subject, its last ones mostly its wish."""

Hashes = NDArray[np.uint64]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_ONE, _SHIFT = np.uint64(1), np.uint64(32)
_WORD = np.uint64(0xA0761D6478BD642F)
_PAIR = np.uint64(0xE7037ED1A0B428DB)
_OPENS = np.uint64(0x8EBC6AF09C88C6E3)
_CLOSES = np.uint64(0x589965CC75374CC3)
"""What hashes are multiplied with, for each sort of n-grams that is made of words: the same stretch as
a word and as characters is two n-grams."""


class NGrams(Struct, frozen=True):
    """The n-grams of several texts whose characters and words are counted through, text after text.

    hashes: one an occurrence; first, last: its first character and the one after its last; begin: where
    those of each text begin, and at last their number. Those of a text: characters by size, words,
    word pairs, opening words, closing words, concepts. word_hashes: of the single words, in order.
    """

    hashes: Hashes
    first: Offsets
    last: Offsets
    begin: Offsets
    word_hashes: Hashes


class Concepts(Struct, frozen=True):
    """What phrases of several texts mean: the hash of each, in the order of the texts, the first
    character of its phrase and the one after its last; begin: where those of each text begin, and at
    last their number."""

    hashes: Hashes
    first: Offsets
    last: Offsets
    begin: Offsets


def n_grams(
    codes: Codes,
    characters: Offsets,
    word_first: Offsets,
    word_last: Offsets,
    words: Offsets,
    concepts: Concepts,
) -> NGrams:
    """codes: the characters of all texts; characters, words: where those of each text begin, and at
    last their number; word_first, word_last: the characters of each word."""
    size = (
        len(CHARACTER_SIZES) * len(codes)
        + 2 * len(word_first)
        + (OPENING + CLOSING) * len(words)
        + len(concepts.hashes)
    )
    hashes = np.empty(size, dtype=np.uint64)
    first = np.empty(size, dtype=np.int64)
    last = np.empty(size, dtype=np.int64)
    begin = np.zeros(len(words), dtype=np.int64)
    word_hashes = np.empty(len(word_first), dtype=np.uint64)
    _write_n_grams(
        codes,
        characters,
        word_first,
        word_last,
        words,
        concepts.hashes,
        concepts.first,
        concepts.last,
        concepts.begin,
        hashes,
        first,
        last,
        begin,
        word_hashes,
    )
    end = int(begin[-1])
    return NGrams(hashes[:end], first[:end], last[:end], begin, word_hashes)


def hashes_of_words(words: list[str]) -> Hashes:
    """The hashes single normalised words have in a text."""
    ends = np.cumsum([0, *map(len, words)])
    hashes = np.empty(len(words), dtype=np.uint64)
    _write_hashes(raw_codes("".join(words)).copy(), ends, hashes)
    return hashes


@part
def _hash_of(codes: Codes, first: int, last: int, factor: np.uint64) -> np.uint64:
    """Of a stretch of characters: a polynomial of its code points modulo 2^64, whose low bits, which it
    leaves poor, are spread over the high ones."""
    found = np.uint64(0)
    for at in range(last - 1, first - 1, -1):
        found = found * _BASE + np.uint64(codes[at]) + _ONE
    found *= factor
    found ^= found >> _SHIFT
    found *= _MIX
    found ^= found >> _SHIFT
    return found * _MIX


@compiled("void(uint32[::1], int64[::1], uint64[::1])")
def _write_hashes(codes: Codes, ends: Offsets, hashes: Hashes) -> None:
    for number in range(len(hashes)):
        hashes[number] = _hash_of(codes, ends[number], ends[number + 1], _WORD)


@part
def _of_characters(
    codes: Codes, begin: int, end: int, hashes: Hashes, first: Offsets, last: Offsets, at: int
) -> int:
    """Writes the n-grams of characters of one text from `at` on; returns where they end."""
    for size in CHARACTER_SIZES:
        if size <= LONGER or end - begin <= SHORT:
            for start in range(begin, end - size + 1):
                hashes[at] = _hash_of(codes, start, start + size, _ONE)
                first[at], last[at] = start, start + size
                at += 1
    return at


@part
def _of_words(
    codes: Codes,
    word_first: Offsets,
    word_last: Offsets,
    low: int,
    high: int,
    together: int,
    factor: np.uint64,
    hashes: Hashes,
    first: Offsets,
    last: Offsets,
    at: int,
) -> int:
    """The same of so many words that stand together, each time from one of the words low … high on."""
    for word in range(low, high):
        begin, end = word_first[word], word_last[word + together - 1]
        hashes[at] = _hash_of(codes, begin, end, factor)
        first[at], last[at] = begin, end
        at += 1
    return at


@compiled(
    "void(uint32[::1], int64[::1], int64[::1], int64[::1], int64[::1], uint64[::1], int64[::1],"
    " int64[::1], int64[::1], uint64[::1], int64[::1], int64[::1], int64[::1], uint64[::1])"
)
def _write_n_grams(
    codes: Codes,
    characters: Offsets,
    word_first: Offsets,
    word_last: Offsets,
    words: Offsets,
    concept_hashes: Hashes,
    concept_first: Offsets,
    concept_last: Offsets,
    concepts: Offsets,
    hashes: Hashes,
    first: Offsets,
    last: Offsets,
    begin: Offsets,
    word_hashes: Hashes,
) -> None:
    at = 0
    for text in range(len(words) - 1):
        low, high = words[text], words[text + 1]
        at = _of_characters(codes, characters[text], characters[text + 1], hashes, first, last, at)
        of_words = at
        for together, factor, begins, ends in (
            (1, _WORD, low, high),
            (2, _PAIR, low, high - 1),
            (1, _OPENS, low, min(high, low + OPENING)),
            (1, _CLOSES, max(low, high - CLOSING), high),
        ):
            at = _of_words(
                codes,
                word_first,
                word_last,
                begins,
                ends,
                together,
                factor,
                hashes,
                first,
                last,
                at,
            )
        word_hashes[low:high] = hashes[of_words : of_words + high - low]
        for concept in range(concepts[text], concepts[text + 1]):
            hashes[at] = concept_hashes[concept]
            first[at], last[at] = concept_first[concept], concept_last[concept]
            at += 1
        begin[text + 1] = at
