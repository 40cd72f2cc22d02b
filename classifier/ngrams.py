"""A text as its n-grams: characters 2 and 4, and words 1-2, each as a 64-bit hash with its place.

Hashes are made on whole arrays: a polynomial prefix hash of the code points (modulo 2^64, where the
base, being odd, has an inverse) gives the hash of any stretch from two look-ups.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.lexicon import LeafShare, leaf_phrases
from classifier.normalisation import Codes, raw_codes, telling, text_of
from classifier.phrases import pair_hashes
from classifier.segmentation import cut

READ_AT_MOST = 8192
"""The trained models read this many characters of a text; rules and the city's own list of places
read all of it."""

CHARACTER_SIZES = (2, 4)

OPENING, CLOSING = 16, 12
"""So many words at the beginning and at the end count once more, as opening and closing: a
message's first words are its subject, its last ones mostly its wish."""

Hashes = NDArray[np.uint64]
Offsets = NDArray[np.int64]
Phrases = list[tuple[int, int, LeafShare]]

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_ONE, _SHIFT = np.uint64(1), np.uint64(32)
_WORD = np.uint64(0xA0761D6478BD642F)
_PAIR = np.uint64(0xE7037ED1A0B428DB)
_OPENS = np.uint64(0x8EBC6AF09C88C6E3)
_CLOSES = np.uint64(0x589965CC75374CC3)


@dataclass(slots=True)
class Reading:
    """A text as the trained models read it.

    words: the cut words; word_starts, word_ends: where they stand in the text; word_first,
    word_last: the same in squeezed characters (spaces and punctuation left out); several: whether
    a word has several of them.
    last_codes: the code point of each word's last character.
    squeezed_text: the squeezed characters; phrases: the leaf phrases in it.
    hashes: one for each n-gram occurrence; first, last: the first squeezed character of each and
    the one after its last. word_hashes: the part of hashes that belongs to single words, in order.
    """

    words: list[str]
    word_starts: list[int]
    word_ends: list[int]
    word_first: Offsets
    word_last: Offsets
    several: NDArray[np.bool_]
    last_codes: NDArray[np.uint32]
    squeezed_text: str
    phrases: Phrases
    hashes: Hashes
    first: Offsets
    last: Offsets
    word_hashes: Hashes


def read(plain: str, codes: Codes | None = None) -> Reading:
    """Reads the first READ_AT_MOST characters of a normalised text. codes: its code points, where
    known."""
    plain = plain[:READ_AT_MOST]
    codes = raw_codes(plain) if codes is None else codes[:READ_AT_MOST]
    tells = telling(codes)
    pieces = cut(plain)
    lengths = np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces))
    ends = lengths.cumsum()
    starts = ends - lengths
    kept = tells.take(starts).nonzero()[0]
    starts, ends = starts.take(kept), ends.take(kept)
    rank = np.zeros(len(codes) + 1, dtype=np.int64)
    tells.astype(np.int64).cumsum(out=rank[1:])
    squeezed = codes[tells]
    squeezed_text = text_of(squeezed)
    phrases = leaf_phrases().find_longest(squeezed_text, pair_hashes(squeezed))
    word_first, word_last = rank.take(starts), rank.take(ends)
    hashes, first, last, characters = _n_grams(squeezed, word_first, word_last, phrases)
    return Reading(
        [pieces[number] for number in kept.tolist()],
        starts.tolist(),
        ends.tolist(),
        word_first,
        word_last,
        word_last - word_first > 1,
        codes.take(ends - 1),
        squeezed_text,
        phrases,
        hashes,
        first,
        last,
        hashes[characters : characters + len(starts)],
    )


def _n_grams(
    codes: NDArray[np.uint32], word_first: Offsets, word_last: Offsets, phrases: Phrases
) -> tuple[Hashes, Offsets, Offsets, int]:
    """Hashes, first and last of all n-grams: characters by size, words, word pairs, opening words,
    closing words, concepts of phrases; and how many are characters. The same stretch as a word and
    as characters is two n-grams, by multiplying the hash with a number of the sort."""
    prefix = _prefix_hashes(codes)
    inverses = _powers()[1]
    places = _places()
    hashes, firsts, lasts = [], [], []
    for size in CHARACTER_SIZES:
        count = max(0, len(codes) - size + 1)
        hashes.append((prefix[size:][:count] - prefix[:count]) * inverses[:count])
        firsts.append(places[:count])
        lasts.append(places[size : size + count])
    characters = sum(map(len, hashes))
    before, until, inverse = (
        prefix.take(word_first),
        prefix.take(word_last),
        inverses.take(word_first),
    )
    words = (until - before) * inverse
    pairs = (until[1:] - before[:-1]) * inverse[:-1]
    hashes += [words * _WORD, pairs * _PAIR, words[:OPENING] * _OPENS, words[-CLOSING:] * _CLOSES]
    firsts += [word_first, word_first[:-1], word_first[:OPENING], word_first[-CLOSING:]]
    lasts += [word_last, word_last[1:], word_last[:OPENING], word_last[-CLOSING:]]
    mixed = [_mixed(np.concatenate(hashes))]
    if phrases:
        # What leaf phrases mean: a word never met in training still speaks for its topic through
        # the others of its kind.
        meant = [(hash_, start, end) for start, end, s in phrases for hash_ in s.concepts]
        concepts, starts, ends = zip(*meant, strict=True)
        mixed.append(np.array(concepts, dtype=np.uint64))
        firsts.append(np.array(starts, dtype=np.int64))
        lasts.append(np.array(ends, dtype=np.int64))
    return np.concatenate(mixed), np.concatenate(firsts), np.concatenate(lasts), characters


def hashes_of_words(words: list[str]) -> Hashes:
    """The hashes single normalised words have in a reading; each at most READ_AT_MOST long."""
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    ends = np.cumsum(lengths)
    found = np.zeros(len(words), dtype=np.uint64)
    begun = 0
    while begun < len(words):
        before = int(ends[begun] - lengths[begun])
        until = max(begun + 1, int(np.searchsorted(ends, before + READ_AT_MOST, side="right")))
        part = "".join(words[begun:until]).encode("utf-32-le")
        prefix = _prefix_hashes(np.frombuffer(part, dtype="<u4"))
        last = ends[begun:until] - before
        first = last - lengths[begun:until]
        found[begun:until] = (prefix[last] - prefix[first]) * _powers()[1][first]
        begun = until
    return _mixed(found * _WORD)


def _prefix_hashes(codes: NDArray[np.uint32]) -> Hashes:
    prefix = np.zeros(len(codes) + 1, dtype=np.uint64)
    ((codes.astype(np.uint64) + _ONE) * _powers()[0][: len(codes)]).cumsum(out=prefix[1:])
    return prefix


def _mixed(hashes: Hashes) -> Hashes:
    """Spreads the low bits, which a polynomial leaves poor, over the high ones; in place."""
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
