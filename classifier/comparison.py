"""Is one model better than another? Both judged the same held-out rows; a paired bootstrap says how
sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2_000
LOW, HIGH = 2.5, 97.5
SEED = 7


@dataclass(frozen=True, slots=True)
class Difference:
    """The challenger's figure less the champion's, and the 95 % interval of it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """n: held-out rows. verdict: "better" when the whole interval of the macro-F1 lies above 0,
    "worse" when it lies below, else "undecided"."""

    n: int
    accuracy: Difference
    macro_f1: Difference
    verdict: str


def compare(truth: Sequence[str], champion: Sequence[str], challenger: Sequence[str]) -> Comparison:
    """Draws the rows anew, with replacement, 2,000 times, the same rows for both models, and takes
    the middle 95 % of the differences. Macro-F1 is over the labels that occur in the truth."""
    labels = list(dict.fromkeys([*truth, *champion, *challenger]))
    number = {label: place for place, label in enumerate(labels)}
    true, old, new = (
        np.array([number[label] for label in side], dtype=np.int64)
        for side in (truth, champion, challenger)
    )
    occur = np.unique(true)
    rng = np.random.default_rng(SEED)
    draws = rng.multinomial(len(true), np.full(len(true), 1 / len(true)), size=RESAMPLES)
    accuracy = draws @ ((new == true).astype(float) - (old == true)) / len(true)
    macro = _macro_f1(draws, true, new, occur) - _macro_f1(draws, true, old, occur)
    once = np.ones((1, len(true)), dtype=np.int64)
    told = Difference(
        float((_macro_f1(once, true, new, occur) - _macro_f1(once, true, old, occur))[0]),
        *_middle(macro),
    )
    plain = Difference(float(np.mean(new == true) - np.mean(old == true)), *_middle(accuracy))
    return Comparison(len(true), plain, told, _verdict(told))


def _macro_f1(
    draws: NDArray[np.int64],
    truth: NDArray[np.int64],
    guessed: NDArray[np.int64],
    labels: NDArray[np.int64],
) -> NDArray[np.float64]:
    """The macro-F1 of each draw. A label that a draw leaves out does not count in it."""
    total, counted = np.zeros(len(draws)), np.zeros(len(draws))
    for label in labels.tolist():
        is_it, said = truth == label, guessed == label
        right = draws @ (is_it & said).astype(np.int64)
        support = draws @ is_it.astype(np.int64)
        both = support + draws @ said.astype(np.int64)
        total += np.where(support > 0, 2 * right / np.maximum(both, 1), 0.0)
        counted += support > 0
    return np.asarray(total / np.maximum(counted, 1))


def _middle(differences: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(differences, (LOW, HIGH)).tolist()
    return low, high


def _verdict(difference: Difference) -> str:
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "undecided"
