"""Which words of a text tell what it is about; the same for every engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitor.index import fields
from monitor.index.interface import Segment

SIMILAR_WORDS = 25
SIMILAR_PART = 0.3
"""A similar message has at least this part of the text's most telling words."""
CONSIDERED = 100
"""Words of a text that are looked at: a long letter says what it is about at its beginning."""


def telling(
    text: str, words: Segment, count: Callable[[Sequence[str]], Sequence[int]]
) -> list[str]:
    """The rarest words of a text that other messages have, too. count: in how many of them each
    word stands, within the scope of whoever asks."""
    cut = (word for word in fields.spaced(words(text)) if len(word) > 1)
    asked = list(dict.fromkeys(cut))[:CONSIDERED]
    known = sorted((n, word) for n, word in zip(count(asked), asked, strict=True) if n)
    return [word for _n, word in known[:SIMILAR_WORDS]]


def least_shared(words: Sequence[str]) -> int:
    """How many of the telling words a similar message has at least."""
    return max(1, round(SIMILAR_PART * len(words)))
