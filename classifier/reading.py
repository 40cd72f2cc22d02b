"""Texts as the models read them: words, n-grams and leaf phrases, several texts at once.

Most of the time of reading a single text goes into calling numpy; side by side, many texts cost
little more than one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from classifier.arrays import Codes, Offsets
from classifier.character_tables import character_tables
from classifier.compiled import compiled
from classifier.lexicon import LeafPhrases, leaf_phrases
from classifier.ngrams import Concepts, Hashes, NGrams, n_grams
from classifier.normalisation import spelled
from classifier.segmentation import cut

READ_AT_MOST = 8192
"""The trained models read this many characters of a text; rules and the city's own list of places
read all of it."""

TOGETHER = 64
"""Texts read side by side, at most."""

CHARACTERS_TOGETHER = 1 << 16


class Readings(Struct, frozen=True):
    """Several texts. "Flat" arrays hold what belongs to all texts, in order; characters are counted
    through all texts and without spaces and punctuation.

    plain: each text normalised, whole; whole: the code points of all, whole_begin: where those of each
    begin, and at last their number. codes, text_begin: the same of what was read of each. edges: for each
    text and code point of it 1 where a word begins, 2 where one ends with it, 3 for both, else 0.
    word_start, word_end: where in its text each word stands; word_begin: where the words of each text
    begin; word_first, word_last: the characters of each word; several: whether it has several; last_codes: its last code point.
    character_begin: where the characters of each text begin. grams: the n-grams. phrases: the leaf
    phrases found, a row each: number of the text, number of the phrase, first and last character.
    """

    plain: list[str]
    whole: Codes
    whole_begin: Offsets
    codes: Codes
    text_begin: Offsets
    edges: list[bytes]
    word_start: Offsets
    word_end: Offsets
    word_begin: Offsets
    word_first: Offsets
    word_last: Offsets
    several: NDArray[np.bool_]
    last_codes: Codes
    character_begin: Offsets
    grams: NGrams
    phrases: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.plain)

    def words_of(self, text: int) -> list[tuple[str, int, int]]:
        """The words of a text, normalised, each with its start and end."""
        own = slice(self.word_begin[text], self.word_begin[text + 1])
        bounds = zip(self.word_start[own].tolist(), self.word_end[own].tolist(), strict=True)
        plain = self.plain[text]
        return [(plain[start:end], start, end) for start, end in bounds]


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
    plain, whole, lengths = spelled(texts)
    whole_begin = _begins(lengths)
    codes, text_begin = whole, whole_begin
    if len(whole) > READ_AT_MOST:
        lengths = np.minimum(lengths, READ_AT_MOST)
        parts = zip(whole_begin.tolist(), lengths.tolist(), strict=False)
        codes = np.concatenate([whole[begin : begin + length] for begin, length in parts])
        text_begin = _begins(lengths)
    cuts = [_lengths_of_pieces(text[:READ_AT_MOST]) for text in plain]
    pieces = np.concatenate([np.zeros(0, dtype=np.int64), *cuts])
    piece_begin = _begins(np.array(list(map(len, cuts)), dtype=np.int64))
    edges = np.zeros(len(codes), dtype=np.uint8)
    characters = np.empty(len(codes), dtype=np.uint32)
    start, end, first, last = (np.empty(len(pieces), dtype=np.int64) for _ in range(4))
    last_codes = np.empty(len(pieces), dtype=np.uint32)
    character_begin, word_begin = np.zeros_like(text_begin), np.zeros_like(text_begin)
    _write_words(
        codes,
        text_begin,
        pieces,
        piece_begin,
        character_tables().telling,
        edges,
        characters,
        character_begin,
        word_begin,
        start,
        end,
        first,
        last,
        last_codes,
    )
    words = int(word_begin[-1])
    start, end, first, last = start[:words], end[:words], first[:words], last[:words]
    characters = characters[: character_begin[-1]]
    flat_edges = edges.tobytes()
    leaf = leaf_phrases()
    phrases = _phrases(leaf, characters, character_begin)
    return Readings(
        plain,
        whole,
        whole_begin,
        codes,
        text_begin,
        [flat_edges[low:high] for low, high in pairwise(text_begin.tolist())],
        start,
        end,
        word_begin,
        first,
        last,
        last - first > 1,
        last_codes[:words],
        character_begin,
        n_grams(
            characters,
            character_begin,
            first,
            last,
            word_begin,
            _concepts(phrases, leaf, len(plain)),
        ),
        phrases,
    )


def begins_at(edges: bytes, at: int) -> bool:
    """Whether a word of the text begins there; edges: of Readings."""
    return at < len(edges) and edges[at] & 1 > 0


def ends_at(edges: bytes, at: int) -> bool:
    """Whether a word ends right before."""
    return 0 < at <= len(edges) and edges[at - 1] & 2 > 0


def hashes_of(texts: Sequence[str]) -> list[Hashes]:
    """The hashes of each text's n-grams."""
    found: list[Hashes] = []
    for portion in together(texts):
        grams = read(portion).grams
        found += np.split(grams.hashes, grams.begin[1:-1])
    return found


def _lengths_of_pieces(plain: str) -> Offsets:
    """Of what a text is cut into; their words are made only where somebody asks for them."""
    pieces = cut(plain)
    return np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces))


def _begins(lengths: Offsets) -> Offsets:
    """Where things of these lengths begin one after the other, and at last where they end."""
    begins = np.zeros(len(lengths) + 1, dtype=np.int64)
    lengths.cumsum(out=begins[1:])
    return begins


def _phrases(leaf: LeafPhrases, characters: Codes, begins: Offsets) -> NDArray[np.int64]:
    """Readings.phrases."""
    return leaf.table.rows(characters, begins).take((0, 2, 3, 4), axis=1)


def _concepts(phrases: NDArray[np.int64], leaf: LeafPhrases, texts: int) -> Concepts:
    """What leaf phrases mean counts as n-grams too: a word never met in training still speaks for
    its topic through the others of its kind."""
    size = leaf.most_concepts * len(phrases)
    hashes = np.empty(size, dtype=np.uint64)
    first, last = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    begin = np.zeros(texts + 1, dtype=np.int64)
    _write_concepts(phrases, leaf.concepts, leaf.concept_end, hashes, first, last, begin)
    return Concepts(hashes, first, last, begin)


@compiled(
    "void(int64[:, ::1], uint64[::1], int64[::1], uint64[::1], int64[::1], int64[::1], int64[::1])"
)
def _write_concepts(
    phrases: NDArray[np.int64],
    concepts: Hashes,
    concept_end: Offsets,
    hashes: Hashes,
    first: Offsets,
    last: Offsets,
    begin: Offsets,
) -> None:
    at, row = 0, 0
    for text in range(len(begin) - 1):
        while row < len(phrases) and phrases[row, 0] == text:
            phrase = phrases[row, 1]
            for concept in range(concept_end[phrase], concept_end[phrase + 1]):
                hashes[at] = concepts[concept]
                first[at], last[at] = phrases[row, 2], phrases[row, 3]
                at += 1
            row += 1
        begin[text + 1] = at


@compiled(
    "void(uint32[::1], int64[::1], int64[::1], int64[::1], boolean[::1], uint8[::1], uint32[::1],"
    " int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], uint32[::1])"
)
def _write_words(
    codes: Codes,
    text_begin: Offsets,
    piece_lengths: Offsets,
    pieces: Offsets,
    telling: NDArray[np.bool_],
    edges: NDArray[np.uint8],
    characters: Codes,
    character_begin: Offsets,
    word_begin: Offsets,
    start: Offsets,
    end: Offsets,
    first: Offsets,
    last: Offsets,
    last_codes: Codes,
) -> None:
    """Parts the pieces each text was cut into into words, whose first character tells something, and
    others. pieces: where those of each text begin."""
    word, rank = 0, 0
    for text in range(len(text_begin) - 1):
        at = text_begin[text]
        for piece in range(pieces[text], pieces[text + 1]):
            begin = at
            start[word], first[word] = at - text_begin[text], rank
            for at in range(begin, begin + piece_lengths[piece]):
                if telling[min(codes[at], len(telling) - 1)]:
                    characters[rank] = codes[at]
                    rank += 1
            at = begin + piece_lengths[piece]
            end[word], last[word] = at - text_begin[text], rank
            last_codes[word] = codes[at - 1]
            if telling[min(codes[begin], len(telling) - 1)]:
                edges[begin] |= np.uint8(1)
                edges[at - 1] |= np.uint8(2)
                word += 1
        character_begin[text + 1], word_begin[text + 1] = rank, word
