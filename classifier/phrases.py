"""Finding many phrases in a text at once, in time linear in the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from classifier.arrays import Codes
from classifier.normalisation import raw_codes

Meaning = TypeVar("Meaning")

Found = list[tuple[int, int, int]]
"""Matches: the number of the phrase, start and end (exclusive)."""

_PAIR_BITS = 17
_SPREAD = np.uint32(0x9E3779B1)


def pairs_of(codes: Codes) -> NDArray[np.uint32]:
    """A number below 2^17 for each two code points that stand together, often the same for others."""
    return (codes[:-1] * _SPREAD + codes[1:]) * _SPREAD >> np.uint32(32 - _PAIR_BITS)


class PhraseTable(Generic[Meaning]):
    """Phrases of two or more characters, each with what it means. Reading from several threads is
    safe. Of a phrase given twice `find` tells both meanings, the others one."""

    def __init__(self, phrases: Iterable[tuple[str, Meaning]]) -> None:
        """Raises ValueError for a phrase of fewer than two characters."""
        given = list(phrases)
        for phrase, _ in given:
            if len(phrase) < 2:
                raise ValueError(f"phrase too short: {phrase!r}")
        self._meanings = [meaning for _, meaning in given]
        self._phrases = [phrase for phrase, _ in given]

    @cached_property
    def _every(self) -> AhoCorasick:
        return AhoCorasick(self._phrases)

    @cached_property
    def _longest(self) -> AhoCorasick:
        return AhoCorasick(self._phrases, matchkind=MatchKind.LeftmostLongest)

    def find(self, plain: str) -> list[tuple[int, int, Meaning]]:
        """Every phrase in normalised text: start, end (exclusive) and meaning, by start, at the same
        start the longest first; phrases may overlap."""
        found = self._every.find_matches_as_indexes(plain, overlapping=True)
        found.sort(key=_by_start)
        return [(start, end, self._meanings[number]) for number, start, end in found]

    @cached_property
    def heads(self) -> NDArray[np.bool_]:
        """Whether a phrase begins with a pair of this number."""
        heads = np.zeros(1 << _PAIR_BITS, dtype=np.bool_)
        for head in self._by_head:
            heads[pairs_of(raw_codes(head))] = True
        return heads

    @cached_property
    def _by_head(self) -> dict[str, list[tuple[str, Meaning]]]:
        """The phrases by their first two characters, the longest first."""
        found: dict[str, list[tuple[str, Meaning]]] = {}
        for phrase, meaning in zip(self._phrases, self._meanings, strict=True):
            found.setdefault(phrase[:2], []).append((phrase, meaning))
        for phrases in found.values():
            phrases.sort(key=lambda pair: -len(pair[0]))
        return found

    def likely(self, pairs: NDArray[np.uint32]) -> NDArray[np.intp]:
        """Where phrases may begin, in the text whose `pairs_of` are given."""
        return self.heads.take(pairs).nonzero()[0]

    def find_at(self, plain: str, places: list[int]) -> list[tuple[int, int, Meaning]]:
        """What find tells, when phrases begin nowhere but at these places, in their order."""
        by_head = self._by_head
        return [
            (at, at + len(phrase), meaning)
            for at in places
            for phrase, meaning in by_head.get(plain[at : at + 2], ())
            if plain.startswith(phrase, at)
        ]

    def find_longest_at(self, plain: str, places: list[int]) -> list[tuple[int, int, Meaning]]:
        """What find_longest tells, in the same case."""
        by_head = self._by_head
        found = []
        free_from = 0
        for at in places:
            if at >= free_from:
                for phrase, meaning in by_head.get(plain[at : at + 2], ()):
                    if plain.startswith(phrase, at):
                        free_from = at + len(phrase)
                        found.append((at, free_from, meaning))
                        break
        return found

    def find_longest(self, plain: str) -> list[tuple[int, int, Meaning]]:
        """As find, but of phrases that overlap only the first, at the same start the longest."""
        return [(start, end, self._meanings[n]) for n, start, end in self.find_numbers(plain)]

    def find_numbers(self, plain: str) -> Found:
        """As find_longest, with the number of the phrase, counted as they were given."""
        found: Found = self._longest.find_matches_as_indexes(plain)
        return found


class PhraseTables:
    """At most eight tables, looked up at once."""

    def __init__(self, tables: Sequence[PhraseTable[Any]]) -> None:
        self._of_pair = np.zeros(1 << _PAIR_BITS, dtype=np.uint8)
        for number, table in enumerate(tables):
            self._of_pair[table.heads] |= 1 << number
        self.tables = [
            tuple(number for number in range(len(tables)) if said >> number & 1)
            for said in range(1 << len(tables))
        ]
        """By what `likely` says, the numbers of the tables."""

    def __len__(self) -> int:
        return len(self.tables).bit_length() - 1

    def likely(self, pairs: NDArray[np.uint32]) -> tuple[NDArray[np.intp], list[int]]:
        """Where phrases of any of the tables may begin, in the text whose `pairs_of` are given, and of
        which (see `tables`)."""
        found = self._of_pair.take(pairs)
        at = found.nonzero()[0]
        return at, found.take(at).tolist()


def _by_start(match: tuple[int, int, int]) -> tuple[int, int]:
    return match[1], -match[2]
