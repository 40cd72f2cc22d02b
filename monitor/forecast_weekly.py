"""Makes a forecast every Monday, keeps it, and sets past ones against what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.office import Office
from casework.storage import forecasts as kept
from casework.storage.forecasts import Forecast
from casework.storage.records import Records
from casework.taxonomy import UNKNOWN
from monitor.forecast import MOST_WEEKS, WEEK, DailySeries, WeekForecast, forecasts
from monitor.index.interface import Dimension, Interval, Origin, TrendFilter, TrendIndex
from monitor.tallies import ALERT_SCOPE

CITY = "city"
"""The dimension of the whole city, whose value is ""."""
BACK = 12
"""So many Mondays that were missed are made up for, as of what was known then."""
DIMENSIONS = {"topic": Dimension.TOPIC, "district": Dimension.DISTRICT}


@dataclass(frozen=True, slots=True)
class Forecasted:
    """mondays: on which a forecast was made. weeks: that were checked."""

    mondays: int = 0
    weeks: int = 0


Series = dict[str, dict[str, DailySeries]]
"""By dimension and value."""


def forecast_weekly(
    records: Records, index: TrendIndex, office: Office, now: datetime
) -> Forecasted:
    """Make the forecasts that are missing up to this week's Monday, and check the weeks that are over.

    One transaction; run again it does nothing. Raises IndexUnavailable when nothing can be counted.
    """
    today = now.astimezone(office.zone).date()
    this = today - timedelta(today.weekday())
    with records.read() as work:
        mondays = [this - n * WEEK for n in range(BACK, -1, -1)]
        missing = [monday for monday in mondays if not kept.made_on(work, monday)]
        over = kept.unchecked(work, this)
    if not missing and not over:
        return Forecasted()
    series = _read(index, office, min([this - BACK * WEEK, *over]) - MOST_WEEKS * WEEK, today)
    with records.write() as work:
        kept.begin(work)
        made = 0
        for monday in missing:
            if not kept.made_on(work, monday):
                found = tuple(_all(series, monday, office))
                kept.keep(work, found, now)
                made += bool(found)
        work.session.flush()
        over = kept.unchecked(work, this)
        for monday in over:
            kept.check(work, monday, _came(series, monday))
        work.commit()
    return Forecasted(made, len(over))


def _read(index: TrendIndex, office: Office, first: date, last: date) -> Series:
    """Messages a day, public posts left out, of everything a leader may see."""
    found: Series = {}
    for name, by in DIMENSIONS.items():
        trend = index.series(
            by,
            Interval.DAY,
            first,
            last,
            office.zone,
            TrendFilter(origin=Origin.MESSAGE),
            ALERT_SCOPE,
        )
        values = sorted({value for bucket in trend.buckets for value in bucket.groups} - {UNKNOWN})
        found[name] = {
            value: DailySeries(first, [bucket.groups.get(value, 0) for bucket in trend.buckets])
            for value in values
        }
        found[CITY] = {"": DailySeries(first, [bucket.total for bucket in trend.buckets])}
    return found


def _all(series: Series, monday: date, office: Office) -> Iterator[Forecast]:
    city = series[CITY][""]

    def rest(day: date) -> bool:
        return not office.calendar.day(day).working

    for dimension, values in series.items():
        for value, weeks in forecasts(values, city, monday, rest).items():
            yield from (_kept(dimension, value, week) for week in weeks)


def _kept(dimension: str, value: str, week: WeekForecast) -> Forecast:
    return Forecast(
        week.monday, week.ahead, dimension, value, week.mean, week.low, week.high, week.naive
    )


def _came(series: Series, monday: date) -> dict[tuple[str, str], int]:
    return {
        (dimension, value): one.week(monday)
        for dimension, values in series.items()
        for value, one in values.items()
    }
