"""Places named in a text: by the way such names end, and by the city's own list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from casework.judgement import Place
from classifier.normalisation import normalised
from classifier.phrases import PhraseTable
from classifier.place_words import BARRIERS, ENDINGS, GENERIC, LAST_CHARACTERS
from classifier.reading import READ_AT_MOST, Readings

NAME_AT_MOST = 10
"""Characters of a name, its ending included."""

WORDS_AT_MOST = 4

PLACES_AT_MOST = 20

SHORTEST = 2

_LAST = np.zeros(0x10000, dtype=np.bool_)
_LAST[[ord(character) for character in LAST_CHARACTERS]] = True

_LETTERED = re.compile(r"[a-z]\d{0,2}([市区县])")


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
        likely = _LAST.take(readings.last_codes, mode="clip").nonzero()[0]
        bounds = likely.searchsorted(readings.word_begin)
        own = (likely - readings.word_begin[:-1].repeat(np.diff(bounds))).tolist()
        return [
            self._of_text(text, readings, number, own[begin:end])
            for number, (text, begin, end) in enumerate(
                zip(texts, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
            )
        ]

    def _of_text(
        self, text: str, readings: Readings, number: int, likely: list[int]
    ) -> tuple[Place, ...]:
        plain = readings.plain[number]
        listed = self._listed(plain)
        ended = _by_ending(
            likely, readings.words[number], readings.starts[number], readings.ends[number]
        )
        anonymous = _anonymous(plain)
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
                found.setdefault(name, Place(name, kind, start, end))
        return tuple(sorted(found.values(), key=_start)[:PLACES_AT_MOST])

    def _listed(self, plain: str) -> list[tuple[int, int, GazetteerPlace]]:
        return self._gazetteer.find_longest(plain) if self._has_gazetteer else []


def _start(place: Place) -> int:
    return place.start


def _anonymous(plain: str) -> list[tuple[int, int, str]]:
    """Places whose names were replaced by letters, such as A市 and B3县."""
    found = []
    for match in _LETTERED.finditer(plain, 0, READ_AT_MOST):
        start, end = match.span()
        if not (start and plain[start - 1].isascii() and plain[start - 1].isalnum()):
            found.append((start, end, "other" if match[1] == "市" else "district"))
    return found


def _by_ending(
    likely: list[int], words: list[str], starts: list[int], ends: list[int]
) -> list[tuple[int, int, str]]:
    """Start, end and kind of every stretch of words that ends like a place. likely: the numbers of
    the words whose last character ends places."""
    found: list[tuple[int, int, str]] = []
    free_from = 0
    for number in likely:
        word = words[number]
        ending = _ending(word)
        if not ending:
            continue
        kind = ENDINGS[ending]
        if found and word == ending and found[-1][1:] == (starts[number], kind):
            # 金域华府 was found, and is followed by 小区.
            found[-1] = (found[-1][0], ends[number], kind)
            free_from = ends[number]
            continue
        first = _first_word(words, starts, ends, number, free_from, len(word) > len(ending))
        named = _kind_of_name("".join(words[first : number + 1]).removesuffix(ending), kind)
        if named:
            found.append((starts[first], ends[number], named))
            free_from = ends[number]
    return found


@lru_cache(maxsize=20_000)
def _stops(word: str) -> bool:
    """Whether a name cannot reach back over this word."""
    return word in BARRIERS or word in GENERIC or bool(_ending(word))


@lru_cache(maxsize=20_000)
def _ending(word: str) -> str:
    """The longest ending of a place the word ends in, or ""."""
    if word in GENERIC and word not in ENDINGS:
        return ""
    for length in (4, 3, 2, 1):
        if word[-length:] in ENDINGS:
            return word[-length:]
    return ""


def _first_word(
    words: list[str], starts: list[int], ends: list[int], last: int, free_from: int, named: bool
) -> int:
    """The first word of the name that ends with the word `last`: back over touching words until a
    barrier. A word that already holds a name takes only short pieces before it."""
    first = last
    while first > 0 and last - first < WORDS_AT_MOST - 1:
        before = first - 1
        touching = ends[before] == starts[first] and starts[before] >= free_from
        if not touching or _stops(words[before]):
            break
        if ends[last] - starts[before] > NAME_AT_MOST or (named and len(words[before]) > 2):
            break
        first = before
    return first


def _kind_of_name(name: str, kind: str) -> str:
    """The kind of a place with this name before its ending; "" when it is no name."""
    if name.isdigit():
        return "bus" if kind in {"road", "bus"} and len(name) <= 4 else ""
    if kind == "bus":
        return kind if name[-1:].isdigit() else ""
    if kind in {"district", "other"}:
        return kind if name else ""
    return kind if len(name) > 1 or (name and not name.isascii()) else ""
