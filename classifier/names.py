"""Names told by how they end: 金域华府小区, 城管局. The stretch of words before the ending is the name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import of_each
from classifier.reading import Readings

NAME_AT_MOST = 10
"""Characters of a name, its ending included."""

WORDS_AT_MOST = 4

LONGEST_ENDING = 4

Found = tuple[int, int, str]
"""Start, end and kind."""

KindOfName = Callable[[str, str], str]
"""Of the name before its ending and the ending's kind: the kind of what is named, "" when it is no
name."""


class NamesByEnding:
    """Finds names that end in certain words. Using it from several threads is safe."""

    def __init__(
        self,
        endings: Mapping[str, str],
        generic: Collection[str],
        barriers: Container[str],
        kind_of_name: KindOfName,
    ) -> None:
        """endings: ending to kind; generic: words that end so and name nothing; barriers: words no
        name begins with or contains."""
        self._endings = endings
        self._generic = generic
        self._barriers = barriers
        self._kind_of_name = kind_of_name
        self._last = np.zeros(0x10000, dtype=np.bool_)
        self._last[[ord(ending[-1]) for ending in endings]] = True
        self._ending = lru_cache(maxsize=20_000)(self._find_ending)
        self._stops = lru_cache(maxsize=20_000)(self._is_barrier)

    def names_in(self, readings: Readings) -> list[list[Found]]:
        """The names of each text in their order, not overlapping."""
        likely: NDArray[np.intp] = self._last.take(readings.last_codes, mode="clip").nonzero()[0]
        own = of_each(likely, readings.word_begin)
        return list(map(self._of_text, own, readings.words, readings.starts, readings.ends))

    def _of_text(
        self, likely: list[int], words: list[str], starts: list[int], ends: list[int]
    ) -> list[Found]:
        """likely: the numbers of the words whose last character ends names."""
        found: list[Found] = []
        free_from = 0
        for number in likely:
            word = words[number]
            ending = self._ending(word)
            if not ending:
                continue
            kind = self._endings[ending]
            if found and word == ending and found[-1][1:] == (starts[number], kind):
                # 金域华府 was found, and is followed by 小区.
                found[-1] = (found[-1][0], ends[number], kind)
                free_from = ends[number]
                continue
            named = len(word) > len(ending)
            first = self._first_word(words, starts, ends, number, free_from, named)
            name = "".join(words[first : number + 1]).removesuffix(ending)
            kind = self._kind_of_name(name, kind)
            if kind:
                found.append((starts[first], ends[number], kind))
                free_from = ends[number]
        return found

    def _first_word(
        self,
        words: list[str],
        starts: list[int],
        ends: list[int],
        last: int,
        free_from: int,
        named: bool,
    ) -> int:
        """The first word of the name that ends with the word `last`: back over touching words until
        a barrier. A word that already holds a name takes only short pieces before it."""
        first = last
        while first > 0 and last - first < WORDS_AT_MOST - 1:
            before = first - 1
            touching = ends[before] == starts[first] and starts[before] >= free_from
            if not touching or self._stops(words[before]):
                break
            if ends[last] - starts[before] > NAME_AT_MOST or (named and len(words[before]) > 2):
                break
            first = before
        return first

    def _is_barrier(self, word: str) -> bool:
        """Whether a name cannot reach back over this word."""
        return word in self._barriers or word in self._generic or bool(self._ending(word))

    def _find_ending(self, word: str) -> str:
        """The longest ending the word ends in, or ""."""
        if word in self._generic and word not in self._endings:
            return ""
        for length in range(LONGEST_ENDING, 0, -1):
            if word[-length:] in self._endings:
                return word[-length:]
        return ""
