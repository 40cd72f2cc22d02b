from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import starting_days
from casework.workdays import CalendarDay, WorkingCalendar

CALENDAR = WorkingCalendar({entry.day: entry for entry in starting_days(2024, 2028)})
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-02-14", True),  # a Saturday worked for the Spring Festival
        ("2026-02-28", True),
        ("2026-10-10", True),
        ("2026-09-20", True),  # a Sunday
        ("2026-10-01", False),
        ("2026-02-16", False),
        ("2026-11-21", False),
        ("2026-11-20", True),
    ],
)
def test_make_up_weekends_and_holidays(day: str, working: bool) -> None:
    assert CALENDAR.day(date.fromisoformat(day)).working is working


def test_2026_has_248_working_days() -> None:
    assert sum(day.working for day in starting_days(2026, 2026)) == 248


def test_a_make_up_day_says_so() -> None:
    assert CALENDAR.day(date(2026, 10, 10)).name == "国庆节调休上班"


def test_days_nobody_has_announced_are_provisional() -> None:
    assert CALENDAR.day(date(2027, 1, 4)).provisional
    assert not CALENDAR.day(date(2026, 12, 31)).provisional
    assert not CALENDAR.day(date(2027, 1, 1)).working


def test_a_day_outside_the_table_is_estimated() -> None:
    empty = WorkingCalendar({})
    assert empty.day(date(2031, 5, 3)) == CalendarDay(
        date(2031, 5, 3), False, "", "estimate", provisional=True
    )


def test_five_working_days_over_a_make_up_sunday() -> None:
    last, walked = CALENDAR.after(date(2026, 9, 18), 5)  # Friday; Sunday the 20th is worked
    assert last == date(2026, 9, 24)
    assert [day.day.day for day in walked if day.working] == [20, 21, 22, 23, 24]


def test_zero_working_days_make_no_sense() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.after(date(2026, 1, 1), 0)


@given(DAYS, st.integers(1, 60))
def test_counting_agrees_with_counting_by_hand(first: date, amount: int) -> None:
    last, walked = CALENDAR.after(first, amount)
    assert CALENDAR.day(last).working
    assert sum(day.working for day in walked) == amount
    assert walked[0].day == first + timedelta(days=1)
    assert CALENDAR.working_days_between(first, last) == amount
    assert CALENDAR.working_days_between(last, first) == -amount


@given(DAYS)
def test_the_next_working_day_is_the_first_one(day: date) -> None:
    found, walked = CALENDAR.next_working(day)
    assert CALENDAR.day(found).working
    assert all(not entry.working for entry in walked[:-1])
    assert walked[-1].day == found
