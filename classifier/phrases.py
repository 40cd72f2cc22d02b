"""Finding many phrases in a text at once, in time linear in the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from classifier.arrays import Codes, Offsets
from classifier.compiled import compiled, part
from classifier.normalisation import raw_codes

Meaning = TypeVar("Meaning")

Found = list[tuple[int, int, Meaning]]
"""Start, end (exclusive) and meaning of phrases in a text, by their start."""

WHOLE = 1 << 40
"""More characters than a text has."""

_PAIR_BITS = 15
_SPREAD, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - _PAIR_BITS)


class PhraseTable(Generic[Meaning]):
    """Phrases of two or more characters, each with what it means. Reading from several threads is
    safe. Of a phrase given twice `find` tells both meanings, the others one."""

    def __init__(self, phrases: Iterable[tuple[str, Meaning]]) -> None:
        """Raises ValueError for a phrase of fewer than two characters."""
        given = list(phrases)
        for phrase, _ in given:
            if len(phrase) < 2:
                raise ValueError(f"phrase too short: {phrase!r}")
        self.meanings = [meaning for _, meaning in given]
        self.phrases = [phrase for phrase, _ in given]

    @cached_property
    def _every(self) -> AhoCorasick:
        return AhoCorasick(self.phrases)

    @cached_property
    def _longest(self) -> AhoCorasick:
        return AhoCorasick(self.phrases, matchkind=MatchKind.LeftmostLongest)

    def find(self, plain: str) -> Found[Meaning]:
        """Every phrase in normalised text: start, end (exclusive) and meaning, by start, at the same
        start the longest first; phrases may overlap."""
        found = self._every.find_matches_as_indexes(plain, overlapping=True)
        found.sort(key=_by_start)
        return [(start, end, self.meanings[number]) for number, start, end in found]

    def find_longest(self, plain: str) -> Found[Meaning]:
        """As find, but of phrases that overlap only the first, at the same start the longest."""
        found = self._longest.find_matches_as_indexes(plain)
        return [(start, end, self.meanings[number]) for number, start, end in found]


class Sought(NamedTuple):
    """What is looked for in texts: the phrases of a table, all of them (`find`) or the longest
    (`find_longest`), in the first so many characters of a text."""

    table: PhraseTable[Any]
    every: bool = False
    until: int = WHOLE


class PhraseTables:
    """Tables of a few thousand phrases, few of which begin with the same two characters, looked for in
    many texts at once. PhraseTable keeps its time whatever the phrases are."""

    def __init__(self, sought: Sequence[Sought]) -> None:
        phrases = [phrase for each in sought for phrase in each.table.phrases]
        pairs = iter(_pairs_of([phrase[:2] for phrase in phrases]).tolist())
        rows = [
            (next(pairs), -len(phrase), table, number, phrase)
            for table, each in enumerate(sought)
            for number, phrase in enumerate(each.table.phrases)
        ]
        rows.sort()
        sorted_pairs = np.array([row[0] for row in rows], dtype=np.int64)
        of_pair = sorted_pairs.searchsorted(np.arange((1 << _PAIR_BITS) + 1))
        self._of_pair = of_pair.astype(np.int32)  # half of it stays nearer to the processor
        self._table = np.array([row[2] for row in rows], dtype=np.int64)
        self._number = np.array([row[3] for row in rows], dtype=np.int64)
        self._begin = np.cumsum([0, *(-row[1] for row in rows)])
        self._codes = raw_codes("".join(row[4] for row in rows)).copy()
        self._every = np.array([each.every for each in sought])
        self._until = np.array([each.until for each in sought])
        self._meanings = [each.table.meanings for each in sought]

    def rows(self, codes: Codes, begins: Offsets) -> NDArray[np.int64]:
        """The phrases found, a row each, text by text by their start: number of the text, of the table, of
        the phrase as it was given; first character and the one after the last, counted through all texts.

        codes: the characters of all texts; begins: where those of each begin, and at last their number.
        """
        found = np.empty((64 + len(codes) // 4, 5), dtype=np.int64)
        number = self._write(codes, begins, found)
        if number > len(found):
            found = np.empty((number, 5), dtype=np.int64)
            self._write(codes, begins, found)
        return found[:number]

    def find(self, codes: Codes, begins: Offsets) -> list[list[Found[Any]]]:
        """What is found of each table in each text, counted in the text; given as in `rows`."""
        found: list[list[Found[Any]]] = [[[] for _ in begins[1:]] for _ in self._meanings]
        rows = self.rows(codes, begins)
        rows[:, 3:] -= begins.take(rows[:, :1])
        for text, table, number, first, end in rows.tolist():
            found[table][text].append((first, end, self._meanings[table][number]))
        return found

    def _write(self, codes: Codes, begins: Offsets, found: NDArray[np.int64]) -> int:
        return int(
            _find_phrases(
                codes,
                begins,
                self._of_pair,
                self._codes,
                self._begin,
                self._table,
                self._number,
                self._every,
                self._until,
                found,
            )
        )


def _pairs_of(heads: Sequence[str]) -> NDArray[np.uint64]:
    """The number of each two characters, as `_pair` tells it."""
    first, second = raw_codes("".join(heads)).astype(np.uint64).reshape(-1, 2).T
    return ((first * _SPREAD + second) * _SPREAD) >> _SHIFT


def _by_start(match: tuple[int, int, int]) -> tuple[int, int]:
    return match[1], -match[2]


@part
def _pair(first: np.uint32, second: np.uint32) -> np.uint64:
    """A number for two characters that stand together, often the same for others."""
    return ((np.uint64(first) * _SPREAD + np.uint64(second)) * _SPREAD) >> _SHIFT


@part
def _stands(codes: Codes, at: int, end: int, phrase: Codes) -> bool:
    """Whether the phrase stands there, before the end."""
    alike = 0
    if at + len(phrase) <= end:
        while alike < len(phrase) and codes[at + alike] == phrase[alike]:
            alike += 1
    return alike == len(phrase)


@compiled(
    "int64(uint32[::1], int64[::1], int32[::1], uint32[::1], int64[::1], int64[::1], int64[::1],"
    " boolean[::1], int64[::1], int64[:, ::1])"
)
def _find_phrases(
    codes: Codes,
    begins: Offsets,
    of_pair: NDArray[np.int32],
    phrases: Codes,
    phrase_begin: Offsets,
    table_of: NDArray[np.int64],
    number_of: NDArray[np.int64],
    every: NDArray[np.bool_],
    until: NDArray[np.int64],
    found: NDArray[np.int64],
) -> int:
    """Writes as many rows as there is room for; returns how many there are. of_pair: where the phrases
    whose first two characters have each number begin, the longest of a table first."""
    number = 0
    free = np.empty(len(every), dtype=np.int64)
    for text in range(len(begins) - 1):
        begin, end = begins[text], begins[text + 1]
        free[:] = begin
        for at in range(begin, end - 1):
            pair = _pair(codes[at], codes[at + 1])
            for phrase in range(of_pair[pair], of_pair[pair + np.uint64(1)]):
                table = table_of[phrase]
                spelling = phrases[phrase_begin[phrase] : phrase_begin[phrase + 1]]
                last = min(end, begin + until[table])
                if at >= free[table] and _stands(codes, at, last, spelling):
                    if number < len(found):
                        found[number, 0], found[number, 1] = text, table
                        found[number, 2] = number_of[phrase]
                        found[number, 3], found[number, 4] = at, at + len(spelling)
                    number += 1
                    if not every[table]:
                        free[table] = at + len(spelling)
    return number
