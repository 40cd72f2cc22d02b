"""Which past days a window is set against: on a holiday Sundays, on a make-up day the weekdays before it.

A Saturday on which everybody works (调休) is no Saturday, and a Wednesday on which nobody does no
Wednesday; and a past week whose own day was such an exception says nothing about an ordinary one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

Works = Callable[[date], bool]
"""Whether the city works on a day."""
FRIDAY, SUNDAY = 4, 6
DAY = timedelta(days=1)


def works_on_weekdays(day: date) -> bool:
    """For a city without holidays."""
    return day.weekday() <= FRIDAY


def days_back(start: datetime, end: datetime, zone: ZoneInfo, works: Works) -> int:
    """How many days before its own weekday a window is compared with: 0 on an ordinary day."""
    day = _day(start, end, zone)
    if works(day) == works_on_weekdays(day):
        return 0
    return day.weekday() - FRIDAY if works(day) else (day.weekday() - SUNDAY) % 7


def was_ordinary(
    start: datetime, end: datetime, weeks: int, shift: int, zone: ZoneInfo, works: Works
) -> bool:
    """Whether the day that lies so many weeks and days back was what its weekday says."""
    day = _day(start, end, zone) - timedelta(days=shift, weeks=weeks)
    return works(day) == works_on_weekdays(day)


def _day(start: datetime, end: datetime, zone: ZoneInfo) -> date:
    """The day most of the window lies on."""
    return (start + (end - start) / 2).astimezone(zone).date()
