"""The arithmetic of monitor/bursts.py for thousands of series at once: a row a past week, a column a
series."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.bursts import (
    LEAST_SHARE,
    LEVEL_WEIGHT,
    MAX_CLUSTERING,
    MIN_CLUSTERING,
    SEEN_ANYWAY,
    SHARE_PRIOR,
    SHARE_TRUST,
    TEMPER,
)

Numbers = NDArray[np.float64]
NOT_SURPRISING = 2.0
"""A count that lies fewer spreads than these above its mean is never beyond a bound: chance gives one
as large more often than once in two hundred times (tests/monitor/test_many_series.py)."""

ROUNDING = 1e-9
"""What two ways to the same number may differ by."""


def expected_counts(
    same_hours: Numbers, weeks: Numbers, usual_part: float, clustering: float
) -> tuple[Numbers, Numbers]:
    """Mean and spread of each series, as bursts.expected_count gives them for one."""
    whole = tempered_counts(weeks, clustering).sum(axis=0)
    level = whole + SEEN_ANYWAY
    by_level = level / len(weeks) * usual_part
    same = same_hours is weeks
    seen = whole if same else tempered_counts(same_hours, clustering).sum(axis=0)
    mean = (seen + LEVEL_WEIGHT * by_level) / (len(same_hours) + LEVEL_WEIGHT)
    return mean, 1 / level + clustering


def clustering_of(same_hours: Numbers, chance_left: float = 1.0) -> float:
    """As bursts.clustering. chance_left: see baseline.PastWeeks."""
    weeks = len(same_hours)
    mean = same_hours.mean(axis=0)
    large = same_hours[:, mean >= 2]
    if weeks <= 2 or not large.size:
        return MIN_CLUSTERING
    mean = mean[mean >= 2]
    variance = ((large - mean) ** 2).sum(axis=0) / (weeks - 1)
    found = float(np.median((variance - chance_left * mean) / mean**2))
    return min(MAX_CLUSTERING, max(MIN_CLUSTERING, found))


def tempered_counts(counts: Numbers, clustering: float) -> Numbers:
    """As bursts.tempered, of each column."""
    # Half of two rows: np.median takes ten times longer.
    in_order, half = np.sort(counts, axis=0), len(counts) // 2
    middle = (in_order[half] + in_order[-half - 1]) / 2
    cut: Numbers = middle + TEMPER * np.sqrt(middle + 1 + clustering * middle**2)
    return np.minimum(counts, cut)


def least_shares(with_it: Numbers, of: Numbers) -> Numbers:
    """Shares no larger than bursts.expected_share gives, whatever the wider series' share is."""
    trust = np.minimum(1.0, SHARE_TRUST / np.maximum(of, 1))
    least: Numbers = (with_it * trust + LEAST_SHARE * SHARE_PRIOR) / (of * trust + SHARE_PRIOR)
    return least - ROUNDING


def may_surprise(observed: Numbers, mean: Numbers, spread: Numbers) -> NDArray[np.bool_]:
    """Which counts are worth the exact test."""
    return observed > mean + NOT_SURPRISING * np.sqrt(mean + spread * mean**2)
