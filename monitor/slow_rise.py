"""What rises slowly: day by day a little more than usual, until together it is no chance any more.

Of nine weeks the first five say what a day usually brings, by weekday; over the last four the
standardised residuals are added up, less what chance may add a day, and never below none: a cumulative
sum. Where it last stood at none the rise began. How improbable it is says the sum of messages since
then, not the height of the cumulative sum: the weeks that say what is usual are few, and their error
is the same on every day. Nothing is remembered: all of it is worked out anew from the table of hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from monitor.alike_days import FRIDAY, SUNDAY, Works, works_on_weekdays
from monitor.baseline import MIN_WEEKS
from monitor.bursts import ExpectedCount, log_level
from monitor.findings import COUNT, Finding, Rule, narrowest
from monitor.hour_table import HourTable
from monitor.many_series import Numbers, clustering_of, expected_counts, may_surprise
from monitor.tallies import CITY, Series

SLOW_RISE = Rule("slow-rise", COUNT, timedelta(days=28), 12)
"""Its length is the longest: that of a finding begins where the rise began."""
USUAL_WEEKS, RISING_DAYS = 5, 28
ALLOWANCE = 0.5
"""What chance may add a day to the cumulative sum, in standard deviations."""
CUT = 3.0
"""A day counts for no more than so many standard deviations above what is usual: one day, however
extraordinary, is a sudden rise, and other rules tell of it."""
LEAST_DRIFT = 0.005
"""Squared relative spread of a level from weeks to weeks: it drifts by 7 % for reasons no model knows."""
LEAST_RATIO = 1.5
"""So many times as many as usual must come. Less is the season, and nothing to call anybody for."""
LOOKS = 5
"""A night tests every beginning of the last weeks: as many as so many independent ones
(tests/monitor/test_slow_rise.py)."""
LEAST_MEAN = 0.001
NIGHTS_A_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class Days:
    """Nine weeks of whole days, a row a day, a column a series. starts: of each day, and the end of the
    last. kinds: the weekday each is alike. ordinary: whether that is its own weekday."""

    names: Mapping[Series, int]
    starts: tuple[datetime, ...]
    counts: Numbers
    negatives: Numbers
    kinds: tuple[int, ...]
    ordinary: tuple[bool, ...]


def days_of(table: HourTable, zone: ZoneInfo, works: Works = works_on_weekdays) -> Days:
    """The days that end with the table, from its hour to the same hour of the city's clock."""
    number = USUAL_WEEKS * 7 + RISING_DAYS
    end = table.end.astimezone(zone)
    starts = tuple((end - timedelta(days=number - n)).astimezone(UTC) for n in range(number + 1))
    found = [table.between(*starts[n : n + 2]) for n in range(number)]
    # Of weeks, more by one channel is people's habit, and where all rises it shows in the topic.
    names = [series for series in table.names if not series.channel]
    places = [table.names[series] for series in names]
    dates = [start.astimezone(zone).date() for start in starts[:-1]]
    return Days(
        {series: place for place, series in enumerate(names)},
        starts,
        np.array([counts[places] for counts, _ in found]),
        np.array([negatives[places] for _, negatives in found]),
        tuple(_alike(day, works) for day in dates),
        tuple(works(day) == works_on_weekdays(day) for day in dates),
    )


class Rises:
    """The rises that stand at the end of the last day, and what is left when some are explained."""

    def __init__(self, days: Days, mean: Numbers, spread: Numbers, clustering: float) -> None:
        """mean: of each rising day and series. spread: of each series, as expected_counts gives it."""
        self._names, self._series = days.names, list(days.names)
        self._starts = days.starts[-RISING_DAYS - 1 :]
        self._counts, self._negatives = days.counts[-RISING_DAYS:], days.negatives[-RISING_DAYS:]
        self._left = self._counts.copy()
        self._mean, self._clustering = mean, clustering
        self._little = spread - clustering + LEAST_DRIFT
        self._deviation = np.sqrt(mean + spread * mean**2)
        self._cut = np.floor(mean + CUT * np.sqrt(mean + 1 + spread * mean**2))

    @classmethod
    def of(cls, days: Days) -> Rises | None:
        """None when too few weeks were recorded to expect anything."""
        expected = _expected(days)
        return None if expected is None else cls(days, *expected)

    def take(self, false_alarms_a_year: float = 1.0) -> list[Finding]:
        """Findings, the most surprising first, each explained before the next is sought.
        false_alarms_a_year: what chance alone may raise."""
        taken: list[Finding] = []
        while True:
            found = self.beyond(self._level(len(taken), false_alarms_a_year))
            if not found:
                return taken
            chosen = narrowest(min(found, key=lambda one: (one.log_chance, one.series)), found)
            taken.append(chosen)
            self.explain(chosen.series, self._starts[-1] - chosen.rule.length, self._starts[-1])

    def beyond(self, log_level: float) -> list[Finding]:
        """Every series whose rise is as improbable."""
        return [
            finding
            for place, first in self._worth_testing()
            if (finding := self._test(place, first, self._left, log_level))
        ]

    def explain(self, series: Series, start: datetime, end: datetime) -> None:
        """Take what a series has beyond what is usual, on the days from `start` to `end`, off every
        series that shares messages with it."""
        rows = slice(self._row(start), self._row(end) + 1)
        beyond = self._left[rows] - self._mean[rows]
        for other, place in self._names.items():
            shared = series.meets(other)
            known = None if shared is None else self._names.get(shared)
            if known is not None and beyond[:, known].sum() > 0:
                self._left[rows, place] -= beyond[:, known]

    def stands(self, series: Series, start: datetime) -> Finding | None:
        """The rise of a series that began then, if it is still one, whatever was explained."""
        place = self._names.get(series)
        if place is None:
            return None
        return self._test(place, self._row(start), self._counts, self._level(0, 1.0))

    def _row(self, at: datetime) -> int:
        """The day a time lies on; the first for all before it, the last for all after it."""
        day = sum(start <= at for start in self._starts) - 1
        return min(RISING_DAYS - 1, max(0, day))

    def _level(self, found: int, false_alarms_a_year: float) -> float:
        return log_level(len(self._names), NIGHTS_A_YEAR, false_alarms_a_year, found, LOOKS)

    def _worth_testing(self) -> list[tuple[int, int]]:
        """Places of the series whose sum since their rise began may be a surprise, and the day of it."""
        cut = np.minimum(self._left, self._cut)
        residuals = (cut - self._mean) / self._deviation
        height, began = np.zeros(len(self._series)), np.zeros(len(self._series), dtype=np.int64)
        for day, residual in enumerate(residuals, start=1):
            height = np.maximum(0.0, height + residual - ALLOWANCE)
            began[height == 0] = day
        seen, usual = _since(cut, began), _since(self._mean, began)
        worth = (
            (height > 0)
            & (seen >= SLOW_RISE.minimum)
            & (seen >= LEAST_RATIO * usual)
            & may_surprise(seen, usual, self._little)
        )
        places = np.flatnonzero(worth)
        return list(zip(places.tolist(), began[places].tolist(), strict=True))

    def _test(self, place: int, first: int, left: Numbers, level: float) -> Finding | None:
        days = RISING_DAYS - first
        usual = float(self._mean[first:, place].sum())
        seen = int(np.minimum(left, self._cut)[first:, place].sum())
        if seen < max(SLOW_RISE.minimum, LEAST_RATIO * usual):
            return None
        expected = ExpectedCount(usual, float(self._little[place]) + self._clustering / days)
        chance = expected.log_tail(seen)
        if chance > level:
            return None
        count = int(self._counts[first:, place].sum())
        return Finding(
            replace(SLOW_RISE, length=self._starts[-1] - self._starts[first]),
            self._series[place],
            count,
            usual,
            max(expected.upper(level), LEAST_RATIO * usual),
            count - usual,
            chance,
            count,
            int(self._negatives[first:, place].sum()),
        )


def _expected(days: Days) -> tuple[Numbers, Numbers, float] | None:
    """Mean of each rising day and series, spread of each series, and the clustering of days."""
    usual = days.counts[: USUAL_WEEKS * 7]
    weeks = usual.reshape(USUAL_WEEKS, 7, -1).sum(axis=1)
    city = days.names.get(CITY)
    if city is None:
        return None
    recorded = weeks[:, city] > 0
    if np.count_nonzero(recorded) < MIN_WEEKS:
        return None
    of_kind = {kind: _days_alike(days, kind, np.repeat(recorded, 7)) for kind in set(days.kinds)}
    clustering = float(np.median([clustering_of(usual[rows]) for rows in of_kind.values()]))
    weeks = weeks[recorded]
    means, spread = {}, np.zeros(len(days.names))
    for kind, rows in of_kind.items():
        part = float(usual[rows, city].mean() / weeks[:, city].mean())
        mean, spread = expected_counts(usual[rows], weeks, part, clustering)
        means[kind] = np.maximum(mean, LEAST_MEAN)
    return np.array([means[kind] for kind in days.kinds[-RISING_DAYS:]]), spread, clustering


def _days_alike(days: Days, kind: int, recorded: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the usual days are of a kind; all ordinary ones where these are too few."""
    number = USUAL_WEEKS * 7
    ordinary = recorded & np.array(days.ordinary[:number])
    alike: NDArray[np.bool_] = ordinary & (np.array(days.kinds[:number]) == kind)
    if np.count_nonzero(alike) >= MIN_WEEKS:
        return alike
    return ordinary if np.count_nonzero(ordinary) >= MIN_WEEKS else recorded


def _since(rows: Numbers, began: NDArray[np.int64]) -> Numbers:
    """The sum of each column from a row of its own on."""
    sums = np.zeros((len(rows) + 1, rows.shape[1]))
    sums[:-1] = rows[::-1].cumsum(axis=0)[::-1]
    found: Numbers = sums[began, np.arange(rows.shape[1])]
    return found


def _alike(day: date, works: Works) -> int:
    """The weekday a day is alike: a holiday a Sunday, a make-up day a Friday."""
    if works(day) == works_on_weekdays(day):
        return day.weekday()
    return FRIDAY if works(day) else SUNDAY
