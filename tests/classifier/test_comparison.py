"""Comparing two models, and how far a city has moved."""

from __future__ import annotations

import random

import pytest
from sklearn.metrics import f1_score

from classifier.comparison import compare
from classifier.drift import drift
from classifier.report import bins, measured

LABELS = ["甲", "乙", "丙"]


def guesses(truth: list[str], right: float, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [true if rng.random() < right else rng.choice(LABELS) for true in truth]


@pytest.fixture
def truth() -> list[str]:
    return random.Random(1).choices(LABELS, weights=[5, 3, 1], k=600)


def test_a_model_is_not_better_than_itself(truth: list[str]) -> None:
    same = guesses(truth, 0.7, 1)
    found = compare(truth, same, same)
    assert found.verdict == "undecided"
    assert (found.macro_f1.value, found.macro_f1.low, found.macro_f1.high) == (0, 0, 0)


def test_a_clearly_better_model_is_and_the_other_way_round(truth: list[str]) -> None:
    poor, good = guesses(truth, 0.5, 1), guesses(truth, 0.9, 2)
    found = compare(truth, poor, good)
    assert found.verdict == "better"
    assert 0 < found.macro_f1.low < found.macro_f1.value < found.macro_f1.high
    assert compare(truth, good, poor).verdict == "worse"
    assert compare(truth, good, poor).accuracy.value == -found.accuracy.value


def test_few_rows_decide_nothing() -> None:
    assert compare(LABELS, ["甲", "甲", "甲"], LABELS).verdict == "undecided"


def test_the_macro_f1_is_scikit_learns(truth: list[str]) -> None:
    old, new = guesses(truth, 0.5, 3), guesses(truth, 0.8, 4)
    expected = [f1_score(truth, side, average="macro") for side in (old, new)]
    assert compare(truth, old, new).macro_f1.value == pytest.approx(expected[1] - expected[0])


def test_the_interval_holds_what_it_says() -> None:
    """Of many pairs of models that are equally good in truth, about one in twenty looks otherwise."""
    decided = 0
    for seed in range(100):
        truth = random.Random(seed).choices(LABELS, k=200)
        found = compare(truth, guesses(truth, 0.7, seed + 1000), guesses(truth, 0.7, seed + 2000))
        decided += found.verdict != "undecided"
    assert decided <= 12


def test_a_label_the_old_model_never_heard_of_counts_against_it() -> None:
    truth = ["甲"] * 50 + ["新"] * 50
    assert compare(truth, ["甲"] * 100, truth).verdict == "better"


def test_drift_is_none_for_equal_shares_and_large_for_other_ones() -> None:
    before = {"甲": 500, "乙": 300, "丙": 200}
    assert drift(before, {"甲": 50, "乙": 30, "丙": 20}).index == pytest.approx(0)
    assert drift(before, {"甲": 500, "乙": 300, "丙": 200}).strength == "none"
    moved = drift(before, {"甲": 100, "乙": 300, "丁": 600})
    assert moved.strength == "large"
    assert [share.label for share in moved.shares] == ["甲", "乙", "丙", "丁"]
    assert sum(share.now for share in moved.shares) == pytest.approx(1)
    assert drift(before, {"甲": 5}).strength == "unknown"
    assert drift({}, {}).index == 0


def test_the_confusion_matrix_counts_every_row(truth: list[str]) -> None:
    found = measured("v", truth, guesses(truth, 0.6, 1))
    assert sum(map(sum, found.confusion)) == len(truth)
    for label, row in zip(found.labels, found.confusion, strict=True):
        assert sum(row) == truth.count(label)
        right = row[found.labels.index(label)]
        assert found.per_class[label].recall == pytest.approx(right / truth.count(label))


def test_bins_hold_every_row_once() -> None:
    found = bins([0.05, 0.55, 0.59, 1.0], [False, True, False, True])
    assert [(each.n, each.right) for each in found] == [(1, 0.0), (2, 0.5), (1, 1.0)]
