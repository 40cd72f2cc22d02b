"""What a message wants: enquiry, help, complaint, report, suggestion or praise."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from casework.judgement import Evidence
from casework.taxonomy import ENQUIRY, PRAISE
from classifier.phrases import PhraseTable, Sought

RULES_FILE = Path(__file__).parent / "rules" / "kinds.toml"

EVIDENCE_AT_MOST = 8

OPENING = 24
"""Cues marked as opening count within so many characters of the beginning."""

DENIAL_REACHES = 3


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that speaks for a kind. weight: multiplies the odds by exp(weight)."""

    kind: str
    weight: float
    opening: bool
    rule: str


class Kind(Struct, frozen=True):
    """label: one of taxonomy.KINDS, column: its column in the model; cues: those that speak for it,
    as evidence."""

    label: str
    column: int
    probability: float
    cues: tuple[Evidence, ...]


@cache
def _cues() -> tuple[PhraseTable[Cue], tuple[str, ...]]:
    file = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
    table = PhraseTable(
        (word, Cue(row["kind"], row["weight"], row.get("opening", False), row["id"]))
        for row in file["cue"]
        for word in row["words"]
    )
    return table, tuple(file["denied"])


def kind_of(
    text: str,
    plain: str,
    found: Sequence[tuple[int, int, Cue]],
    labels: Sequence[str],
    chances: Sequence[float],
    any_known: bool,
    negative: float,
) -> Kind:
    """The model's probabilities, changed by the cues found. An enquiry when nothing is known.

    plain: the normalised text; found: the cues in it; labels, chances, any_known: what the model says of it; negative: how
    likely its writer is displeased, in which case nobody is praised.
    """
    cues = _counted(plain, found)
    if not any_known and not cues:
        return Kind(ENQUIRY, labels.index(ENQUIRY), 1 / len(labels), ())
    odds = list(chances)
    odds[labels.index(PRAISE)] *= 1 - negative
    for _, _, cue in cues:
        odds[labels.index(cue.kind)] *= math.exp(cue.weight)
    column = odds.index(max(odds))
    label = labels[column]
    spoken = [
        Evidence("kind", label, text[start:end], start, end, min(1.0, cue.weight / 2), cue.rule)
        for start, end, cue in cues
        if cue.kind == label
    ]
    return Kind(label, column, odds[column] / sum(odds), tuple(spoken))


def cues_sought() -> Sought:
    """The cues of the file."""
    return Sought(_cues()[0])


def _counted(plain: str, cues: Sequence[tuple[int, int, Cue]]) -> list[tuple[int, int, Cue]]:
    """Those that are not denied, each rule once."""
    denied = _cues()[1]
    found: dict[str, tuple[int, int, Cue]] = {}
    for start, end, cue in cues:
        if cue.rule in found or (cue.opening and start > OPENING):
            continue
        before = plain[max(0, start - DENIAL_REACHES - 1) : start]
        if not any(word in before for word in denied):
            found[cue.rule] = (start, end, cue)
    return list(found.values())


def merged(cues: Sequence[Evidence], words: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Cues before words; words that stand inside a cue are said already."""
    if not cues:
        return tuple(words)
    rest = [
        replace(word, weight=word.weight / 2)
        for word in words
        if all(word.end <= cue.start or word.start >= cue.end for cue in cues)
    ]
    return tuple([*cues, *rest][:EVIDENCE_AT_MOST])
