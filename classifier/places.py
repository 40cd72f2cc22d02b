"""Places named in a text: by the way such names end, and by the city's own list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from casework.judgement import Place
from classifier.arrays import Codes, Offsets
from classifier.compiled import compiled
from classifier.name_loops import ANY, NAME, NAME_OR_NUMBER, NUMBER
from classifier.names import Found, NamesByEnding
from classifier.normalisation import character_set, decimal_digits, normalised
from classifier.phrases import PhraseTable
from classifier.place_words import BARRIERS, ENDINGS, GENERIC
from classifier.reading import Readings

PLACES_AT_MOST = 20

SHORTEST = 2

_LETTERED = re.compile(r"[a-z]\d{0,2}([市区县])\Z")
_LONGEST_LETTERED = 4
_ENDS_LETTERED = character_set("市区县")
_BEFORE_END = character_set("abcdefghijklmnopqrstuvwxyz") | decimal_digits()


@dataclass(frozen=True, slots=True)
class GazetteerPlace:
    """A place the city knows. kind: as in Place; code: the district's department code, or ""."""

    name: str
    kind: str
    code: str = ""


class PlaceFinder:
    """Finds places. Using it from several threads is safe."""

    def __init__(self, gazetteer: Sequence[GazetteerPlace] = ()) -> None:
        """Names of a single character are left out."""
        named = [(normalised(place.name), place) for place in gazetteer]
        self._gazetteer = PhraseTable((name, place) for name, place in named if len(name) > 1)
        self._has_gazetteer = bool(named)

    def places_in(self, texts: Sequence[str], readings: Readings) -> list[tuple[Place, ...]]:
        """The places of each text in their order, not overlapping, each name once, at most 20.
        Where the list and the endings disagree, the list is right.

        The list is looked up in the whole text, endings in what was read.
        """
        return list(
            map(
                self._of_text,
                texts,
                readings.plain,
                _ended().names_in(readings),
                _anonymous_in(readings),
            )
        )

    def _of_text(
        self, text: str, plain: str, ended: list[Found], anonymous: list[Found]
    ) -> tuple[Place, ...]:
        listed = self._listed(plain)
        if not (listed or ended or anonymous):
            return ()
        taken = bytearray(len(plain))
        found: dict[str, Place] = {}
        for start, end, place in listed:
            taken[start:end] = b"\1" * (end - start)
            name = text[start:end]
            found.setdefault(name, Place(name, place.kind, start, end, place.code))
        for start, end, kind in [*anonymous, *ended]:
            # What stands behind a place already found is a name of its own: A7县 in A7县星沙镇.
            start = max(start, taken.rfind(1, start, end) + 1)
            if end - start >= SHORTEST:
                taken[start:end] = b"\1" * (end - start)
                name = text[start:end]
                if name not in found:
                    found[name] = Place(name, kind, start, end)
        return tuple(sorted(found.values(), key=_start)[:PLACES_AT_MOST])

    def _listed(self, plain: str) -> list[tuple[int, int, GazetteerPlace]]:
        return self._gazetteer.find_longest(plain) if self._has_gazetteer else []


def _start(place: Place) -> int:
    return place.start


def _anonymous_in(readings: Readings) -> list[list[Found]]:
    """Places of each text whose names were replaced by letters, such as A市 and B3县."""
    found: list[list[Found]] = [[] for _ in readings.plain]
    likely = np.empty((len(readings.codes), 2), dtype=np.int64)
    number = _find_lettered(
        readings.codes, readings.text_begin, _ENDS_LETTERED, _BEFORE_END, likely
    )
    for text, end in likely[:number].tolist():
        found[text] += _anonymous(readings.plain[text], end)
    return found


@compiled("int64(uint32[::1], int64[::1], boolean[::1], boolean[::1], int64[:, ::1])")
def _find_lettered(
    codes: Codes,
    begins: Offsets,
    ends: NDArray[np.bool_],
    before: NDArray[np.bool_],
    likely: NDArray[np.int64],
) -> int:
    """Writes where such names may end, as number of the text and place in it; returns how many."""
    found, last = 0, len(ends) - 1
    for text in range(len(begins) - 1):
        for at in range(begins[text] + 1, begins[text + 1]):
            if ends[min(codes[at], last)] and before[min(codes[at - 1], last)]:
                likely[found, 0], likely[found, 1] = text, at + 1 - begins[text]
                found += 1
    return found


def _anonymous(plain: str, end: int) -> list[Found]:
    match = _LETTERED.search(plain, max(0, end - _LONGEST_LETTERED), end)
    if match is None:
        return []
    start = match.start()
    if start and plain[start - 1].isascii() and plain[start - 1].isalnum():
        return []
    return [(start, end, "other" if match[1] == "市" else "district")]


_RULES = dict.fromkeys(ENDINGS.values(), NAME) | {
    "road": NAME_OR_NUMBER,
    "bus": NUMBER,
    "district": ANY,
    "other": ANY,
}


@cache
def _ended() -> NamesByEnding:
    return NamesByEnding(ENDINGS, GENERIC, BARRIERS, _RULES)
