"""Finding many phrases in a text at once, in time linear in the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Meaning = TypeVar("Meaning")

Pairs = NDArray[np.intp]

_PAIRS = 1 << 16
_FIRST, _SECOND = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)


def pair_hashes(plain: str) -> Pairs:
    """A number for each two neighbouring characters, by which tables look phrases up."""
    codes = np.frombuffer(plain.encode("utf-32-le"), dtype="<u4")
    mixed = ((codes[:-1] * _FIRST) ^ (codes[1:] * _SECOND)) >> np.uint32(16)
    return mixed.astype(np.intp)


class PhraseTable(Generic[Meaning]):
    """Phrases of two or more characters, each with what it means.

    Where a phrase may begin is found for the whole text at once, by a hash of two neighbouring
    characters; only there are phrases compared. Reading from several threads is safe.
    """

    def __init__(self, phrases: Iterable[tuple[str, Meaning]]) -> None:
        """Raises ValueError for a phrase of fewer than two characters."""
        self._by_pair: dict[int, list[tuple[str, Meaning]]] = defaultdict(list)
        for phrase, meaning in phrases:
            if len(phrase) < 2:
                raise ValueError(f"phrase too short: {phrase!r}")
            self._by_pair[int(pair_hashes(phrase[:2])[0])].append((phrase, meaning))
        self._may_begin = np.zeros(_PAIRS, dtype=np.bool_)
        for pair, entries in self._by_pair.items():
            entries.sort(key=lambda entry: -len(entry[0]))
            self._may_begin[pair] = True

    def find(self, plain: str, pairs: Pairs | None = None) -> list[tuple[int, int, Meaning]]:
        """Every phrase in normalised text: start, end (exclusive) and meaning, by start, at the same
        start the longest first; phrases may overlap. pairs: pair_hashes(plain), where known."""
        found: list[tuple[int, int, Meaning]] = []
        if len(plain) < 2:
            return found
        if pairs is None:
            pairs = pair_hashes(plain)
        places = self._may_begin.take(pairs).nonzero()[0]
        by_pair = self._by_pair
        for at, pair in zip(places.tolist(), pairs.take(places).tolist(), strict=True):
            for phrase, meaning in by_pair[pair]:
                if plain.startswith(phrase, at):
                    found.append((at, at + len(phrase), meaning))
        return found

    def find_longest(
        self, plain: str, pairs: Pairs | None = None
    ) -> list[tuple[int, int, Meaning]]:
        """As find, but of phrases that overlap only the first, at the same start the longest."""
        chosen = []
        free_from = 0
        for start, end, meaning in self.find(plain, pairs):
            if start >= free_from:
                chosen.append((start, end, meaning))
                free_from = end
        return chosen
