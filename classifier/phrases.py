"""Finding many phrases in a text at once, in time linear in the text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick, MatchKind

Meaning = TypeVar("Meaning")

Found = list[tuple[int, int, int]]
"""Matches: the number of the phrase, start and end (exclusive)."""


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

    def find_longest(self, plain: str) -> list[tuple[int, int, Meaning]]:
        """As find, but of phrases that overlap only the first, at the same start the longest."""
        return [(start, end, self._meanings[n]) for n, start, end in self.find_numbers(plain)]

    def find_numbers(self, plain: str) -> Found:
        """As find_longest, with the number of the phrase, counted as they were given."""
        found: Found = self._longest.find_matches_as_indexes(plain)
        return found


def _by_start(match: tuple[int, int, int]) -> tuple[int, int]:
    return match[1], -match[2]
