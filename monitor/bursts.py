"""What past weeks led to expect, and how surprising it is that there is more. Pure arithmetic.

Counts: a negative binomial. Its mean is that of the same hours in past weeks, drawn towards the
series' own level spread over the city's usual hours, since eight small counts alone say little.
Its spread holds three things: chance (Poisson), how little the mean rests on, and that messages
come in clusters. Shares: a beta-binomial around the past share, drawn towards a wider series'.

All logarithms of probabilities are to base 10.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

MIN_CLUSTERING, MAX_CLUSTERING = 0.02, 0.25
"""Bounds for the estimated clustering: squared relative spread beyond chance. Even a very large
series varies by 14 % for reasons no model knows (weather, holidays)."""
LEVEL_WEIGHT = 4.0
"""The level over the usual hours counts as much as this many weeks of the same hours."""
SEEN_ANYWAY = 0.5
"""A series in which nothing was ever seen is expected to show this many in the whole past."""
TEMPER = 3.0
"""A past count is cut off this many spreads above the median: last month's burst must not teach
that bursts are usual."""
ROOM, SPREADS = 50, 9.0
"""Counts, and spreads, looked at first when a bound is sought."""
NOTHING, LARGE = 28.0, 600.0
"""e**-NOTHING of a probability is left out of it, and e**LARGE is as much as more."""
LOOKS_A_WINDOW = 10
"""Looks overlap: as many of those within the length of a window are as good as independent, however
often it is looked (tests/monitor/test_false_alarms.py)."""
SHARE_PRIOR = 10.0
"""How many messages the wider series' share counts as."""
LEAST_SHARE = 0.01
"""No wider series is taken for quite without, or quite full of, negative messages."""
SHARE_TRUST = 50.0
"""However long the past, a share is not trusted as if from more messages than this."""


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """A negative binomial. spread: squared relative spread beyond chance, > 0."""

    mean: float
    spread: float

    def log_tail(self, observed: int) -> float:
        """log of the probability of at least `observed`; 0 for none."""
        if observed <= 0:
            return 0.0
        size = 1 / self.spread
        if self.mean <= 0:
            return -math.inf
        part = self.mean / (self.mean + size)
        first = self._log(observed)
        # Terms grow up to the mode, then fall by less than `part` each.
        total = term = 1.0
        count = observed
        while term > total * 1e-12 or count < self.mean:
            term *= part * (count + size) / (count + 1)
            total += term
            count += 1
            if total > 1e250:  # far below the mean
                return 0.0
        return min(0.0, (first + math.log(total)) / math.log(10))

    @property
    def log_none(self) -> float:
        """log of the probability of no message at all."""
        return -math.log10(1 + self.mean * self.spread) / self.spread

    def upper(self, log_level: float) -> int:
        """The largest count that is no surprise, the mean or more: beyond it lies at most
        10**log_level."""
        first = int(self.mean) + 1
        if self.mean <= 0:
            return first - 1
        # From far out inwards, so that small tails are as exact as large ones.
        beyond = _sums(self._logs_from(first, log_level)[::-1], log_level)
        return first - 1 + int((beyond > 1).sum())

    def lower(self, log_level: float) -> int:
        """The smallest count that is no surprise: below it lies at most 10**log_level."""
        if self.mean <= 0:
            return 0
        below = _sums(self._logs(0, math.ceil(self.mean)), log_level)
        return int((below <= 1).sum())

    def _logs_from(self, first: int, log_level: float) -> NDArray[np.float64]:
        """Natural logarithms of the probabilities of `first`, beyond the mean, and the counts after
        it, up to where what is left is nothing beside 10**log_level."""
        many = ROOM + int(SPREADS * math.sqrt(self.mean + self.spread * self.mean**2))
        while True:
            logs = self._logs(first, many)
            if logs[-1] < log_level * math.log(10) - NOTHING:
                return logs
            many *= 2

    def _logs(self, first: int, many: int) -> NDArray[np.float64]:
        """Natural logarithms of the probabilities of so many counts from `first` on."""
        size = 1 / self.spread
        part = self.mean / (self.mean + size)
        logs = np.empty(many)
        logs[0] = self._log(first)
        before = np.arange(first, first + many - 1)
        logs[1:] = logs[0] + np.cumsum(np.log(part * (before + size) / (before + 1)))
        return logs

    def _log(self, count: int) -> float:
        """Natural logarithm of the probability of just this count."""
        size = 1 / self.spread
        part = self.mean / (self.mean + size)
        return (
            math.lgamma(count + size)
            - math.lgamma(size)
            - math.lgamma(count + 1)
            + size * math.log(1 - part)
            + count * math.log(part)
        )


@dataclass(frozen=True, slots=True)
class ExpectedShare:
    """A beta distribution of the share: as if from `with_it` + `without` messages."""

    with_it: float
    without: float

    @property
    def share(self) -> float:
        return self.with_it / (self.with_it + self.without)

    def log_tail(self, observed: int, of: int) -> float:
        """log of the probability of at least `observed` among `of` messages."""
        if observed <= 0:
            return 0.0
        logs = [self._log_of(count, of) for count in range(observed, of + 1)]
        most = max(logs)
        total = sum(math.exp(log - most) for log in logs)
        return min(0.0, (most + math.log(total)) / math.log(10))

    def upper(self, of: int, log_level: float) -> int:
        """The largest number among `of` messages that is no surprise."""
        surprising = range(1, of + 1)
        return next((n - 1 for n in surprising if self.log_tail(n, of) <= log_level), of)

    def _log_of(self, count: int, of: int) -> float:
        return (
            math.lgamma(of + 1)
            - math.lgamma(count + 1)
            - math.lgamma(of - count + 1)
            + _log_beta(count + self.with_it, of - count + self.without)
            - _log_beta(self.with_it, self.without)
        )


def expected_count(
    same_hours: Sequence[int], weeks: Sequence[int], usual_part: float, clustering: float
) -> ExpectedCount:
    """What to expect of a window.

    same_hours: the series' counts in the same hours of past weeks; weeks: its counts in the whole
    weeks, as many. usual_part: which part of a week's messages the city gets in these hours.
    clustering: see `clustering`.
    """
    level = sum(tempered(weeks, clustering)) + SEEN_ANYWAY
    by_level = level / len(weeks) * usual_part
    seen = sum(tempered(same_hours, clustering))
    mean = (seen + LEVEL_WEIGHT * by_level) / (len(same_hours) + LEVEL_WEIGHT)
    return ExpectedCount(mean, 1 / level + clustering)


def clustering(series: Sequence[Sequence[int]]) -> float:
    """How much more past counts vary than chance explains: the median over large enough series of
    (variance - mean) / mean². Each series: counts of the same hours in past weeks."""
    found = []
    for counts in series:
        mean = sum(counts) / len(counts)
        if len(counts) > 2 and mean >= 2:
            variance = sum((count - mean) ** 2 for count in counts) / (len(counts) - 1)
            found.append((variance - mean) / mean**2)
    return min(MAX_CLUSTERING, max(MIN_CLUSTERING, median(found))) if found else MIN_CLUSTERING


def tempered(counts: Sequence[int], clustering: float) -> list[float]:
    """The counts with past bursts cut off."""
    middle = float(median(counts))
    cut = middle + TEMPER * math.sqrt(middle + 1 + clustering * middle**2)
    return [min(float(count), cut) for count in counts]


def expected_share(with_it: int, of: int, wider_share: float) -> ExpectedShare:
    """What share to expect, from past messages and from the share in a wider series."""
    trust = min(1.0, SHARE_TRUST / of) if of else 1.0
    drawn = min(1 - LEAST_SHARE, max(LEAST_SHARE, wider_share)) * SHARE_PRIOR
    return ExpectedShare(with_it * trust + drawn, (of - with_it) * trust + SHARE_PRIOR - drawn)


def log_level(
    series: int,
    windows_a_year: float,
    false_alarms_a_year: float = 1.0,
    found: int = 0,
    looks: int = LOOKS_A_WINDOW,
) -> float:
    """How improbable a count must be, so that chance alone raises `false_alarms_a_year`.

    Every look tests every series; at one in a hundred a city would have false alarms every hour.
    found: matters that this look has found before. The next one may be so many times more probable:
    of all a look finds the same part is false then as of what quiet weeks raise (Benjamini and
    Hochberg, from the most surprising down; docs/decisions/0010-false-alarms.md). looks: of those within the length of a window, how many are as
    good as independent.
    """
    tests = max(1, series) * windows_a_year * looks
    return math.log10(false_alarms_a_year * min(found + 1, max(1, series)) / tests)


def _sums(logs: NDArray[np.float64], log_level: float) -> NDArray[np.float64]:
    """The sum up to each of these probabilities, as a multiple of 10**log_level."""
    multiples: NDArray[np.float64] = np.cumsum(
        np.exp(np.minimum(logs - log_level * math.log(10), LARGE))
    )
    return multiples


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
