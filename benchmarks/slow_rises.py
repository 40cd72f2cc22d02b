"""Slow rises: what chance raises in a night, what is found beside the rule of a week, and what a night takes.

    .venv/bin/python -m benchmarks.slow_rises

One JSON line a figure. `chance`: series by chance alone beyond a bound, as so many times what the bound
says; `LOOKS` must cover it, since nights are alike and a rise is told in the first of them. `found`: the
part of 1,000 series of a kind that is told within four weeks of rising, and the median day, by the slow
rule and by the rule of seven days, at the bounds of a city with 5,000 series.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import numpy as np
from scipy.stats import nbinom

from benchmarks.watch_year import a_year
from monitor.bursts import log_level
from monitor.findings import RULES
from monitor.hour_table import HOURS, HourTable
from monitor.many_series import MIN_CLUSTERING, Numbers, expected_counts
from monitor.slow_rise import LOOKS, NIGHTS_A_YEAR, RISING_DAYS, USUAL_WEEKS, Days, Rises, days_of
from monitor.tallies import Series
from tests.monitor.documents import ZONE

NUMBER, CITY_OF = USUAL_WEEKS * 7 + RISING_DAYS, 5_000
FIRST_RISING = USUAL_WEEKS * 7
BOUND = log_level(CITY_OF, NIGHTS_A_YEAR, looks=LOOKS)
WEEK_RULE = next(rule for rule in RULES if rule.id == "rise-7d")
WEEK_BOUND = log_level(CITY_OF, WEEK_RULE.windows_a_year)
NEVER = 99


def report(**figures: object) -> None:
    print(json.dumps(figures, ensure_ascii=False), flush=True)


def rises_at(counts: Numbers) -> Rises:
    """The rises at the end of these days, of independent series and their sum."""
    names = {Series(): 0} | {Series((str(n),)): n for n in range(1, counts.shape[1] + 1)}
    counted = np.concatenate([counts.sum(axis=1, keepdims=True), counts], axis=1)
    start = datetime(2026, 6, 1, 20, tzinfo=UTC)
    found = Rises.of(
        Days(
            names,
            tuple(start + timedelta(days=n) for n in range(NUMBER + 1)),
            counted,
            np.zeros_like(counted),
            tuple(n % 7 for n in range(NUMBER)),
            (True,) * NUMBER,
        )
    )
    assert found is not None
    return found


def by_chance(mean: float, drift: float, clustering: float, series: int = 100_000) -> None:
    """drift: squared relative spread of a level from the usual weeks to the last ones."""
    chance = np.random.default_rng(1)
    level = np.full((NUMBER, series), mean)
    if drift:
        level[FIRST_RISING:] *= chance.gamma(1 / drift, drift, series)
    if clustering:
        level *= chance.gamma(1 / clustering, clustering, level.shape)
    rises = rises_at(chance.poisson(level).astype(float))
    chances = np.array([one.log_chance for one in rises.beyond(-2.0)])
    times = {
        f"10^{bound}": round(float((chances <= bound).sum()) / series / 10.0**bound, 1)
        for bound in (-2, -3, -4)
    }
    report(what="chance", mean=mean, drift=drift, clustering=clustering, times=times, looks=LOOKS)


def found(mean: float, step: float, ramp: float, series: int = 1_000) -> None:
    """step: more a day from the first day on. ramp: more on the last day, from none on the first."""
    chance = np.random.default_rng(2)
    more = np.zeros((NUMBER + RISING_DAYS, 1))
    more[-RISING_DAYS:, 0] = step + ramp * np.arange(1, RISING_DAYS + 1) / RISING_DAYS
    counts = chance.poisson(mean + more, (len(more), series)).astype(float)
    slow, week = np.full(series, NEVER), np.full(series, NEVER)
    for day in range(1, RISING_DAYS + 1):
        for one in rises_at(counts[day : day + NUMBER]).beyond(BOUND):
            if one.series.topic:
                place = int(one.series.topic[0]) - 1
                slow[place] = min(slow[place], day)
        week[(week == NEVER) & week_tells(counts[: day + NUMBER])] = day
    either = np.minimum(slow, week)
    report(
        what="found",
        mean=mean,
        step=step,
        ramp=ramp,
        **{
            name: [round(float((days < NEVER).mean()), 3), float(np.median(days))]
            for name, days in (("slow", slow), ("week", week), ("either", either))
        },
    )


def week_tells(counts: Numbers) -> Numbers:
    """Whether the rule of seven days tells of each series on the last of these days."""
    weeks = counts[-63:].reshape(9, 7, -1).sum(axis=1)
    mean, spread = expected_counts(weeks[:8], weeks[:8], 1.0, MIN_CLUSTERING)
    tail = nbinom.logsf(weeks[8] - 1, 1 / spread, 1 / (1 + spread * mean)) / np.log(10)
    told: Numbers = (weeks[8] >= WEEK_RULE.minimum) & (tail <= WEEK_BOUND)
    return told


def a_night() -> None:
    whole = a_year()
    rows = whole.borders[HOURS]
    table = HourTable(
        whole.first,
        whole.names,
        whole.borders[: HOURS + 1],
        whole.places[:rows],
        whole.counts[:rows],
        whole.negatives[:rows],
    )
    began = time.perf_counter()
    rises = Rises.of(days_of(table, ZONE))
    told = [] if rises is None else rises.take()
    report(
        what="a night's slow rises",
        seconds=round(time.perf_counter() - began, 2),
        series=len(table.names),
        findings=len(told),
    )


def main() -> None:
    for mean in (0.3, 0.5, 1.0, 3.0):
        by_chance(mean, 0.0, 0.0)
        by_chance(mean, 0.005, 0.0)
    by_chance(20.0, 0.005, 0.1)
    for mean, step, ramp in (
        (0.3, 1, 0),
        (1, 1.5, 0),
        (1, 0, 3),
        (3, 3, 0),
        (3, 0, 5),
        (20, 15, 0),
    ):
        found(mean, step, ramp)
    a_night()


if __name__ == "__main__":
    main()
