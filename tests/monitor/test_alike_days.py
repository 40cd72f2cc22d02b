"""Holidays and make-up days in what is expected."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from casework.storage.records import Records
from casework.workdays import WorkingCalendar
from monitor.alike_days import Works, days_back, works_on_weekdays
from monitor.baseline import back, read_past, read_window
from monitor.index.embedded import EmbeddedIndex
from monitor.tallies import CITY
from monitor.usual import Usual
from monitor.watch import watch
from tests.monitor.documents import ZONE, make
from tests.monitor.simulated import FIRST, quiet

HOUR = timedelta(hours=1)


@pytest.fixture
def works(calendar: WorkingCalendar) -> Works:
    return lambda day: calendar.day(day).working


@pytest.mark.parametrize(
    ("day", "back_to"),
    [
        (date(2026, 10, 1), date(2026, 9, 27)),  # National Day, a Thursday: as a Sunday
        (date(2026, 10, 10), date(2026, 10, 9)),  # a Saturday everybody works: as a Friday
        (date(2026, 9, 20), date(2026, 9, 18)),  # a Sunday everybody works: as a Friday
        (date(2026, 10, 4), date(2026, 10, 4)),  # a Sunday of the holiday
        (date(2026, 10, 12), date(2026, 10, 12)),  # an ordinary Monday
    ],
)
def test_days_alike(works: Works, day: date, back_to: date) -> None:
    end = datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)
    assert day - timedelta(days=days_back(end - 3 * HOUR, end, ZONE, works)) == back_to


def test_a_window_lies_on_the_day_most_of_it_lies_on(works: Works) -> None:
    morning = datetime(2026, 10, 10, 8, tzinfo=ZONE)
    assert days_back(morning - 24 * HOUR, morning, ZONE, works) == 0
    assert days_back(morning - 3 * HOUR, morning, ZONE, works) == 1


def test_a_make_up_day_is_expected_to_be_a_working_day(
    index: EmbeddedIndex, records: Records, works: Works
) -> None:
    """The city writes on the Saturday what it writes on a Wednesday."""
    calm = quiet(51, per_day=120, days=60)
    saturday = date(2026, 10, 10)
    wednesday = [one for one in calm if one.received_at.astimezone(ZONE).date() == date(2026, 9, 9)]
    made_up = [
        make(
            8_000_000 + n,
            received_at=one.received_at + timedelta(days=31),
            topic=one.topic,
            district=one.district,
            keywords=one.keywords,
            sentiment=one.sentiment,
        )
        for n, one in enumerate(wednesday * 2)
    ]
    kept = [one for one in calm if one.received_at.astimezone(ZONE).date() != saturday]
    with index.rebuilding() as build:
        build.put([*kept, *made_up])
    now = datetime(2026, 10, 10, 23, 59, tzinfo=ZONE)
    past = read_past(index, now, ZONE)
    assert past is not None

    def expected(calendar: Works) -> float:
        window = read_window(index, now, 24 * HOUR, ZONE, past, calendar)
        return Usual(window).count(CITY).mean

    assert expected(works) > 1.3 * expected(works_on_weekdays)
    ordinary = FIRST + timedelta(days=25, hours=12)
    assert watch(records, index, ZONE, ordinary.astimezone(UTC), works=works) == ()


def test_a_past_holiday_says_nothing_about_an_ordinary_day(
    index: EmbeddedIndex, works: Works
) -> None:
    with index.rebuilding() as build:
        build.put(quiet(52, days=80))
    now = datetime(2026, 10, 21, 18, tzinfo=ZONE)  # a Wednesday; two weeks ago was a holiday
    past = read_past(index, now, ZONE)
    assert past is not None
    window = read_window(index, now, 3 * HOUR, ZONE, past, works)
    assert len(window.past) == len(past.ago) - 1 == len(window.whole_weeks)
    assert back(now, 1, ZONE, 2) == datetime(2026, 10, 12, 18, tzinfo=ZONE)
