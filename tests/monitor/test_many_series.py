"""What is worked out for thousands of series at once is what one series alone would get."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.bursts import ExpectedCount, clustering, expected_count
from monitor.many_series import clustering_of, expected_counts, may_surprise

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
