"""Places named in a text: by the way such names end, and by the city's own list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from casework.judgement import Place
from classifier.ngrams import READ_AT_MOST, Reading
from classifier.normalisation import normalised
from classifier.phrases import PhraseTable
from classifier.place_words import BARRIERS, ENDINGS, GENERIC, LAST_CHARACTERS

NAME_AT_MOST = 10
"""Characters of a name, its ending included."""

WORDS_AT_MOST = 4

PLACES_AT_MOST = 20

_LAST = np.zeros(0x10000, dtype=np.bool_)
_LAST[[ord(character) for character in LAST_CHARACTERS]] = True

_LETTERED = re.compile(r"(?<![a-z0-9])[a-z]\d{0,2}([市区县])")


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

    def places_in(self, text: str, plain: str, reading: Reading) -> tuple[Place, ...]:
        """The places in their order, not overlapping, each name once, at most 20. Where the list
        and the endings disagree, the list is right.

        plain: the normalised text; the list is looked up in all of it, endings in what was read.
        """
        found = [
            Place(text[start:end], place.kind, start, end, place.code)
            for start, end, place in (
                self._gazetteer.find_longest(plain) if self._has_gazetteer else ()
            )
        ]
        taken = [(place.start, place.end) for place in found]
        for start, end, kind in [*_anonymous(plain), *_by_ending(reading)]:
            if all(end <= first or start >= last for first, last in taken):
                found.append(Place(text[start:end], kind, start, end))
                taken.append((start, end))
        found.sort(key=lambda place: place.start)
        once = {place.text: place for place in reversed(found)}
        return tuple(sorted(once.values(), key=lambda place: place.start)[:PLACES_AT_MOST])


def _anonymous(plain: str) -> list[tuple[int, int, str]]:
    """Places whose names were replaced by letters, such as A市 and B3县."""
    found = []
    for match in _LETTERED.finditer(plain, 0, READ_AT_MOST):
        found.append((match.start(), match.end(), "other" if match[1] == "市" else "district"))
    return found


def _by_ending(reading: Reading) -> list[tuple[int, int, str]]:
    """Start, end and kind of every stretch of words that ends like a place."""
    words = reading.words
    likely = np.flatnonzero(_LAST[np.minimum(reading.last_codes, len(_LAST) - 1)]).tolist()
    starts, ends = reading.word_starts.tolist(), reading.word_ends.tolist()
    found: list[tuple[int, int, str]] = []
    free_from = 0
    for number in likely:
        word = words[number]
        ending = _ending(word)
        if not ending:
            continue
        kind = ENDINGS[ending]
        first = _first_word(words, starts, ends, number, free_from, len(word) > len(ending))
        start, end = starts[first], ends[number]
        if end - start > len(ending) and _is_name(words[first : number + 1], ending, kind):
            found.append((start, end, kind))
            free_from = end
    return found


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
        if not touching or words[before] in BARRIERS or _ending(words[before]):
            break
        if ends[last] - starts[before] > NAME_AT_MOST or (named and len(words[before]) > 2):
            break
        first = before
    return first


def _is_name(words: list[str], ending: str, kind: str) -> bool:
    name = "".join(words).removesuffix(ending)
    if kind == "bus":
        return name.isdigit() or (name[:1].isascii() and name[-1:].isdigit())
    if kind == "road" and name.isdigit():
        return False
    return len(name) > 1 or kind in {"district", "other"} or not name.isascii()
