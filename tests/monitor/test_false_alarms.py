"""How many alarms chance raises: at most as many as are allowed, and of many at once at most that part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import poisson

from monitor.baseline import HOUR, WEEKS, Window
from monitor.bursts import LOOKS_A_WINDOW, ExpectedCount, log_level
from monitor.findings import COUNT, Finding, Findings, Rule
from monitor.tallies import Counted, Series

TOPICS = [(f"T{n}", f"T{n}{m}") for n, m in product(range(8), range(5))]
DISTRICTS = [f"D{n}" for n in range(12)]
LEAVES = list(product(TOPICS, DISTRICTS))
ALL = [
    Series(topic, district)
    for topic in [(), *sorted({one[:1] for one in TOPICS}), *TOPICS]
    for district in ["", *DISTRICTS]
]
PLACES = {series: place for place, series in enumerate(ALL)}
RULE = Rule("surge-3h", COUNT, timedelta(hours=3), 6)
ALLOWED = 0.1
"""Of the looks that quiet weeks have, and of the alarms of a look: so many may be false."""
LOOKS = 60
Numbers = NDArray[np.float64]


def in_series() -> Numbers:
    """Times the counts of each topic in each district, the counts of all series."""
    found = np.zeros((len(ALL), len(LEAVES)))
    for leaf, (topic, district) in enumerate(LEAVES):
        for path, place in product(((), topic[:1], topic), ("", district)):
            found[PLACES[Series(path, place)], leaf] = 1
    return found


IN_SERIES = in_series()


@dataclass(frozen=True, slots=True)
class Look:
    window: Window
    bursts: tuple[Series, ...]


def look(chance: np.random.Generator, bursts: int, minutes: int = 0, storm: float = 1.0) -> Look:
    """A window of three hours and its past, of messages that come in clusters. minutes: by which
    the window is off the full hour, and its past taken in part. storm: how many times as many
    messages come everywhere."""
    usual = 0.9 / (1 + np.arange(len(LEAVES)) / 20)
    lively = chance.gamma(20, 1 / 20, size=(WEEKS + 1, 4, len(LEAVES)))
    hours = chance.poisson(
        usual / 3 * lively * np.where(np.arange(9) == 8, storm, 1)[:, None, None]
    )
    cut = minutes / 60
    weights = np.array([1 - cut, 1, 1, cut])
    past = np.einsum("whl,h->wl", hours[:WEEKS], weights)
    now = hours[WEEKS, :3].sum(axis=0).astype(float)
    where = chance.choice(len(LEAVES), bursts, replace=False)
    now[where] += chance.integers(15, 40, bursts)
    weeks = past + chance.poisson(usual * 20 * chance.gamma(20, 1 / 20, size=past.shape))
    past, weeks = past @ IN_SERIES.T, weeks @ IN_SERIES.T
    counted = Counted(PLACES, IN_SERIES @ now, np.zeros(len(ALL)))
    end = datetime(2026, 11, 20, 12, tzinfo=UTC)
    window = Window(
        end - RULE.length,
        end,
        counted,
        PLACES,
        past,
        weeks,
        weeks.sum(axis=0),
        np.zeros(len(ALL)),
        1 - 2 * cut * (1 - cut) * (HOUR / RULE.length),
    )
    return Look(window, tuple(Series(*LEAVES[place]) for place in where))


def found_in(window: Window) -> list[Finding]:
    """By a rule that allows a look so many false alarms, not a year."""
    a_year = ALLOWED * RULE.windows_a_year * LOOKS_A_WINDOW
    return list(Findings(RULE, window, false_alarms_a_year=a_year).take())


def is_false(finding: Finding, bursts: tuple[Series, ...]) -> bool:
    return not any(finding.series.meets(one) == one for one in bursts)


@pytest.mark.parametrize("minutes", [0, 30])
@pytest.mark.parametrize("bursts", [0, 12])
def test_of_what_a_look_finds_the_allowed_part_is_false(bursts: int, minutes: int) -> None:
    chance = np.random.default_rng(100 + bursts + minutes)
    parts, missed = [], 0
    for _ in range(LOOKS):
        one = look(chance, bursts, minutes)
        found = found_in(one.window)
        false = sum(is_false(finding, one.bursts) for finding in found)
        parts.append(false / max(1, len(found)))
        missed += sum(
            not any(finding.series.meets(burst) == burst for finding in found)
            for burst in one.bursts
        )
    assert np.mean(parts) <= ALLOWED
    assert missed <= 0.02 * LOOKS * bursts


def test_what_comes_everywhere_at_once_is_one_matter() -> None:
    chance = np.random.default_rng(9)
    for _ in range(20):
        first, *others = found_in(look(chance, 0, storm=3.0).window)
        assert first.series == Series()
        assert len(others) <= 3


def test_the_next_matter_may_be_as_many_times_more_probable_as_were_found() -> None:
    assert log_level(5000, 365, found=9) == pytest.approx(log_level(5000, 365) + 1)
    assert log_level(5, 365, found=9) == pytest.approx(log_level(5, 365) + np.log10(5))


@pytest.mark.parametrize("mean", [0.1, 1, 10, 100, 1000, 10_000])
def test_no_bound_is_near_what_is_usual(mean: float) -> None:
    """An effect size of its own is not needed: the least clustering gives one."""
    loosest = log_level(1, 52)
    assert ExpectedCount(mean, 0.02).upper(loosest) >= 1.4 * mean


@pytest.mark.parametrize(("mean", "count"), [(0.3, 5), (1, 8), (5, 16)])
def test_looks_of_a_window_are_as_good_as_no_more_independent_ones(mean: float, count: int) -> None:
    """Looked at whenever a message comes, by chance; what shows again within 16 windows is one."""
    chance, messages = np.random.default_rng(7), 1_000_000
    windows = messages / mean
    times = np.sort(chance.random(messages) * windows)
    ago = np.concatenate([np.full(count - 1, -np.inf), times[: 1 - count]])
    shown = times[times - ago <= 1]
    episodes = 1 + np.count_nonzero(np.diff(shown) > 16)
    one_look = windows * poisson.sf(count - 1, mean)
    assert 2 * one_look <= episodes <= LOOKS_A_WINDOW * one_look
