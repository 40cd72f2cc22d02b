"""What the program and its benchmark reckon themselves, set against statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson
from statsmodels.discrete.discrete_model import NegativeBinomial

from benchmarks import surveillance
from monitor.many_series import clustering_of

ALPHA, YEARS, BESIDE, LEFT_OUT = 0.005, 5, 3, 26
"""Of Farrington's method as Noufaily et al. improved it (Statistics in Medicine 32:1206): 99.5 %,
five years back, three weeks on either side, the last half year left out."""


def past_weeks(counts: NDArray[np.int64], now: int) -> pd.DataFrame:
    """Weeks of the past with their level of the year: the first is that of the week judged, the
    others are nine parts of what remains of the year."""
    weeks = list(range(max(0, now - YEARS * 52 - BESIDE), now - LEFT_OUT))
    levels = []
    for week in weeks:
        after = (week - now - BESIDE - 1) % 52  # weeks after the first level ends
        levels.append(0 if after >= 45 else 1 + after * 9 // 45)
    ago = [(week - now) / 52 for week in weeks]
    return pd.DataFrame({"count": counts[weeks], "ago": ago, "level": levels})


def fitted(past: pd.DataFrame, weights: NDArray[np.float64]) -> sm.genmod.GLMResultsWrapper:
    model = smf.glm(
        "count ~ ago + C(level)", past, family=sm.families.Poisson(), var_weights=weights
    )
    return model.fit(scale="X2", tol=1e-10)


def reference_bound(counts: NDArray[np.int64], now: int) -> float:
    past = past_weeks(counts, now)
    seen, weights = past["count"].to_numpy(), np.ones(len(past))
    for _ in range(2):
        found = fitted(past, weights)
        mean, hat = found.mu, found.get_hat_matrix_diag(observed=False)
        residual = 1.5 * (np.cbrt(seen) ** 2 - np.cbrt(mean) ** 2) / mean ** (1 / 6)
        residual /= np.sqrt(max(1.0, found.scale) * (1 - hat))
        weights = np.where(residual > 2.58, 1 / np.maximum(residual, 1) ** 2, 1.0)
        weights *= len(weights) / weights.sum()
    found = fitted(past, weights)
    at = float(found.predict(pd.DataFrame({"ago": [0.0], "level": [0]})).iloc[0])
    spread = max(1.0, found.scale)
    if spread == 1:
        return float(poisson.ppf(1 - ALPHA, at))
    return float(nbinom.ppf(1 - ALPHA, at / (spread - 1), 1 / spread))


@pytest.mark.parametrize("scenario", surveillance.SCENARIOS[2::5])
def test_farrington_raises_what_statsmodels_would(scenario: tuple[float, ...]) -> None:
    chance = np.random.default_rng(17)
    counts = surveillance.make(chance, scenario, surveillance.WEEKS, 8, daily=False).counts
    rows = list(range(surveillance.WEEKS - 60, surveillance.WEEKS, 4))
    for row in rows:
        bound, before = reference_bound(counts, row), counts[row]
        for count, alarm in ((bound, False), (bound + 1, True)):
            counts[row] = count
            enough = counts[row - 3 : row + 1].sum() >= 5
            raised = surveillance.farrington(counts[: row + 1], row)
            assert raised.tolist() == [alarm and enough]
        counts[row] = before


def test_the_quasi_poisson_regression_is_that_of_statsmodels() -> None:
    chance = np.random.default_rng(3)
    columns = np.column_stack([np.ones(150), np.linspace(-3, 0, 150), chance.random(150)])
    mean = np.exp(columns @ np.array([1.2, 0.2, 0.6]))
    counts = chance.negative_binomial(mean, 0.5)
    weights = chance.uniform(0.3, 1.5, 150)
    ours = surveillance._fit(columns, counts, weights)
    theirs = sm.GLM(counts, columns, sm.families.Poisson(), var_weights=weights).fit(scale="X2")
    assert ours.coefficients == pytest.approx(theirs.params, abs=1e-6)
    assert ours.mean == pytest.approx(theirs.mu, rel=1e-6)
    assert ours.spread == pytest.approx(theirs.scale, rel=1e-6)
    assert ours.hat == pytest.approx(theirs.get_hat_matrix_diag(observed=False), rel=1e-5)


@pytest.mark.parametrize("clustering", [0.06, 0.12, 0.2])
def test_clustering_is_about_what_the_likelihood_says(clustering: float) -> None:
    """The program takes the median over series of a variance of eight weeks: less exact than the
    greatest likelihood, and not led astray by a few wild series."""
    chance = np.random.default_rng(11)
    counts = chance.negative_binomial(1 / clustering, 1 / (1 + 25 * clustering), size=(8, 500))
    model = NegativeBinomial(counts.reshape(-1), np.ones(counts.size))
    [_, likely] = model.fit(disp=False).params
    assert clustering_of(counts.astype(float)) == pytest.approx(likely, rel=0.25)
