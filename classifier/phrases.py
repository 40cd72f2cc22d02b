"""Finding many phrases in a text at once, in time linear in the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Meaning = TypeVar("Meaning")

_PAIRS = 1 << 16
_FIRST, _SECOND = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)


def _pair_hashes(plain: str) -> NDArray[np.uint32]:
    """A number below _PAIRS for each two neighbouring characters."""
    codes = np.frombuffer(plain.encode("utf-32-le"), dtype="<u4")
    return ((codes[:-1] * _FIRST) ^ (codes[1:] * _SECOND)) >> np.uint32(16)


class PhraseTable(Generic[Meaning]):
    """Phrases of two or more characters, each with what it means.

    Where a phrase may begin is found for the whole text at once, by a hash of two neighbouring
    characters; only there are phrases compared. Reading from several threads is safe.
    """

    def __init__(self, phrases: Iterable[tuple[str, Meaning]]) -> None:
        """Raises ValueError for a phrase of fewer than two characters."""
        starts: dict[str, list[tuple[str, Meaning]]] = defaultdict(list)
        for phrase, meaning in phrases:
            if len(phrase) < 2:
                raise ValueError(f"phrase too short: {phrase!r}")
            starts[phrase[:2]].append((phrase, meaning))
        self._starts = {
            start: sorted(entries, key=lambda entry: -len(entry[0]))
            for start, entries in starts.items()
        }
        self._may_begin = np.zeros(_PAIRS, dtype=np.bool_)
        for start in starts:
            self._may_begin[_pair_hashes(start)] = True

    def find(self, plain: str) -> list[tuple[int, int, Meaning]]:
        """Every phrase in normalised text: start, end (exclusive) and meaning, by start, at the same
        start the longest first; phrases may overlap."""
        found: list[tuple[int, int, Meaning]] = []
        if len(plain) < 2:
            return found
        starts = self._starts
        for at in np.flatnonzero(self._may_begin[_pair_hashes(plain)]).tolist():
            for phrase, meaning in starts.get(plain[at : at + 2], ()):
                if plain.startswith(phrase, at):
                    found.append((at, at + len(phrase), meaning))
        return found

    def find_longest(self, plain: str) -> list[tuple[int, int, Meaning]]:
        """As find, but of phrases that overlap only the first, at the same start the longest."""
        chosen = []
        free_from = 0
        for start, end, meaning in self.find(plain):
            if start >= free_from:
                chosen.append((start, end, meaning))
                free_from = end
        return chosen
