"""Names told by how they end: 金域华府小区, 城管局. The stretch of words before the ending is the name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from classifier.name_loops import LAST_CODE, NUMBER, find_endings, find_names, write_keys
from classifier.normalisation import character_set, raw_codes
from classifier.reading import Readings

Found = tuple[int, int, str]
"""Start, end and kind."""

_DIGITS = character_set("".join(filter(str.isdigit, map(chr, range(LAST_CODE)))))


class NamesByEnding:
    """Finds names that end in certain words. Using it from several threads is safe."""

    def __init__(
        self,
        endings: Mapping[str, str],
        generic: Collection[str],
        barriers: Collection[str],
        rules: Mapping[str, int],
        ends_name: Callable[[str], bool] | None = None,
    ) -> None:
        """endings: ending to kind; generic: words that end so and name nothing; barriers: words no
        name begins with or contains; rules: kind to what may stand before its endings;
        ends_name: says of further words that they are barriers."""
        self._ends_name = lru_cache(maxsize=20_000)(ends_name) if ends_name else None
        keys = _keys(endings)
        order = keys.argsort()
        named = [list(endings)[number] for number in order]
        self._kinds = list(dict.fromkeys([*(endings[ending] for ending in named), *rules]))
        self._number_kind = next((self._kinds.index(k) for k in rules if rules[k] == NUMBER), -1)
        self._endings = keys[order]
        self._lengths = np.array([len(ending) for ending in named])
        self._kind_of = np.array([self._kinds.index(endings[ending]) for ending in named])
        self._rule_of = np.array([rules[endings[ending]] for ending in named])
        self._generic = np.sort(_keys(set(generic) - set(endings)))
        self._stops = np.sort(_keys({*barriers, *generic}))
        self._last = character_set("".join(ending[-1] for ending in endings))

    def names_in(self, readings: Readings) -> list[list[Found]]:
        """The names of each text in their order, not overlapping."""
        size = len(readings.word_start)
        ending, start, end, kind = (np.empty(size, dtype=np.int64) for _ in range(4))
        reached, barred = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
        begin = np.zeros_like(readings.word_begin)
        words = readings.text_begin, readings.word_begin, readings.word_start, readings.word_end
        find_endings(
            readings.codes,
            *words,
            self._last,
            self._endings,
            self._generic,
            self._stops,
            ending,
            reached,
            barred,
        )
        if self._ends_name is not None:
            self._bar(readings, reached, barred, self._ends_name)
        find_names(
            readings.codes,
            *words,
            ending,
            barred,
            self._lengths,
            self._kind_of,
            self._rule_of,
            self._number_kind,
            _DIGITS,
            start,
            end,
            kind,
            begin,
        )
        bounds = begin.tolist()
        named = slice(bounds[-1])
        kinds = map(self._kinds.__getitem__, kind[named].tolist())
        found = list(zip(start[named].tolist(), end[named].tolist(), kinds, strict=True))
        return [found[low:high] for low, high in pairwise(bounds)]

    @staticmethod
    def _bar(
        readings: Readings,
        reached: NDArray[np.bool_],
        barred: NDArray[np.bool_],
        ends_name: Callable[[str], bool],
    ) -> None:
        """Bars further ones of the words that names may reach back over."""
        at = (reached & ~barred).nonzero()[0]
        texts = readings.word_begin.searchsorted(at, side="right") - 1
        starts, ends = readings.word_start.take(at), readings.word_end.take(at)
        for number, text, start, end in zip(
            at.tolist(), texts.tolist(), starts.tolist(), ends.tolist(), strict=True
        ):
            barred[number] = ends_name(readings.plain[text][start:end])


def _keys(words: Collection[str]) -> NDArray[np.uint64]:
    ends = np.cumsum([0, *map(len, words)])
    keys = np.empty(len(words), dtype=np.uint64)
    write_keys(raw_codes("".join(words)).copy(), ends, keys)
    return keys
