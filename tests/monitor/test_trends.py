"""Dashboard figures against a plain count of the same documents."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from casework.permissions import EVERYTHING
from monitor import trends
from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import ANYTHING, Dimension, TrendFilter
from monitor.index.spans import day_start
from monitor.trends import Period
from tests.monitor.documents import ZONE, make
from tests.monitor.simulated import FIRST, quiet

DOCUMENTS = quiet(3)
LAST = (FIRST + timedelta(days=89)).date()
PERIOD = Period(LAST - timedelta(27), LAST, ZONE)
NOW = datetime(2026, 11, 18, 0, 0, tzinfo=ZONE)


@pytest.fixture
def city(index: EmbeddedIndex) -> EmbeddedIndex:
    with index.rebuilding() as build:
        build.put(DOCUMENTS)
    return index


def day(document: object) -> date:
    return document.received_at.astimezone(ZONE).date()  # type: ignore[attr-defined]


def test_the_overview_adds_up(city: EmbeddedIndex) -> None:
    page = trends.overview(city, PERIOD, ANYTHING, EVERYTHING, NOW)
    inside = [d for d in DOCUMENTS if PERIOD.from_day <= day(d) <= PERIOD.to_day]
    before = [d for d in DOCUMENTS if PERIOD.before().from_day <= day(d) < PERIOD.from_day]
    assert (page.total, page.total_before) == (len(inside), len(before))
    by_day = Counter(day(d) for d in inside)
    assert [(p.at.date(), p.observed) for p in page.inflow] == sorted(by_day.items())
    for ranked in (page.topics, page.districts, page.departments, page.channels):
        assert sum(row.count for row in ranked) == len(inside)
        assert sum(row.before for row in ranked) == len(before)
    assert sum(week.total for week in page.sentiment) == len(inside)
    assert sum(row.negative for row in page.topics) == sum(
        d.sentiment == "negative" for d in inside
    )


def test_ranking_knows_change_and_negative_share(index: EmbeddedIndex) -> None:
    at = datetime(2026, 11, 10, 12, tzinfo=ZONE)
    old, place = at - timedelta(days=7), {"topic": ("交通运输", "公共交通")}
    with index.rebuilding() as build:
        build.put(
            [
                *[make(n, received_at=at) for n in range(3)],
                make(3, received_at=at, sentiment="positive"),
                *[make(10 + n, received_at=old) for n in range(2)],
                make(20, received_at=at, **place),
                make(21, received_at=old, topic=("城乡建设",)),
            ]
        )
    period = Period(date(2026, 11, 9), date(2026, 11, 15), ZONE)
    first, new, gone = trends.ranking(index, Dimension.TOPIC, period, ANYTHING, EVERYTHING)
    assert (first.value, first.count, first.negative_share) == ("环境保护", 4, 0.75)
    assert first.change == 1.0
    assert (new.value, new.count, new.change) == ("交通运输", 1, None)
    assert (gone.value, gone.count, gone.change, gone.negative_share) == ("城乡建设", 0, -1.0, 0.0)


def test_the_band_holds_most_quiet_days(city: EmbeddedIndex) -> None:
    points = [p for p in trends.inflow(city, PERIOD, ANYTHING, EVERYTHING, NOW) if p.known]
    assert len(points) == 28
    inside = sum(p.lower <= p.observed <= p.upper for p in points)
    assert inside >= 24
    weekend = [p.expected for p in points if p.at.weekday() == 6]
    monday = [p.expected for p in points if p.at.weekday() == 0]
    assert max(weekend) < min(monday)


def test_nothing_is_expected_of_the_first_weeks(city: EmbeddedIndex) -> None:
    first = Period(FIRST.date(), FIRST.date() + timedelta(20), ZONE)
    assert not any(p.known for p in trends.inflow(city, first, ANYTHING, EVERYTHING, NOW))


def test_a_filter_narrows_everything(city: EmbeddedIndex) -> None:
    page = trends.overview(city, PERIOD, TrendFilter(district="D2"), EVERYTHING, NOW)
    assert [row.value for row in page.districts] == ["D2"]
    assert page.total == sum(p.observed for p in page.inflow) == page.districts[0].count


def test_weeks_begin_on_monday(city: EmbeddedIndex) -> None:
    weeks = trends.sentiment_by_week(city, PERIOD, ANYTHING, EVERYTHING)
    assert all(week.monday.weekday() == 0 for week in weeks)
    assert len(weeks) == 5
    assert weeks[1].share("negative") == pytest.approx(0.45, abs=0.12)


def test_a_period_in_a_zone_with_summer_time() -> None:
    period = Period(date(2026, 3, 29), date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert period.end - period.start == timedelta(hours=23)


def test_a_day_that_is_not_over_is_not_too_low(city: EmbeddedIndex) -> None:
    """An hour after midnight a dashboard showed a fall to one message, marked as unusual."""
    early = day_start(PERIOD.to_day, ZONE) + timedelta(hours=1)
    last = trends.inflow(city, PERIOD, ANYTHING, EVERYTHING, early)[-1]
    assert not last.whole
    assert last.known
    so_far = replace(last, observed=0)
    assert so_far.lower > 0
    assert not so_far.unusual
    assert replace(so_far, whole=True).unusual
    assert replace(so_far, observed=1000).unusual
    over = trends.inflow(city, PERIOD, ANYTHING, EVERYTHING, PERIOD.end)[-1]
    assert (over.at, over.whole) == (last.at, True)


def test_the_period_before_ends_at_the_same_hour() -> None:
    """Of seven days of which the last is an hour old, the seven before were always more."""
    now = datetime(2026, 11, 20, 1, tzinfo=ZONE)
    period = Period(date(2026, 11, 14), date(2026, 11, 20), ZONE, now)
    before = period.before()
    assert (before.start, before.end) == (
        datetime(2026, 11, 7, tzinfo=ZONE),
        datetime(2026, 11, 13, 1, tzinfo=ZONE),
    )
    assert before.end - before.start == period.end - period.start
    assert before.before().end == datetime(2026, 11, 6, 1, tzinfo=ZONE)
