"""Units are compared in their class, for their mix of cases, and told apart only beyond chance."""

from __future__ import annotations

from random import Random

import pytest
from scipy.stats import chi2

from casework.storage.queries.answered_mix import AnsweredMix
from monitor.fair_ranking import ENOUGH, ComparedUnit, Verdict, compare, poisson_interval


def by_unit(mix: list[AnsweredMix]) -> dict[str, ComparedUnit]:
    return {one.department: one for one in compare(mix, lambda code: "all")}


def test_hard_cases_do_not_make_a_bad_unit() -> None:
    """Both answer each kind as well as the other, but one has nearly all the hard ones."""
    found = by_unit(
        [
            AnsweredMix("HARD", "投诉", "城乡建设", 900, 180),
            AnsweredMix("HARD", "咨询", "城乡建设", 100, 2),
            AnsweredMix("EASY", "投诉", "城乡建设", 100, 20),
            AnsweredMix("EASY", "咨询", "城乡建设", 900, 18),
        ]
    )
    assert found["HARD"].late > 4 * found["EASY"].late
    assert found["HARD"].ratio == pytest.approx(1.0)
    assert {one.verdict for one in found.values()} == {Verdict.ALIKE}


def test_a_bad_unit_is_told_apart_and_a_small_one_is_not_compared() -> None:
    mix = [AnsweredMix(f"U{n}", "投诉", "", 400, 20) for n in range(5)]
    mix += [AnsweredMix("BAD", "投诉", "", 400, 80), AnsweredMix("GOOD", "投诉", "", 400, 2)]
    mix += [AnsweredMix("SMALL", "投诉", "", ENOUGH - 1, 40)]
    found = by_unit(mix)
    assert found["BAD"].verdict is Verdict.WORSE
    assert found["GOOD"].verdict is Verdict.BETTER
    assert found["SMALL"].verdict is Verdict.TOO_FEW
    assert [one.department for one in compare(mix, lambda code: "all")][0] == "GOOD"
    assert [one.department for one in compare(mix, lambda code: "all")][-1] == "SMALL"


def test_classes_are_not_mixed_and_one_alone_is_compared_with_nobody() -> None:
    mix = [AnsweredMix("A", "投诉", "", 400, 40), AnsweredMix("B", "投诉", "", 400, 4)]
    alone = compare(mix, lambda code: code)
    assert {one.verdict for one in alone} == {Verdict.TOO_FEW}
    assert compare(mix, lambda code: "") == ()
    assert compare([], lambda code: "all") == ()


def test_units_that_are_alike_are_rarely_told_apart() -> None:
    random = Random(7)
    wrong = 0
    for _ in range(200):
        mix = [
            AnsweredMix(f"U{n}", "投诉", "", 300, sum(random.random() < 0.05 for _ in range(300)))
            for n in range(10)
        ]
        wrong += any(one.verdict is not Verdict.ALIKE for one in compare(mix, lambda code: "all"))
    assert wrong <= 20  # 5 % of 200 were to be expected


@pytest.mark.parametrize("count", [0, 1, 2, 5, 10, 50, 400])
def test_the_interval_is_near_the_exact_one(count: int) -> None:
    low, high = poisson_interval(count, 0.05)
    exact_low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    exact_high = chi2.ppf(0.975, 2 * count + 2) / 2
    assert low == pytest.approx(exact_low, rel=0.03, abs=0.03)
    assert high == pytest.approx(exact_high, rel=0.03, abs=0.05)
