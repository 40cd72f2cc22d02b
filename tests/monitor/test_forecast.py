"""Forecasts: on a level with what comes, wider where past ones were wrong, kept and checked once."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from random import Random

import pytest
from scipy.stats import nbinom

from casework.office import Office
from casework.storage import forecasts as kept
from casework.storage.records import Records
from monitor import forecast_weekly as weekly
from monitor.forecast import COVERAGE, WEEK, WEEKS_AHEAD, DailySeries, forecasts, interval
from monitor.index.embedded import EmbeddedIndex
from tests.builders import draft, new_case, record_one
from tests.conftest import NOW, ZONE
from tests.monitor.documents import search_words, words

FIRST = date(2026, 6, 1)  # a Monday
MONDAY = FIRST + 20 * WEEK


def weekend(day: date) -> bool:
    return day.weekday() > 4


def simulated(seed: int, working: float, resting: float, weeks: int = 24) -> DailySeries:
    random = Random(seed)
    days = [FIRST + timedelta(n) for n in range(7 * weeks)]
    return DailySeries(
        FIRST, [_poisson(random, resting if weekend(day) else working) for day in days]
    )


def _poisson(random: Random, mean: float) -> int:
    return sum(random.random() < mean / 400 for _ in range(400))


def test_a_level_series_is_met_and_beats_last_week() -> None:
    error = naive = inside = tried = 0.0
    for seed in range(40):
        series = simulated(seed, 20, 8)
        (found,) = forecasts({"": series}, series, MONDAY, weekend).values()
        for one in found:
            came = series.week(one.monday)
            error += abs(one.mean - came)
            naive += abs(one.naive - came)
            inside += one.low <= came <= one.high
            tried += 1
    assert error < 0.85 * naive
    assert COVERAGE - 0.08 < inside / tried < 1.0


def test_a_holiday_week_is_expected_to_bring_less() -> None:
    series = simulated(1, 20, 4)

    def rest(day: date) -> bool:
        return weekend(day) or MONDAY + WEEK <= day < MONDAY + 2 * WEEK

    found = forecasts({"": series}, series, MONDAY, rest)[""]
    assert found[1].mean < 0.4 * found[0].mean
    assert found[2].mean == pytest.approx(found[0].mean)


def test_what_comes_after_the_monday_changes_nothing() -> None:
    series = simulated(2, 20, 8)
    before = (MONDAY - FIRST).days
    later = DailySeries(FIRST, [*series.counts[:before], *(900 for _ in series.counts[before:])])
    known = DailySeries(FIRST, series.counts[:before])
    assert (
        forecasts({"": series}, series, MONDAY, weekend)
        == forecasts({"": later}, later, MONDAY, weekend)
        == forecasts({"": known}, known, MONDAY, weekend)
    )


def test_odd_series() -> None:
    city = simulated(3, 20, 8)
    nothing = DailySeries(FIRST, [0] * 7 * 24)
    one = DailySeries(FIRST, [0] * 100 + [1] + [0] * 67)
    found = forecasts({"nothing": nothing, "one": one}, city, MONDAY, weekend)
    assert [(week.mean, week.low, week.high) for week in found["nothing"]] == [(0, 0, 0)] * 4
    assert all(week.low == 0 for week in found["one"])
    assert forecasts({"": nothing}, nothing, MONDAY, weekend) == {}
    assert forecasts({}, city, FIRST + 3 * WEEK, weekend) == {}


@pytest.mark.parametrize("mean", [0.3, 4.0, 40.0, 900.0])
@pytest.mark.parametrize("spread", [0.002, 0.1, 1.5])
def test_the_interval_is_that_of_scipy(mean: float, spread: float) -> None:
    size = 1 / spread
    exact = nbinom(size, size / (size + mean))
    assert interval(mean, spread) == (exact.ppf(0.05), exact.ppf(0.95))


@pytest.fixture
def index(records: Records, tmp_path: object) -> EmbeddedIndex:
    """Three messages a day for eleven weeks, up to NOW."""
    from monitor.relay import rebuild

    for back in range(77):
        for n in range(3):
            at = NOW - timedelta(days=back, hours=n)
            message = draft(subject="", body=f"第{back}天第{n}盏路灯坏了。", received_at=at)
            record_one(records, new_case(of=message, lead="ZJJ", district="D1"))
    made = EmbeddedIndex(tmp_path / "index", words, search_words, "test")  # type: ignore[operator]
    rebuild(records, made)
    return made


@pytest.mark.timeout(600)
def test_they_are_made_once_kept_and_checked(
    records: Records, index: EmbeddedIndex, office: Office
) -> None:
    runs = [
        threading.Thread(target=weekly.forecast_weekly, args=(records, index, office, NOW))
        for _ in range(2)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert weekly.forecast_weekly(records, index, office, NOW).weeks == 0
    with records.read() as work:
        latest = kept.latest(work)
        errors = kept.errors(work, date(2026, 1, 1), ZONE)
    monday = date(2026, 11, 16)
    city = [one for one in latest if one.dimension == "city"]
    assert [one.monday for one in city] == [monday + n * WEEK for n in range(WEEKS_AHEAD)]
    assert {one.value for one in latest if one.dimension == "district"} == {"D1"}
    assert city[0].naive == 21
    assert city[0].low <= 21 <= city[0].high
    assert city[0].mean == pytest.approx(21, abs=2)
    by_key = {(one.dimension, one.ahead): one for one in errors}
    assert by_key["city", 1].late == by_key["city", 1].weeks > 2
    assert by_key["city", 1].error < 3
    later = NOW + timedelta(days=7)
    done = weekly.forecast_weekly(records, index, office, later)
    assert (done.mondays, done.weeks) == (1, 1)
    with records.read() as work:
        past = kept.checked(work, monday, "city", "")
    assert [(one.monday, one.came) for one in past] == [(monday, 15)]  # up to Friday 15:00
    index.close()
