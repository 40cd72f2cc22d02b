"""Made-up series of weekly and daily counts with outbreaks of known size, in the manner of Noufaily
et al. 2013 and Enki et al. 2016, and the detectors they are given to.

A series is a negative binomial around exp(level + trend + season); a day also has a weekday. An
outbreak of size k adds Poisson(k standard deviations) cases, spread by a lognormal in time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from monitor.bursts import MIN_CLUSTERING, clustering, expected_count
from monitor.series import SeriesWatch

Counts = NDArray[np.int64]
Alarms = NDArray[np.bool_]
Detector = Callable[[Counts, int], Alarms]
"""Counts and the first row to judge → which rows from there on are alarms; a row is judged by what
came before it."""

WEEKS, DAYS = 624, 3 * 364
SCENARIOS = [
    (level, trend, season, spread)
    for level in (0.1, 1.5, 3.0)
    for trend in (0.0, 0.0015)
    for season in (0.0, 0.5)
    for spread in (1.1, 2.5)
]
"""Logarithm of the mean at the beginning; growth a week; amplitude of the year; variance/mean."""
WEEKDAYS = np.log([1.25, 1.15, 1.1, 1.1, 1.05, 0.7, 0.65])
ALPHA = 0.005
FIRST = datetime(2014, 1, 6, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Made:
    """begins, ends: rows of the outbreak, the last one included; none: an empty range."""

    counts: Counts
    outbreak: range


def make(
    chance: np.random.Generator, scenario: tuple[float, ...], rows: int, size: float, daily: bool
) -> Made:
    """One series; the outbreak lies in its last year."""
    level, trend, season, spread = scenario
    row = np.arange(rows)
    year = 364 if daily else 52
    mean = level + trend * row * (52 / year) + season * np.cos(2 * np.pi * row / year)
    mean = np.exp(mean + (WEEKDAYS[row % 7] if daily else 0))
    counts = chance.negative_binomial(mean / (spread - 1), 1 / spread).astype(np.int64)
    if not size:
        return Made(counts, range(0))
    begins = int(chance.integers(rows - year + 3, rows - 12))
    cases = max(1, int(chance.poisson(size * math.sqrt(mean[begins] * spread))))
    places = begins + chance.lognormal(0, 0.5, cases).astype(int)
    np.add.at(counts, np.minimum(places, rows - 1), 1)
    return Made(counts, range(begins, min(rows, int(places.max()) + 1)))


def one_series(step: timedelta) -> Detector:
    """flask monitor bursts."""

    def detect(counts: Counts, first: int) -> Alarms:
        watch = SeriesWatch()
        scores = [
            watch.judge(FIRST + row * step, int(n)).score for row, n in enumerate(counts.tolist())
        ]
        return np.array(scores[first:]) >= 0.5

    return detect


def city_watch(every: int) -> Detector:
    """The bound of the city's watch, at ALPHA: eight past rows of the same weekday."""

    def detect(counts: Counts, first: int) -> Alarms:
        return np.array([_city(counts, row, every) for row in range(first, len(counts))])

    return detect


def _city(counts: Counts, row: int, every: int) -> bool:
    same = [int(counts[row - ago * every]) for ago in range(1, 9)]
    weeks = [
        int(counts[row - ago * every - every + 1 : row - ago * every + 1].sum())
        for ago in range(1, 9)
    ]
    usual = sum(same) / max(1, sum(weeks))
    expected = expected_count(same, weeks, usual, max(MIN_CLUSTERING, clustering([same])))
    now = int(counts[row])
    return now > expected.mean and now >= 5 and expected.log_tail(now) <= math.log10(ALPHA)


def ears(version: int) -> Detector:
    """EARS C1, C2 (two rows left out before the one judged) and C3 (three C2 added up)."""

    def excess(counts: Counts, row: int) -> float:
        lag = 0 if version == 1 else 2
        past = counts[row - 7 - lag : row - lag]
        return float((counts[row] - past.mean()) / max(past.std(ddof=1), 0.2))

    def detect(counts: Counts, first: int) -> Alarms:
        rows = range(first, len(counts))
        if version < 3:
            return np.array([excess(counts, row) > 3 for row in rows])
        return np.array(
            [sum(max(0.0, excess(counts, row - ago) - 1) for ago in range(3)) > 2 for row in rows]
        )

    return detect


def ratio(counts: Counts, first: int) -> Alarms:
    """ElastAlert's spike: this window three times the one before; nothing before passes too."""
    return np.array([counts[row] >= 3 * counts[row - 1] for row in range(first, len(counts))])


def farrington(counts: Counts, first: int) -> Alarms:
    """Farrington's method as improved by Noufaily et al.: weekly counts of five years."""
    return np.array([_farrington(counts, row) for row in range(first, len(counts))])


def _farrington(counts: Counts, row: int) -> bool:
    past = np.arange(max(0, row - 5 * 52 - 3), row - 26)
    wanted = counts[past]
    if counts[row - 3 : row + 1].sum() < 5:
        return False
    factor = _season_factor(row, past)
    columns = np.column_stack([np.ones(len(past)), (past - row) / 52, factor[:, 1:]])
    now = np.zeros(columns.shape[1])
    now[0] = 1.0
    weights = np.ones(len(past))
    for _ in range(2):
        found = _fit(columns, wanted, weights)
        mean, spread, hat = found.mean, found.spread, found.hat
        residual = (
            1.5
            * (wanted ** (2 / 3) - mean ** (2 / 3))
            / (mean ** (1 / 6))
            / np.sqrt(spread * (1 - hat))
        )
        weights = np.where(residual > 2.58, np.maximum(residual, 1.0) ** -2.0, 1.0)
        weights *= len(weights) / weights.sum()
    found = _fit(columns, wanted, weights)
    at = float(np.exp(now @ found.coefficients))
    bound = (
        poisson.isf(ALPHA, at)
        if found.spread <= 1
        else nbinom.isf(ALPHA, at / (found.spread - 1), 1 / found.spread)
    )
    return bool(counts[row] > bound)


@dataclass(frozen=True, slots=True)
class _Fit:
    coefficients: NDArray[np.float64]
    mean: NDArray[np.float64]
    hat: NDArray[np.float64]
    spread: float


def _fit(columns: NDArray[np.float64], wanted: Counts, weights: NDArray[np.float64]) -> _Fit:
    """Quasi-Poisson regression by reweighted least squares."""
    mean = wanted + 0.5
    for _ in range(8):
        working = np.log(mean) + (wanted - mean) / mean
        scaled = columns * np.sqrt(weights * mean)[:, None]
        inverse = np.linalg.pinv(scaled.T @ scaled)
        coefficients = inverse @ (columns.T @ (weights * mean * working))
        mean = np.exp(np.clip(columns @ coefficients, -10, 15))
    hat = np.clip(np.einsum("ij,jk,ik->i", scaled, inverse, scaled), 0, 0.99)
    spread = (weights * (wanted - mean) ** 2 / mean).sum() / (len(wanted) - columns.shape[1])
    return _Fit(coefficients, mean, hat, max(1.0, float(spread)))


def _season_factor(row: int, past: NDArray[np.int64]) -> NDArray[np.float64]:
    """Ten levels of the year; the first is the seven weeks around the week judged."""
    away = (past - row + 26) % 52 - 26
    level = np.where(np.abs(away) <= 3, 0, 1 + ((away % 52) - 4) * 9 // 45)
    return np.eye(10)[np.clip(level, 0, 9)]


def detectors(daily: bool) -> dict[str, Detector]:
    """By name, ours first."""
    step = timedelta(days=1 if daily else 7)
    found: dict[str, Detector] = {
        "flask monitor bursts": one_series(step),
        "bound of the city's watch": city_watch(7 if daily else 1),
        "EARS C1": ears(1),
        "EARS C2": ears(2),
        "EARS C3": ears(3),
        "ratio of two windows": ratio,
    }
    if not daily:
        found["Farrington improved"] = farrington
    return found


def summary(made: Sequence[Made], alarms: Sequence[Alarms], first: int) -> dict[str, float | None]:
    """Of series with an outbreak each: how many were seen, and how many rows after its begin."""
    delays = []
    for one, raised in zip(made, alarms, strict=True):
        during = [row for row in one.outbreak if raised[row - first]]
        delays += [during[0] - one.outbreak.start] if during else []
    return {
        "detected": round(len(delays) / len(made), 3),
        "mean_delay_rows": round(float(np.mean(delays)), 2) if delays else None,
    }
