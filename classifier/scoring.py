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


def surest_accuracy(
    certainty: NDArray[np.float64], right: NDArray[np.bool_], share: float
) -> float:
    """The accuracy on the surest share of the rows; 0 of nothing."""
    order = np.argsort(-certainty, kind="stable")[: round(share * len(certainty))]
    return float(right[order].mean()) if len(order) else 0.0


@dataclass(frozen=True, slots=True)
class Threshold:
    """certainty: from which on rows are taken; coverage: their share; accuracy: of these."""

    certainty: float
    coverage: float
    accuracy: float


def threshold_for(
    certainty: NDArray[np.float64], right: NDArray[np.bool_], accuracy: float
) -> Threshold | None:
    """The lowest certainty above which the accuracy wanted is reached; None when none is."""
    order = np.argsort(-certainty, kind="stable")
    sure, so_far = certainty[order], right[order].cumsum() / np.arange(1, len(order) + 1)
    # Rows of the same certainty are taken together or not at all.
    last = np.append(np.diff(sure) < 0, True)[: len(order)]
    enough = np.flatnonzero((so_far >= accuracy) & last)
    if not len(enough):
        return None
    at = int(enough[-1])
    return Threshold(float(sure[at]), (at + 1) / len(order), float(so_far[at]))
