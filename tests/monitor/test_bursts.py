"""The bounds are those of the distributions they claim."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from monitor import bursts
from monitor.bursts import ExpectedCount, ExpectedShare


@settings(deadline=None)
@given(st.floats(0.001, 500), st.floats(0.02, 3), st.integers(0, 300))
def test_the_tail_is_the_negative_binomials(mean: float, spread: float, observed: int) -> None:
    size = 1 / spread
    wanted = stats.nbinom(size, size / (size + mean)).sf(observed - 1)
    found = 10 ** ExpectedCount(mean, spread).log_tail(observed)
    assert found == pytest.approx(wanted, rel=1e-6, abs=1e-200)


def test_a_tail_too_small_for_a_float_is_still_ordered() -> None:
    expected = ExpectedCount(0.01, 0.02)
    assert expected.log_tail(400) < expected.log_tail(300) < -400


@settings(deadline=None)
@given(st.floats(0.001, 5000), st.floats(0.02, 3), st.floats(-9, -0.5))
def test_the_upper_bound_is_the_last_count_that_is_no_surprise(
    mean: float, spread: float, level: float
) -> None:
    expected = ExpectedCount(mean, spread)
    upper = expected.upper(level)
    assert expected.log_tail(upper + 1) <= level
    if upper > int(mean):
        assert expected.log_tail(upper) > level


@settings(deadline=None)
@given(st.floats(0.001, 5000), st.floats(0.02, 3), st.floats(-9, -0.5))
def test_below_the_lower_bound_all_is_a_surprise(mean: float, spread: float, level: float) -> None:
    lower = ExpectedCount(mean, spread).lower(level)
    below = stats.nbinom(1 / spread, 1 / (1 + spread * mean)).logcdf([lower - 1, lower])
    assert below[0] / math.log(10) <= level + 1e-6
    assert below[1] / math.log(10) > level - 1e-6 or lower > mean


def test_bounds_at_levels_too_small_for_a_float() -> None:
    expected = ExpectedCount(1000, 0.02)
    upper = expected.upper(-400)
    assert expected.log_tail(upper) > -400 >= expected.log_tail(upper + 1)
    assert expected.lower(-400) == 0
    nothing = ExpectedCount(0.0, 0.02)
    assert (nothing.lower(-2), nothing.upper(-2)) == (0, 0)


def test_the_lower_bound() -> None:
    wanted = stats.nbinom(50, 50 / 150).ppf(0.025)
    assert abs(ExpectedCount(100, 0.02).lower(math.log10(0.025)) - wanted) <= 1
    assert ExpectedCount(0.5, 0.02).lower(-2) == 0


@settings(deadline=None)
@given(st.integers(1, 80), st.data())
def test_the_share_tail_is_the_beta_binomials(of: int, data: st.DataObject) -> None:
    observed = data.draw(st.integers(0, of))
    wanted = stats.betabinom(of, 6.5, 13.0).sf(observed - 1)
    found = 10 ** ExpectedShare(6.5, 13.0).log_tail(observed, of)
    assert found == pytest.approx(wanted, rel=1e-6)


def test_a_share_bound() -> None:
    expected = bursts.expected_share(400, 1000, 0.4)
    assert expected.share == pytest.approx(0.4)
    upper = expected.upper(30, -4)
    assert expected.log_tail(upper, 30) > -4 >= expected.log_tail(upper + 1, 30)
    assert ExpectedShare(1, 1).upper(3, -9) == 3


def test_nothing_ever_seen_expects_little_but_not_nothing() -> None:
    expected = bursts.expected_count([0] * 8, [0] * 8, 1 / 7, 0.02)
    assert 0 < expected.mean < 0.02
    assert expected.log_tail(1) > -3
    assert expected.log_tail(8) < -9


def test_small_counts_are_drawn_to_the_level_of_the_whole_weeks() -> None:
    by_hours_alone = 0.0
    expected = bursts.expected_count([0] * 8, [7] * 8, 1 / 7, 0.02)
    assert by_hours_alone < expected.mean < 1.0


def test_a_past_burst_hardly_changes_what_is_expected() -> None:
    quiet = bursts.expected_count([3] * 8, [20] * 8, 1 / 7, 0.02)
    after = bursts.expected_count([3] * 7 + [80], [20] * 7 + [100], 1 / 7, 0.02)
    assert after.mean < 1.3 * quiet.mean


def test_clustering_is_that_of_the_data() -> None:
    chance = random.Random(1)
    size = 10  # squared relative spread 0.1

    def count() -> int:
        rate = chance.gammavariate(size, 40 / size)
        return sum(chance.random() < rate / 1000 for _ in range(1000))

    series = [[count() for _ in range(8)] for _ in range(60)]
    assert bursts.clustering(series) == pytest.approx(0.1, abs=0.05)
    assert bursts.clustering([[0, 1, 0, 0]]) == bursts.MIN_CLUSTERING


def test_more_series_demand_a_rarer_event() -> None:
    assert bursts.log_level(1000, 365) == pytest.approx(math.log10(1 / (10 * 365_000)))
    assert bursts.log_level(100, 52) > bursts.log_level(1000, 52)
