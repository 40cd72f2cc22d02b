"""Whether a message looks as if there were nothing in it to take up: empty, advertising, insults.

A suggestion only: a person reads the message and decides, and nothing is ever refused by it alone. What
is empty is found by rules; advertising and insults by a linear model of its own, learnt from sentences of
ours and from what cities took up (`benchmarks/classifier_train_shipped.py`). Whoever complains about an
advertisement quotes it, so words of complaint speak against advertising; whoever swears about a road or a
landlord complains, so an insult is one only where nothing else is told.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np

from casework.taxonomy import ABUSE, FITNESS, SPAM
from classifier.evidence import Question, deciding_words
from classifier.joint import JointModel
from classifier.linear import load_linear
from classifier.loading import SHIPPED
from classifier.reading import read
from classifier.segmentation import normalised

EMPTY = "empty"

FEWEST_LETTERS = 2
SHORT = 160
"""Letters of a text: whoever has more to say tells something, whatever the words."""
SURE = 0.75
REPEATED_SHARE = 0.6
LONG, FEWEST_DIFFERENT = 12, 5
"""A text of so many letters has more different ones than these, unless it repeats itself."""
WHY = 1

_LETTER = re.compile(r"[\w]")
_COMPLAINT = re.compile(
    r"举报|投诉|骗|曝光|查处|反映|严禁|取缔|整治|维权|舞弊|没人管|不管|不退|不给|怎么办|要求|扰民|跑路|跑了"
)
_MATTER = re.compile(
    r"路|水|电|楼|车|房|学校|医院|工资|社保|小区|街道|村|证|噪|污染|施工|物业|灯|暖|井盖|树|门口|漏|堵|着火|塌|骂我"
)
_NOTHING = re.compile(
    r"(?:在吗|在不在|你好|您好|有人吗|喂|测试|试试|无|没有|没了|不知道|随便|一下|系统|看看|看|哈|呵|嘿|啊|嗯|哦)+"
)


@dataclass(frozen=True, slots=True)
class Unfit:
    """reason: EMPTY, SPAM or ABUSE. evidence: the words that say so, "" for none."""

    reason: str
    evidence: str


def unfit(text: str) -> Unfit | None:
    """What speaks against taking the message up, or None."""
    plain = normalised(text)
    letters = _LETTER.findall(plain)
    nothing = _nothing_said(plain, letters)
    if nothing is not None:
        return Unfit(EMPTY, nothing)
    if len(letters) > SHORT:
        return None
    label, evidence = _learnt(text)
    speaks_against = {SPAM: _COMPLAINT, ABUSE: _MATTER}
    if label in speaks_against and not speaks_against[label].search(plain):
        return Unfit(label, evidence)
    return None


def _nothing_said(plain: str, letters: list[str]) -> str | None:
    """What stands there instead of a message; None where there is one."""
    said = "".join(letters)
    short_number = said.isdigit() and len(said) < len("13800000000")
    if len(letters) < FEWEST_LETTERS or short_number or _NOTHING.fullmatch(said):
        return plain.strip()[:20]
    counted = Counter(letters)
    letter, times = counted.most_common(1)[0]
    alike = len(letters) > FEWEST_LETTERS and times / len(letters) >= REPEATED_SHARE
    few = len(letters) >= LONG and len(counted) <= FEWEST_DIFFERENT
    return letter * 3 if alike or few else None


def _learnt(text: str) -> tuple[str, str]:
    """The label the model is sure of, "" where it is not, and the word that decided most."""
    readings = read([text])
    (scored,), known = _model().score(readings.grams)
    best = int(scored.best[0])
    if scored.probabilities[0, best] < SURE:
        return "", ""
    label = FITNESS[best]
    question = Question(scored, np.array([best]), label, WHY)
    ((words,),) = deciding_words([text], readings, known, (question,))
    return label, words[0].text if words else ""


@cache
def _model() -> JointModel:
    return JointModel((load_linear(SHIPPED / "unfit.npz"),))
