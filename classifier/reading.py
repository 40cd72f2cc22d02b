"""Texts as the models read them: words, n-grams and leaf phrases, several texts at once.

Most of the time of reading a single text goes into calling numpy; side by side, many texts cost
little more than one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain, compress, pairwise
from typing import TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from classifier.arrays import Offsets, of_each, steps
from classifier.lexicon import LeafPhrases, leaf_phrases
from classifier.ngrams import Concepts, Hashes, NGrams, n_grams
from classifier.normalisation import pieces, spelled, telling, text_of
from classifier.phrases import Meaning, PhraseTable, PhraseTables, pairs_of
from classifier.segmentation import cut

Thing = TypeVar("Thing")

READ_AT_MOST = 8192
"""The trained models read this many characters of a text; rules and the city's own list of places
read all of it."""

TOGETHER = 64
"""Texts read side by side, at most."""

CHARACTERS_TOGETHER = 1 << 16

Places = list[list[int]]
"""For each text where something may stand in it."""


class Readings(Struct, frozen=True):
    """Several texts. "Flat" arrays hold what belongs to all texts, in order; characters are counted
    through all texts and without spaces and punctuation.

    plain: each text normalised, whole. codes: the code points of what was read of each, spaces and
    punctuation included; pairs: `pairs_of` these; text_begin: where those of each begin. words, starts, ends: the words of each text, where they stand
    in it. word_begin: where the words of each text begin in the flat arrays; word_first, word_last:
    the characters of each word; several: whether it has several; last_codes: its last code point.
    character_begin: where the characters of each text begin. grams: the n-grams. phrases: the leaf
    phrases found, a row each: number of the text, number of the phrase, first and last character.
    """

    plain: list[str]
    codes: NDArray[np.uint32]
    pairs: NDArray[np.uint32]
    text_begin: Offsets
    words: list[list[str]]
    starts: list[list[int]]
    ends: list[list[int]]
    word_begin: Offsets
    word_first: Offsets
    word_last: Offsets
    several: NDArray[np.bool_]
    last_codes: NDArray[np.uint32]
    character_begin: Offsets
    grams: NGrams
    phrases: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.plain)


def together(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in the portions they are best read in."""
    portion: list[str] = []
    size = 0
    for text in texts:
        length = min(len(text), READ_AT_MOST)
        if portion and (len(portion) == TOGETHER or size + length > CHARACTERS_TOGETHER):
            yield portion
            portion, size = [], 0
        portion.append(text)
        size += length
    if portion:
        yield portion


def read(texts: Sequence[str]) -> Readings:
    """Reads texts as they come, not normalised; of each the first READ_AT_MOST characters."""
    plain, codes, lengths = spelled(texts)
    if len(codes) > READ_AT_MOST:
        begins = lengths.cumsum() - lengths
        lengths = np.minimum(lengths, READ_AT_MOST)
        parts = zip(begins.tolist(), lengths.tolist(), strict=True)
        codes = np.concatenate([codes[begin : begin + length] for begin, length in parts])
    return _read(plain, codes, lengths, [cut(text[:READ_AT_MOST]) for text in plain])


def _read(
    plain: list[str], codes: NDArray[np.uint32], lengths: Offsets, cuts: list[list[str]]
) -> Readings:
    text_ends = lengths.cumsum()
    tells = telling(codes)
    rank = np.zeros(len(codes) + 1, dtype=np.int64)
    tells.cumsum(out=rank[1:])
    flat = list(chain.from_iterable(cuts))
    piece_lengths = np.fromiter(map(len, flat), dtype=np.int64, count=len(flat))
    ends = piece_lengths.cumsum()
    starts = ends - piece_lengths
    kept = tells.take(starts)
    starts, ends = starts[kept], ends[kept]
    words = list(compress(flat, kept.tolist()))
    word_begin = _with_zero(starts.searchsorted(text_ends))
    character_begin = _with_zero(rank.take(text_ends))
    word_first, word_last = rank.take(starts), rank.take(ends)
    squeezed = codes[tells]
    own_starts, own_ends = starts, ends
    if len(plain) > 1:
        text_begin = (text_ends - lengths).repeat(steps(word_begin))
        own_starts, own_ends = starts - text_begin, ends - text_begin
    parts = [slice(low, high) for low, high in pairwise(word_begin.tolist())]
    leaf = leaf_phrases()
    phrases = _phrases(leaf, pieces(text_of(squeezed), character_begin[1:]), character_begin)
    concepts = _concepts(phrases, leaf)
    return Readings(
        plain,
        codes,
        pairs_of(codes),
        _with_zero(text_ends),
        _cut(words, parts),
        _cut(own_starts.tolist(), parts),
        _cut(own_ends.tolist(), parts),
        word_begin,
        word_first,
        word_last,
        word_last - word_first > 1,
        codes.take(ends - 1),
        character_begin,
        n_grams(squeezed, character_begin, word_first, word_last, word_begin, concepts),
        phrases,
    )


def phrases_in(
    table: PhraseTable[Meaning], readings: Readings, likely: Places | None = None
) -> list[list[tuple[int, int, Meaning]]]:
    """What the table's find_longest tells of each text, which is looked at as a whole. likely: the
    table's likely places, where they are known already."""
    return [
        table.find_longest_at(plain, places)
        if len(plain) <= READ_AT_MOST
        else table.find_longest(plain)
        for plain, places in zip(
            readings.plain, likely or likely_places(table, readings), strict=True
        )
    ]


def likely_places(table: PhraseTable[Meaning], readings: Readings) -> Places:
    """Where in each text, as far as it was read, phrases may begin."""
    return likely_places_of_all(PhraseTables([table]), readings)[0]


def likely_places_of_all(tables: PhraseTables, readings: Readings) -> list[Places]:
    """The likely places of each of the tables."""
    at, said = tables.likely(readings.pairs)
    found: list[Places] = [[] for _ in range(len(tables))]
    saying = iter(said)
    for places in of_each(at, readings.text_begin):
        of_tables: list[list[int]] = [[] for _ in found]
        for place, tables_here in zip(places, saying, strict=False):
            for table in tables.tables[tables_here]:
                of_tables[table].append(place)
        for all_texts, this_text in zip(found, of_tables, strict=True):
            all_texts.append(this_text)
    return found


def holds(numbers: Sequence[int], number: int) -> bool:
    """Whether a number is among sorted ones."""
    at = bisect_left(numbers, number)
    return at < len(numbers) and numbers[at] == number


def hashes_of(texts: Sequence[str]) -> list[Hashes]:
    """The hashes of each text's n-grams."""
    found: list[Hashes] = []
    for portion in together(texts):
        grams = read(portion).grams
        order = grams.owner.argsort(kind="stable")
        ends = grams.owner.take(order).searchsorted(np.arange(1, len(portion)))
        found += np.split(grams.hashes.take(order), ends)
    return found


def _cut(things: list[Thing], parts: list[slice]) -> list[list[Thing]]:
    return [things[part] for part in parts]


def _with_zero(numbers: Offsets) -> Offsets:
    return np.concatenate([np.zeros(1, dtype=np.int64), numbers])


def _phrases(leaf: LeafPhrases, texts: list[str], begins: Offsets) -> NDArray[np.int64]:
    """Readings.phrases. texts: the characters of each; begins: where they begin among all."""
    found = [leaf.table.find_numbers(text) for text in texts]
    counts = list(map(len, found))
    numbers = chain.from_iterable(chain.from_iterable(found))
    rows = np.empty((sum(counts), 4), dtype=np.int64)
    rows[:, 1:] = np.fromiter(numbers, dtype=np.int64, count=3 * len(rows)).reshape(-1, 3)
    rows[:, 0] = 0
    if len(texts) > 1:
        rows[:, 0] = np.arange(len(texts)).repeat(counts)
        rows[:, 2:] += begins.take(rows[:, :1])
    return rows


def _concepts(phrases: NDArray[np.int64], leaf: LeafPhrases) -> Concepts:
    """What leaf phrases mean counts as n-grams too: a word never met in training still speaks for
    its topic through the others of its kind."""
    number, hashes = leaf.concepts_of(phrases[:, 1])
    text, _, first, last = phrases.take(number, axis=0).T
    return Concepts(hashes, first, last, text.astype(np.uint16))
