"""Sentences of a text, with where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
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


def sentences(plain: str) -> Iterator[Sentence]:
    """The sentences of normalised text; together they are the whole text."""
    start = 0
    length = len(plain)
    while start < length:
        found = _ENDS.search(plain, start, min(start + LONGEST, length))
        end = found.end() if found else min(start + LONGEST, length)
        yield Sentence(plain[start:end], start, end)
        start = end
