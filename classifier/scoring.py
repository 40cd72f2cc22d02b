"""Accuracy, precision, recall, F1 and calibration of labels that were guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How one label was guessed; support: how many rows truly carry it."""

    precision: float
    recall: float
    f1: float
    support: int


def label_scores(truth: Sequence[str], guessed: Sequence[str]) -> dict[str, LabelScore]:
    """The score of every label that occurs in the truth, the most frequent first."""
    right = Counter(t for t, g in zip(truth, guessed, strict=True) if t == g)
    claimed = Counter(guessed)
    found = {}
    for label, support in Counter(truth).most_common():
        precision = right[label] / claimed[label] if claimed[label] else 0.0
        recall = right[label] / support
        f1 = 2 * precision * recall / (precision + recall) if right[label] else 0.0
        found[label] = LabelScore(precision, recall, f1, support)
    return found


def accuracy(truth: Sequence[str], guessed: Sequence[str]) -> float:
    """The share guessed right; 0 of nothing."""
    return sum(map(str.__eq__, truth, guessed)) / len(truth) if truth else 0.0


def macro_f1(truth: Sequence[str], guessed: Sequence[str]) -> float:
    """The mean F1 of the labels that occur in the truth; 0 of nothing."""
    scores = label_scores(truth, guessed)
    return sum(score.f1 for score in scores.values()) / len(scores) if scores else 0.0


def calibration_error(certainty: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The mean gap between stated certainty and share right, over ten bins of certainty."""
    bins = np.minimum((certainty * 10).astype(int), 9)
    gaps = [
        abs(float(certainty[bins == b].mean()) - float(right[bins == b].mean())) * (bins == b).sum()
        for b in np.unique(bins)
    ]
    return float(sum(gaps) / max(len(certainty), 1))
