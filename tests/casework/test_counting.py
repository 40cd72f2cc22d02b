"""Units, pauses, extensions: one model for hours, duty hours, days and months."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import starting_days
from casework.counting import Counting, Pause, Term, count, time_passed
from casework.model import ClockUnit
from casework.workdays import DutyHours, WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = {entry.day: entry for entry in starting_days(2024, 2028)}
CALENDAR = WorkingCalendar(DAYS)
TIMES = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1), timezones=st.just(ZONE))
LENGTHS = st.timedeltas(timedelta(minutes=1), timedelta(days=20))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def counted(
    amount: int,
    unit: ClockUnit,
    start: str,
    *pauses: tuple[str, str],
    extra: Term | None = None,
    calendar: WorkingCalendar = CALENDAR,
) -> Counting:
    held = [Pause(at(begin), at(end)) for begin, end in pauses]
    return count(Term(amount, unit), at(start), calendar, ZONE, held, extra)


@pytest.mark.parametrize(
    ("amount", "start", "due"),
    [
        # Friday 17:59: one minute is left of the day, 1 h 59 min of Monday morning's.
        (2, "2026-11-20 17:59", "2026-11-23 10:29"),
        # 18:01 is after hours: Monday 08:30 + 2 h.
        (2, "2026-11-20 18:01", "2026-11-23 10:30"),
        # Over lunch: 11:30–12:00 and 14:00–15:30.
        (2, "2026-11-20 11:30", "2026-11-20 15:30"),
        # Friday 13 February: Saturday 14 is worked.
        (1, "2026-02-13 18:01", "2026-02-14 09:30"),
        # Saturday 14 February evening: rest until Tuesday 24 (the 23rd is a day off).
        (1, "2026-02-14 18:01", "2026-02-24 09:30"),
        # A whole day on duty is 7.5 hours: it ends with the day, not with the next morning.
        (15, "2026-11-23 08:30", "2026-11-24 18:00"),
    ],
)
def test_duty_hours_run_while_the_office_is_on_duty(amount: int, start: str, due: str) -> None:
    assert counted(amount, ClockUnit.DUTY_HOUR, start).due_at == at(due)


def test_duty_hours_of_another_city() -> None:
    nine_to_five = WorkingCalendar(DAYS, DutyHours(((time(9), time(17)),)))
    found = counted(8, ClockUnit.DUTY_HOUR, "2026-11-20 16:00", calendar=nine_to_five)
    assert found.due_at == at("2026-11-23 16:00")


def test_a_pause_takes_its_time_out_of_hours() -> None:
    pause = ("2026-11-20 18:00", "2026-11-21 06:30")
    assert counted(24, ClockUnit.HOUR, "2026-11-20 15:00", pause).due_at == at("2026-11-22 03:30")


def test_a_pause_that_begins_before_the_clock_holds_it_from_its_start() -> None:
    pause = ("2026-11-20 10:00", "2026-11-20 16:00")
    assert counted(1, ClockUnit.HOUR, "2026-11-20 15:00", pause).due_at == at("2026-11-20 17:00")


def test_a_pause_at_night_takes_nothing_out_of_duty_hours() -> None:
    pause = ("2026-11-20 18:00", "2026-11-23 08:30")
    found = counted(2, ClockUnit.DUTY_HOUR, "2026-11-20 17:00", pause)
    assert found.due_at == at("2026-11-23 09:30")


def test_the_day_a_pause_begins_is_out_and_the_day_it_ends_counts() -> None:
    # Friday 20 November; out: 24, 25. Counted: 23 (1), 26 (2), 27 (3), 30 (4), 1 December (5).
    found = counted(
        5, ClockUnit.WORKING_DAY, "2026-11-20 09:00", ("2026-11-24 09:00", "2026-11-26 17:00")
    )
    assert found.due_at == at("2026-12-01 23:59:59")
    assert sorted(day.day for day in found.paused) == [24, 25]


def test_a_pause_within_one_day_costs_nothing() -> None:
    found = counted(
        5, ClockUnit.WORKING_DAY, "2026-11-20 09:00", ("2026-11-24 09:00", "2026-11-24 17:00")
    )
    assert found.due_at == at("2026-11-27 23:59:59")


def test_the_last_day_does_not_roll_over_into_a_pause() -> None:
    # 15 days from 16 September: 1 October; rest until the 7th, paused on the 8th and 9th.
    found = counted(
        15, ClockUnit.CALENDAR_DAY, "2026-09-16 09:00", ("2026-10-02 09:00", "2026-10-10 09:00")
    )
    assert found.due_at == at("2026-10-10 23:59:59")  # the make-up Saturday


def test_two_pauses_and_an_extension() -> None:
    # 5 working days from Friday 20 November without 24 and 26: 23 (1), 25 (2), 27 (3), 30 (4),
    # 1 December (5); 5 more: 2, 3, 4, 7, 8 December.
    found = counted(
        5,
        ClockUnit.WORKING_DAY,
        "2026-11-20 09:00",
        ("2026-11-24 09:00", "2026-11-25 09:00"),
        ("2026-11-26 09:00", "2026-11-27 09:00"),
        extra=Term(5, ClockUnit.WORKING_DAY),
    )
    assert found.due_at == at("2026-12-08 23:59:59")
    assert found.extended_from == at("2026-12-01 00:00").date()


def test_hours_may_be_extended_by_days_and_days_by_hours() -> None:
    one_day = Term(1, ClockUnit.WORKING_DAY)
    found = counted(24, ClockUnit.HOUR, "2026-11-20 15:00", extra=one_day)
    assert found.due_at == at("2026-11-23 23:59:59")
    found = counted(1, ClockUnit.WORKING_DAY, "2026-11-20 15:00", extra=Term(2, ClockUnit.HOUR))
    assert found.due_at == at("2026-11-24 02:00")


def test_a_day_clock_started_in_another_zone_counts_the_days_of_this_city() -> None:
    start = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # midnight: Saturday begins here
    found = count(Term(1, ClockUnit.CALENDAR_DAY, False), start, CALENDAR, ZONE)
    assert found.due_at == at("2026-11-22 23:59:59")


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-01-31 09:00", "2026-02-28"),  # the month's last day, a make-up Saturday
        ("2026-10-31 09:00", "2026-11-30"),
        ("2025-12-20 09:00", "2026-01-20"),
    ],
)
def test_months_end_on_the_day_of_the_same_number(start: str, due: str) -> None:
    assert counted(1, ClockUnit.MONTH, start).due_at == at(f"{due} 23:59:59")


@given(TIMES, st.integers(1, 30), st.sampled_from(list(ClockUnit)), st.lists(LENGTHS, max_size=6))
def test_a_pause_never_makes_a_clock_due_earlier(
    start: datetime, amount: int, unit: ClockUnit, steps: list[timedelta]
) -> None:
    pauses, moment = [], start
    for before, long in zip(steps[::2], steps[1::2], strict=False):
        pauses.append(Pause(moment + before, moment + before + long))
        moment = pauses[-1].ended_at
    plain = count(Term(amount, unit), start, CALENDAR, ZONE)
    with_pauses = count(Term(amount, unit), start, CALENDAR, ZONE, pauses)
    longer = count(Term(amount, unit), start, CALENDAR, ZONE, pauses, Term(3, unit))
    assert plain.due_at <= with_pauses.due_at <= longer.due_at


@given(TIMES, st.integers(1, 200), st.lists(LENGTHS, max_size=6), LENGTHS)
def test_time_spent_and_time_paused_are_the_time_passed(
    start: datetime, hours: int, steps: list[timedelta], later: timedelta
) -> None:
    pauses, moment = [], start
    for before, long in zip(steps[::2], steps[1::2], strict=False):
        pauses.append(Pause(moment + before, moment + before + long))
        moment = pauses[-1].ended_at
    spent, still = time_passed(start, start + later, pauses)
    assert spent + still == later
    assert spent >= timedelta() <= still
    due = count(Term(hours, ClockUnit.HOUR), start, CALENDAR, ZONE, pauses).due_at
    assert time_passed(start, due, pauses)[0] == timedelta(hours=hours)
