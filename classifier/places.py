"""Places named in a text: by the way such names end, and by the city's own list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from casework.judgement import Place
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
                _ENDED.names_in(readings),
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
    codes = readings.codes
    at = _ENDS_LETTERED.take(codes, mode="clip").nonzero()[0]
    ends = at[_BEFORE_END.take(codes.take(at - 1), mode="clip")] + 1
    found: list[list[Found]] = [[] for _ in readings.plain]
    if not len(ends):
        return found
    text = readings.text_begin.searchsorted(ends, side="left") - 1
    own = ends - readings.text_begin.take(text)
    for number, end in zip(text.tolist(), own.tolist(), strict=True):
        found[number] += _anonymous(readings.plain[number], end)
    return found


def _anonymous(plain: str, end: int) -> list[Found]:
    match = _LETTERED.search(plain, max(0, end - _LONGEST_LETTERED), end)
    if match is None:
        return []
    start = match.start()
    if start and plain[start - 1].isascii() and plain[start - 1].isalnum():
        return []
    return [(start, end, "other" if match[1] == "市" else "district")]


def _kind_of_name(name: str, kind: str) -> str:
    """The kind of a place with this name before its ending; "" when it is no name."""
    if name.isdigit():
        return "bus" if kind in {"road", "bus"} and len(name) <= 4 else ""
    if kind == "bus":
        return kind if name[-1:].isdigit() else ""
    if kind in {"district", "other"}:
        return kind if name else ""
    return kind if len(name) > 1 or (name and not name.isascii()) else ""


_ENDED = NamesByEnding(ENDINGS, GENERIC, BARRIERS, _kind_of_name)
