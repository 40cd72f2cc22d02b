"""Finding many phrases in a text at once, in time linear in the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from classifier.normalisation import Codes, raw_codes

Meaning = TypeVar("Meaning")

Pairs = NDArray[np.intp]

_PAIRS = 1 << 16
_FIRST, _SECOND = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)
_SHIFT = np.uint32(16)


def pair_hashes(codes: Codes) -> Pairs:
    """A number for each two neighbouring characters, by which tables look phrases up."""
    mixed = ((codes[:-1] * _FIRST) ^ (codes[1:] * _SECOND)) >> _SHIFT
    return mixed.astype(np.intp)


class PhraseTable(Generic[Meaning]):
    """Phrases of two or more characters, each with what it means.

    Where a phrase may begin is found for the whole text at once, by a hash of two neighbouring
    characters; only there are stretches of the text looked up, one for each length the phrases that
    begin so have. Reading from several threads is safe.
    """

    def __init__(self, phrases: Iterable[tuple[str, Meaning]]) -> None:
        """Raises ValueError for a phrase of fewer than two characters."""
        by_length: dict[int, dict[int, dict[str, list[Meaning]]]] = defaultdict(dict)
        for phrase, meaning in phrases:
            if len(phrase) < 2:
                raise ValueError(f"phrase too short: {phrase!r}")
            lengths = by_length[int(pair_hashes(raw_codes(phrase[:2]))[0])]
            lengths.setdefault(len(phrase), {}).setdefault(phrase, []).append(meaning)
        # For each pair the lengths, longest first, with the phrases of each length.
        self._by_pair = {
            pair: sorted(lengths.items(), key=lambda entry: -entry[0])
            for pair, lengths in by_length.items()
        }
        self._may_begin = np.zeros(_PAIRS, dtype=np.bool_)
        self._may_begin[list(self._by_pair)] = True

    def find(self, plain: str, pairs: Pairs | None = None) -> list[tuple[int, int, Meaning]]:
        """Every phrase in normalised text: start, end (exclusive) and meaning, by start, at the same
        start the longest first; phrases may overlap. pairs: the text's pair_hashes, where known."""
        found: list[tuple[int, int, Meaning]] = []
        for at, lengths in self._beginnings(plain, pairs):
            for length, phrases in lengths:
                for meaning in phrases.get(plain[at : at + length], ()):
                    found.append((at, at + length, meaning))
        return found

    def find_longest(
        self, plain: str, pairs: Pairs | None = None
    ) -> list[tuple[int, int, Meaning]]:
        """As find, but of phrases that overlap only the first, at the same start the longest."""
        chosen: list[tuple[int, int, Meaning]] = []
        free_from = 0
        for at, lengths in self._beginnings(plain, pairs):
            if at < free_from:
                continue
            for length, phrases in lengths:
                meanings = phrases.get(plain[at : at + length])
                if meanings:
                    free_from = at + length
                    chosen.append((at, free_from, meanings[0]))
                    break
        return chosen

    def _beginnings(
        self, plain: str, pairs: Pairs | None
    ) -> Iterable[tuple[int, list[tuple[int, dict[str, list[Meaning]]]]]]:
        """Where a phrase may begin, with the phrases that may."""
        if len(plain) < 2:
            return ()
        if pairs is None:
            pairs = pair_hashes(raw_codes(plain))
        places = self._may_begin.take(pairs).nonzero()[0]
        beginning = map(self._by_pair.__getitem__, pairs.take(places).tolist())
        return zip(places.tolist(), beginning, strict=True)
