"""How much will come in the next weeks. Pure arithmetic on counts a day.

A week's count is its load times the level of the series. The load says how many working days the week has
for its days of rest, by how much less comes on those; the level is what came lately for its load, each
week half as much as one four weeks later. The interval is a negative binomial, as wide as the same
forecasts of past weeks were wrong beyond chance. Beside it stands "the same as last week".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS_AHEAD = 4
LEAST_WEEKS = 6
"""Nothing is forecast from fewer."""
MOST_WEEKS = 52
HALF_LIFE = 4.0
TRIED = 12
"""The past weeks the forecast is tried on to see how wrong it is."""
COVERAGE = 0.9
LEAST_SPREAD, MOST_SPREAD = 0.002, 2.0
"""Squared relative error beyond chance: no series is surer than 4 or 5 %, whatever a few weeks say."""
OWN_WEIGHT = 6.0
"""A series' own errors count as much as the city's once it was tried so often."""
WEEK = timedelta(7)


@dataclass(frozen=True, slots=True)
class WeekForecast:
    """One week (from `monday`) of one series. low, high: nine of ten such weeks lie between, both
    included. naive: what came in the last week before the forecast was made."""

    monday: date
    ahead: int
    mean: float
    low: int
    high: int
    naive: int


@dataclass(frozen=True, slots=True)
class DailySeries:
    """first: the first day. counts: of each day from then on."""

    first: date
    counts: Sequence[int]

    def week(self, monday: date) -> int:
        """What came in the seven days from there."""
        begin = (monday - self.first).days
        return sum(self.counts[max(0, begin) : max(0, begin + 7)])


Rest = Callable[[date], bool]
"""Whether a day is one of rest."""


def forecasts(
    series: Mapping[str, DailySeries], city: DailySeries, monday: date, rest: Rest
) -> dict[str, tuple[WeekForecast, ...]]:
    """What the next WEEKS_AHEAD weeks from `monday` on will bring, by what was known on that day; empty
    when the city has recorded too few weeks. city: the sum of all series."""
    known = _weeks_known(city, monday)
    if known < LEAST_WEEKS:
        return {}
    load = _Load(city, monday, known, rest)
    errors = {name: _errors(one, monday, known, load) for name, one in series.items()}
    usual = [
        _spread([error for each in errors.values() for error in each[ahead]])
        for ahead in range(WEEKS_AHEAD)
    ]
    return {
        name: tuple(
            _week(one, monday, known, load, ahead, errors[name][ahead], usual[ahead])
            for ahead in range(WEEKS_AHEAD)
        )
        for name, one in series.items()
    }


def _weeks_known(city: DailySeries, monday: date) -> int:
    """Whole weeks before `monday` since the first with a message, MOST_WEEKS at most."""
    weeks = [n for n in range(1, MOST_WEEKS + 1) if city.week(monday - n * WEEK)]
    return max(weeks, default=0)


class _Load:
    """How much work a week brings for its days of rest."""

    def __init__(self, city: DailySeries, monday: date, known: int, rest: Rest) -> None:
        self._rest = rest
        days = [monday - timedelta(n) for n in range(1, 7 * known + 1)]
        at = {True: [0, 0], False: [0, 0]}
        for day in days:
            place = (day - city.first).days
            counts = at[rest(day)]
            counts[0] += city.counts[place] if 0 <= place < len(city.counts) else 0
            counts[1] += 1
        resting = at[True][0] / at[True][1] if at[True][1] else 0.0
        working = at[False][0] / at[False][1] if at[False][1] else 0.0
        self._part = min(1.5, max(0.1, resting / working)) if working else 1.0

    def of(self, monday: date) -> float:
        days = [monday + timedelta(n) for n in range(7)]
        return sum(self._part if self._rest(day) else 1.0 for day in days)


def _level(one: DailySeries, monday: date, known: int, load: _Load) -> float:
    total = weights = 0.0
    for ago in range(1, known + 1):
        week = monday - ago * WEEK
        weight = 0.5 ** ((ago - 1) / HALF_LIFE)
        total += weight * one.week(week)
        weights += weight * load.of(week)
    return total / weights if weights else 0.0


def _errors(
    one: DailySeries, monday: date, known: int, load: _Load
) -> list[list[tuple[float, int]]]:
    """By weeks ahead: what would have been forecast in past weeks, and what came."""
    found: list[list[tuple[float, int]]] = [[] for _ in range(WEEKS_AHEAD)]
    for ago in range(1, TRIED + 1):
        if known - ago < LEAST_WEEKS // 2:
            break
        origin = monday - ago * WEEK
        level = _level(one, origin, known - ago, load)
        for ahead in range(min(WEEKS_AHEAD, ago)):
            week = origin + ahead * WEEK
            found[ahead].append((level * load.of(week), one.week(week)))
    return found


def _spread(errors: Sequence[tuple[float, int]]) -> float:
    """Squared relative error beyond chance, of all together."""
    beyond = sum((came - mean) ** 2 - mean for mean, came in errors)
    squares = sum(mean * mean for mean, _ in errors)
    return beyond / squares if squares else LEAST_SPREAD


def _week(
    one: DailySeries,
    monday: date,
    known: int,
    load: _Load,
    ahead: int,
    errors: Sequence[tuple[float, int]],
    usual: float,
) -> WeekForecast:
    week = monday + ahead * WEEK
    mean = _level(one, monday, known, load) * load.of(week)
    own = len(errors) / (len(errors) + OWN_WEIGHT)
    spread = own * _spread(errors) + (1 - own) * usual
    spread = min(MOST_SPREAD, max(LEAST_SPREAD, spread))
    low, high = interval(mean, spread)
    return WeekForecast(week, ahead + 1, mean, low, high, one.week(monday - WEEK))


def interval(mean: float, spread: float) -> tuple[int, int]:
    """The counts between which COVERAGE of a negative binomial lies, as much below as above. spread:
    squared relative spread beyond chance, > 0."""
    if mean <= 0:
        return 0, 0
    size = 1 / spread
    part = mean / (mean + size)
    log_chance = size * math.log1p(-part)
    outside = (1 - COVERAGE) / 2
    below, low, count = 0.0, -1, 0
    while True:
        below += math.exp(log_chance)
        if low < 0 and below >= outside:
            low = count
        if below >= 1 - outside or count > 20 * mean + 100:
            return max(0, low), count
        log_chance += math.log(part) + math.log((count + size) / (count + 1))
        count += 1
