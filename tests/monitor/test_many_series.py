"""What is worked out for thousands of series at once is what one series alone would get."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.baseline import HOUR, PastWeeks
from monitor.bursts import ExpectedCount, clustering, expected_count, expected_share
from monitor.many_series import clustering_of, expected_counts, least_shares, may_surprise

COUNTS = st.integers(3, 8).flatmap(
    lambda weeks: st.lists(
        st.tuples(
            st.lists(st.integers(0, 60), min_size=weeks, max_size=weeks),
            st.lists(st.integers(0, 60), min_size=weeks, max_size=weeks),
        ),
        min_size=1,
        max_size=6,
    )
)


@settings(deadline=None)
@given(COUNTS, st.floats(0.001, 1))
def test_each_series_is_expected_as_if_alone(
    made: list[tuple[list[int], list[int]]], part: float
) -> None:
    same = np.array([hours for hours, _ in made], dtype=float).T
    weeks = np.array([[a + b for a, b in zip(*one, strict=True)] for one in made], dtype=float).T
    together = clustering_of(same)
    assert together == pytest.approx(clustering([hours for hours, _ in made]))
    mean, spread = expected_counts(same, weeks, part, together)
    for place in range(len(made)):
        hours = [int(n) for n in same[:, place]]
        alone = expected_count(hours, [int(n) for n in weeks[:, place]], part, together)
        assert (mean[place], spread[place]) == pytest.approx((alone.mean, alone.spread))


@settings(deadline=None, max_examples=300)
@given(st.floats(0.001, 2000), st.floats(0.02, 5), st.integers(1, 3000))
def test_what_is_not_tested_exactly_would_not_have_surprised(
    mean: float, spread: float, observed: int
) -> None:
    one = np.array([observed], dtype=float)
    if not may_surprise(one, np.array([mean]), np.array([spread]))[0]:
        assert ExpectedCount(mean, spread).log_tail(observed) > math.log10(0.005)


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(0, 500), st.floats(0, 1))
def test_no_share_is_expected_smaller_than_the_least(
    negative: int, others: int, wider: float
) -> None:
    [least] = least_shares(np.array([float(negative)]), np.array([float(negative + others)]))
    assert expected_share(negative, negative + others, wider).share >= least


def test_hours_taken_in_part_do_not_make_a_city_seem_more_even() -> None:
    """A quarter and three quarters of two hours vary less by chance than a whole one."""
    chance = np.random.default_rng(5)
    noise, length = 0.12, 3
    mean = chance.gamma(1 / noise, 4 * noise, size=(8, 3000))
    hours = chance.poisson(mean / length, size=(length + 1, 8, 3000)).astype(float)
    whole = hours[:length].sum(axis=0)
    cut = hours[:length].sum(axis=0) - 0.5 * hours[0] + 0.5 * hours[length]
    began = datetime(2026, 11, 2, tzinfo=UTC)
    past = PastWeeks({}, (), whole, whole[0], lambda *_: (whole, whole), began)
    assert past.chance_left(began, 3 * HOUR) == 1
    left = past.chance_left(began + HOUR / 2, 3 * HOUR)
    assert clustering_of(cut, left) == pytest.approx(clustering_of(whole), abs=0.015)
    assert clustering_of(cut) < clustering_of(whole) - 0.03
