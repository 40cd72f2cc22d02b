"""The working calendar: which days count. Days are data; days nobody announced are provisional."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DutyHours:
    """When the office is on duty on a working day: spans in order, none across midnight."""

    spans: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(14), time(18)))


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day. name: the festival, or "" ; source: where the entry comes from;
    provisional: estimated, because no notice covers it yet."""

    day: date
    working: bool
    name: str = ""
    source: str = ""
    provisional: bool = False


class WorkingCalendar:
    """Days by date. A day outside the table is estimated as Monday to Friday and provisional."""

    def __init__(self, days: Mapping[date, CalendarDay], duty: DutyHours | None = None) -> None:
        self._days = dict(days)
        self.duty = duty or DutyHours()

    def day(self, day: date) -> CalendarDay:
        known = self._days.get(day)
        if known is not None:
            return known
        return CalendarDay(day, day.weekday() < SATURDAY, "", "estimate", provisional=True)

    def after(self, first: date, working_days: int) -> tuple[date, tuple[CalendarDay, ...]]:
        """The last of `working_days` working days after `first`, and every day walked over."""
        if working_days < 1:
            raise ValueError("working_days must be at least 1")
        walked: list[CalendarDay] = []
        current = first
        left = working_days
        while left:
            current += timedelta(days=1)
            entry = self.day(current)
            walked.append(entry)
            left -= entry.working
        return current, tuple(walked)

    def next_working(self, day: date) -> tuple[date, tuple[CalendarDay, ...]]:
        """`day` itself when it is a working day, else the next one; and the days looked at."""
        walked = [self.day(day)]
        while not walked[-1].working:
            walked.append(self.day(walked[-1].day + timedelta(days=1)))
        return walked[-1].day, tuple(walked)

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; negative when last < first."""
        if last < first:
            return -self.working_days_between(last, first)
        return sum(
            self.day(first + timedelta(days=n)).working for n in range(1, (last - first).days + 1)
        )
