"""Several matters in one message: stretches the writer sets apart, and the models tell apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casework.judgement import Matter
from classifier.arrays import Codes, Offsets
from classifier.compiled import compiled
from classifier.joint import JointModel, Known, Scored
from classifier.normalisation import character_set
from classifier.reading import READ_AT_MOST, Readings

SURE, SURE_IN_LIST = 0.8, 0.92
"""A stretch is a matter of its own when its topic is so probable; an item of a list is more often one
more side of the same matter, and so must be another body's."""

SURE_OF_UNIT = 0.8
"""Two stretches of one topic are two matters when so sure that different bodies answer them."""

SHORTEST = 12
"""Characters of a stretch that can be a matter."""

MATTERS_AT_MOST = 6

TOPIC, UNIT = 0, 4
"""Which of the models scored together."""

_SAID = r"(?:另外|此外|还有|再有|其次|再者|再次|另|顺便|还想|同时还)(?!一[方边]面)"
_BEGINS = re.compile(
    rf"(?:^|[。!?;,\n…])\s*(?:(?P<said>{_SAID})"
    r"|第[一二三四五六]\s*(?:[、,:]|[个件点]|是)"
    r"|[一二三四五六]\s*[、.:](?!\d)"
    r"|[(][一二三四五六][)]"
    r")"
)
"""How people begin another matter: 另外…, 二、…. What is numbered with digits is nearly always one more
side of the same matter."""


_SPACES = "".join(filter(str.isspace, map(chr, range(0x10000))))
_FIRST = character_set("另此还再其顺同第一二三四五六(")
_SECOND = character_set("外有次者便想时一二三四五六、.:" + _SPACES)
_ALONE = ord("另")
_BEFORE = character_set("。!?;,\n…" + _SPACES)
"""What the beginnings begin with, what may stand second in them (behind 另 anything), what before."""


@dataclass(slots=True)
class _Stretch:
    """Characters of a text that its writer sets apart. sure: how probable its topic must be; topic,
    certainty, unit: what the models say of it."""

    text: int
    start: int
    end: int
    sure: float
    topic: str = ""
    certainty: float = 0.0
    unit: str = ""


def matters_in(readings: Readings, known: Known, models: JointModel) -> list[tuple[Matter, ...]]:
    """The matters of each text; none where it has one only.

    known: what `models` knows of the readings.
    """
    found: list[list[_Stretch]] = [[] for _ in readings.plain]
    apart = [_set_apart(text, readings.plain[text][:READ_AT_MOST]) for text in _likely(readings)]
    # One stretch by itself is the whole matter, whatever it is about.
    stretches = [each for of_text in apart if len(of_text) > 1 for each in of_text]
    for one in _judged(readings, known, models, stretches):
        found[one.text].append(one)
    return [_several(each) for each in found]


def _likely(readings: Readings) -> list[int]:
    """The texts in which something may be set apart; going through all of them with _BEGINS takes
    longer."""
    likely = np.zeros(len(readings), dtype=np.bool_)
    _mark_likely(readings.codes, readings.text_begin, _FIRST, _SECOND, _BEFORE, likely)
    found: list[int] = likely.nonzero()[0].tolist()
    return found


@compiled("void(uint32[::1], int64[::1], boolean[::1], boolean[::1], boolean[::1], boolean[::1])")
def _mark_likely(
    codes: Codes,
    begins: Offsets,
    may_be_first: NDArray[np.bool_],
    may_be_second: NDArray[np.bool_],
    may_be_before: NDArray[np.bool_],
    likely: NDArray[np.bool_],
) -> None:
    last = len(may_be_first) - 1
    for text in range(len(likely)):
        begin, end = begins[text], begins[text + 1]
        for at in range(begin, end - 1):
            if may_be_first[min(codes[at], last)] and (
                codes[at] == _ALONE or may_be_second[min(codes[at + 1], last)]
            ):
                likely[text] |= at == begin or may_be_before[min(codes[at - 1], last)]


def _set_apart(text: int, plain: str) -> list[_Stretch]:
    """The stretches of a text, which together are the whole; none where nothing is set apart."""
    begins = [
        (match.start(), SURE if match["said"] else SURE_IN_LIST)
        for match in _BEGINS.finditer(plain)
    ]
    if not begins:
        return []
    if begins[0][0]:
        begins.insert(0, (0, SURE))
    ends = [start for start, _ in begins[1:]] + [len(plain)]
    return [
        _Stretch(text, start, end, sure)
        for (start, sure), end in zip(begins, ends, strict=True)
        if end - start >= SHORTEST
    ]


def _judged(
    readings: Readings, known: Known, models: JointModel, stretches: Sequence[_Stretch]
) -> list[_Stretch]:
    """Those with words in them, judged."""
    kept, begins, ends = [], [], []
    for one in stretches:
        first, end = readings.word_begin[one.text : one.text + 2].tolist()
        low, high = readings.word_start[first:end].searchsorted((one.start, one.end)).tolist()
        if low < high:
            kept.append(one)
            begins.append(readings.word_first[first + low])
            ends.append(readings.word_last[first + high - 1])
    if kept:
        texts = np.array([one.text for one in kept])
        scored = models.score_parts(readings.grams, known, texts, np.array(begins), np.array(ends))
        topics, units = _best(scored[TOPIC]), _best(scored[UNIT])
        for one, (topic, certainty), (unit, sure_of_unit) in zip(kept, topics, units, strict=True):
            one.topic, one.certainty = topic, certainty
            one.unit = unit if sure_of_unit >= SURE_OF_UNIT else ""
    return kept


def _best(scored: Scored) -> list[tuple[str, float]]:
    """The best label of each stretch and its probability."""
    chances = scored.probabilities.max(axis=1).tolist()
    best = scored.best.tolist()
    return [(scored.labels[number], chance) for number, chance in zip(best, chances, strict=True)]


def _several(stretches: Sequence[_Stretch]) -> tuple[Matter, ...]:
    """The matters of one text: what is not sure, or was told before, goes on with what is before it."""
    joined: list[_Stretch] = []
    for one in stretches:
        if one.certainty >= one.sure and not any(_same(one, other) for other in joined):
            joined.append(one)
        elif joined:
            joined[-1].end = one.end
    if len(joined) < 2:
        return ()
    return tuple(
        [
            Matter(one.start, one.end, (one.topic,), one.certainty)
            for one in joined[:MATTERS_AT_MOST]
        ]
    )


def _same(one: _Stretch, other: _Stretch) -> bool:
    """Whether nothing tells a stretch apart from one before it."""
    another_body = bool(one.unit and other.unit and one.unit != other.unit)
    return not another_body and (one.topic == other.topic or one.sure == SURE_IN_LIST)
