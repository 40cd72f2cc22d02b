"""Finding many phrases in a text at once, in time linear in the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

Meaning = TypeVar("Meaning")


class PhraseTable(Generic[Meaning]):
    """Phrases of two or more characters, each with what it means.

    A phrase is looked up by its first two characters, so a text costs one look-up a character, and
    a few comparisons where a phrase may begin. Reading from several threads is safe.
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

    def find(self, plain: str) -> list[tuple[int, int, Meaning]]:
        """Every phrase in normalised text: start, end (exclusive) and meaning, by start, at the same
        start the longest first; phrases may overlap."""
        starts = self._starts
        found = []
        pairs = map(str.__add__, plain, plain[1:])
        for at, pair in [(at, pair) for at, pair in enumerate(pairs) if pair in starts]:
            for phrase, meaning in starts[pair]:
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
