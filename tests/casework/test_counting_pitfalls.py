"""Mistakes other systems made in counting, each named after what went wrong there."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.calendar import starting_days
from casework.counting import Pause, Term, count
from casework.model import ClockUnit
from casework.workdays import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar({entry.day: entry for entry in starting_days(2025, 2028)})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_zammad_3180_a_clock_round_the_clock_loses_a_minute_at_midnight() -> None:
    for start in ("2026-11-20 23:59:30", "2026-12-31 12:00", "2028-02-28 23:59:59"):
        for hours in (1, 24, 240):
            found = count(Term(hours, ClockUnit.HOUR), at(start), CALENDAR, ZONE).due_at
            assert found - at(start) == timedelta(hours=hours)
            minutes = count(Term(60 * hours, ClockUnit.MINUTE), at(start), CALENDAR, ZONE).due_at
            assert minutes == found


def test_zammad_3180_not_where_clocks_on_the_wall_change_either() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 24, 20, 0, tzinfo=berlin)  # the night has one hour more
    found = count(Term(24, ClockUnit.HOUR), start, CALENDAR, berlin).due_at
    assert found.timestamp() - start.timestamp() == 24 * 3600


def test_frappe_2449_hold_time_was_added_to_the_creation_time_and_holidays_came_out_wrong() -> None:
    """5 working days from Monday 28 September, held from the 29th to 9 October: with the hold added to
    the creation it would begin on 8 October; in truth the 30th and the holiday lie in the pause:
    9 (1), 10 Sat (2), 12 (3), 13 (4), 14 October (5)."""
    pause = Pause(at("2026-09-29 09:00"), at("2026-10-09 09:00"))
    found = count(Term(5, ClockUnit.WORKING_DAY), at("2026-09-28 10:00"), CALENDAR, ZONE, [pause])
    assert found.due_at == at("2026-10-14 23:59:59")


def test_chatwoot_13392_the_hours_ignored_when_the_office_is_open() -> None:
    # Friday 17:00 + 4 duty hours: one on Friday, three on Monday morning.
    found = count(Term(4, ClockUnit.DUTY_HOUR), at("2026-11-20 17:00"), CALENDAR, ZONE)
    assert found.due_at == at("2026-11-23 11:30")


def test_chatwoot_14009_split_hours_are_two_spans_and_not_one() -> None:
    found = count(Term(1, ClockUnit.DUTY_HOUR), at("2026-11-20 11:45"), CALENDAR, ZONE)
    assert found.due_at == at("2026-11-20 14:45")
