"""Sentences of a text, with where they stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

LONGEST = 200
"""A text without full stops is cut into stretches of this length, so that looking around in a
sentence never takes longer than that."""

_ENDS = re.compile(r"[。!?;\n…]")


@dataclass(slots=True)
class Sentence:
    """text == whole[start:end]; the end includes the full stop."""

    text: str
    start: int
    end: int


class Sentences:
    """The sentences of normalised text; together they are the whole text. They are looked for when
    one is asked for."""

    __slots__ = ("_ends", "plain")

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self._ends: list[int] = []

    def number_at(self, position: int) -> int:
        """The number of the sentence a character of the text stands in."""
        if not self._ends:
            self._ends = _ends_of(self.plain)
        return bisect_right(self._ends, position)

    def numbered(self, number: int) -> Sentence:
        """A sentence by its number."""
        start = self._ends[number - 1] if number else 0
        end = self._ends[number]
        return Sentence(self.plain[start:end], start, end)


def _ends_of(plain: str) -> list[int]:
    ends = [match.end() for match in _ENDS.finditer(plain)]
    if not ends or ends[-1] < len(plain):
        ends.append(len(plain))
    cut: list[int] = []
    start = 0
    for end in ends:
        if end - start > LONGEST:
            cut += range(start + LONGEST, end, LONGEST)
        cut.append(end)
        start = end
    return cut
