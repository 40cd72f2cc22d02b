"""Underlining the words a judgement rests on. Everything else is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from casework.judgement import Judgement

WEAK = 0.5
RANKS = ("weak", "topic", "place", "urgent", "same")
"""Where marks overlap the later one wins."""
CLASSES = {
    "weak": "ms-evid ms-evid--weak",
    "topic": "ms-evid",
    "place": "ms-evid ms-evid--place",
    "urgent": "ms-evid ms-evid--urgent",
    "same": "ms-evid ms-evid--same",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters [start, end) of the judged text, and one of RANKS."""

    start: int
    end: int
    rank: str


def marks_of(judgement: Judgement, text: str) -> tuple[Mark, ...]:
    """The marks of a judgement that stand in this text where they say they do.

    A text with personal details masked has other offsets; marks that do not fit are left out.
    """
    found = [
        Mark(place.start, place.end, "place")
        for place in judgement.places
        if text[place.start : place.end] == place.text
    ]
    for evidence in judgement.evidence:
        if text[evidence.start : evidence.end] != evidence.text:
            continue
        if evidence.aspect == "urgency":
            found.append(Mark(evidence.start, evidence.end, "urgent"))
        elif evidence.aspect == "topic":
            rank = "weak" if evidence.weight < WEAK else "topic"
            found.append(Mark(evidence.start, evidence.end, rank))
    return tuple(found)


def underline(text: str, marks: Iterable[Mark], start: int = 0, end: int | None = None) -> Markup:
    """text[start:end] as HTML with its marks; overlapping marks are merged."""
    end = len(text) if end is None else end
    ranks = _rank_of_each(len(text), marks)
    pieces: list[Markup] = []
    position = start
    while position < end:
        until = position + 1
        while until < end and ranks[until] == ranks[position]:
            until += 1
        words = escape(text[position:until])
        rank = ranks[position]
        if rank:
            words = Markup('<mark class="{}">{}</mark>').format(CLASSES[RANKS[rank - 1]], words)
        pieces.append(words)
        position = until
    return Markup("").join(pieces)


def _rank_of_each(length: int, marks: Iterable[Mark]) -> list[int]:
    """For each character 0, or one more than the index of its strongest rank."""
    ranks = [0] * length
    for mark in marks:
        rank = RANKS.index(mark.rank) + 1
        for position in range(max(0, mark.start), min(mark.end, length)):
            ranks[position] = max(ranks[position], rank)
    return ranks
