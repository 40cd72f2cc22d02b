"""Counting a period: when it is due, and why at that time.

民法典 201–204: hours run at once; of days the first is not counted; a period by months ends on the
day of the same number, or on the last of a shorter month; it ends at 24:00 of its last day, which
moves to the next working day when it falls on a day of rest and the rule says so.

A pause takes out of hours the time it lasts, and of days each day at whose end it holds: the day on
which it begins is not counted, the day on which it ends is. An extension goes on from the last day
of the period itself, before that day rolls over, so that 60 days and 30 more are 90.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from casework.model import ClockUnit
from casework.workdays import CalendarDay, WorkingCalendar

END_OF_DAY = time(23, 59, 59)
"""24:00 of the last day, to the second, so that the due time names the day it belongs to."""
ONE_DAY = timedelta(days=1)
LENGTHS = {
    ClockUnit.MINUTE: timedelta(minutes=1),
    ClockUnit.HOUR: timedelta(hours=1),
    ClockUnit.DUTY_HOUR: timedelta(hours=1),
}
"""The units that run by the second; all others are whole days."""


class Period(Protocol):
    """A length of time; a ClockRule is one."""

    @property
    def amount(self) -> int: ...
    @property
    def unit(self) -> ClockUnit: ...
    @property
    def rolls_over(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time by itself."""

    amount: int
    unit: ClockUnit
    rolls_over: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which clocks stand still. Both aware; pauses of one ticket never overlap."""

    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Counting:
    """How a due time came about. days: every day looked at, in order; paused: those that a pause
    took out. extended_from: the last day before an extension, None without one."""

    due_at: datetime
    days: tuple[CalendarDay, ...]
    rolled_over: bool
    provisional: bool
    paused: frozenset[date] = frozenset()
    extended_from: date | None = None


def count(
    period: Period,
    started_at: datetime,
    calendar: WorkingCalendar,
    zone: ZoneInfo,
    pauses: Sequence[Pause] = (),
    extra: Period | None = None,
) -> Counting:
    """When a clock of this length, started at `started_at` (aware), is due."""
    walk = _Walk(calendar, zone, pauses)
    end = walk.on(period, started_at)
    extended_from = None
    if extra is not None:
        extended_from = end.astimezone(zone).date()
        if extra.unit in LENGTHS and period.unit not in LENGTHS:
            end += timedelta(seconds=1)  # hours that go on from a last day begin at its 24:00
        end = walk.on(extra, end)
    last = extra or period
    rolled_over = False
    if last.unit not in LENGTHS:
        end, rolled_over = walk.roll_over(end) if period.rolls_over else (end, False)
    days = tuple(walk.days)
    return Counting(
        due_at=end,
        days=days,
        rolled_over=rolled_over,
        provisional=any(day.provisional for day in days),
        paused=frozenset(day.day for day in days if walk.paused(day.day)),
        extended_from=extended_from,
    )


def time_passed(
    started_at: datetime, now: datetime, pauses: Iterable[Pause]
) -> tuple[timedelta, timedelta]:
    """How much of the time since the start the clock ran, and how much it stood still."""
    still = sum(
        (
            max(timedelta(), min(pause.ended_at, now) - max(pause.started_at, started_at))
            for pause in pauses
        ),
        timedelta(),
    )
    return now - started_at - still, still


class _Walk:
    """Goes from one point in time to the end of a term, and remembers the days it looked at."""

    def __init__(self, calendar: WorkingCalendar, zone: ZoneInfo, pauses: Sequence[Pause]) -> None:
        self._calendar = calendar
        self._zone = zone
        self._pauses = sorted(pauses, key=lambda pause: pause.started_at)
        self.days: list[CalendarDay] = []

    def on(self, term: Period, start: datetime) -> datetime:
        if term.unit in LENGTHS:
            return self._time(term, start)
        first = start.astimezone(self._zone).date()
        if term.unit is ClockUnit.WORKING_DAY:
            return self._end_of(self._working_days(first, term.amount))
        last = first + timedelta(days=term.amount)
        if term.unit is ClockUnit.MONTH:
            last = _months_after(first, term.amount)
        return self._end_of(self._calendar_days(first, (last - first).days))

    def paused(self, day: date) -> bool:
        """Whether a pause holds at the end of the day."""
        if not self._pauses:
            return False
        end = datetime.combine(day + ONE_DAY, time.min, tzinfo=self._zone)
        return any(pause.started_at <= end < pause.ended_at for pause in self._pauses)

    def roll_over(self, end: datetime) -> tuple[datetime, bool]:
        last = day = end.astimezone(self._zone).date()
        looked_at: list[CalendarDay] = []
        while not self._calendar.day(day).working or (day != last and self.paused(day)):
            looked_at.append(self._calendar.day(day))
            day += ONE_DAY
        looked_at.append(self._calendar.day(day))
        known = {entry.day for entry in self.days}
        self.days += [entry for entry in looked_at if entry.day not in known]
        return self._end_of(day), day != last

    def _end_of(self, day: date) -> datetime:
        return datetime.combine(day, END_OF_DAY, tzinfo=self._zone)

    def _working_days(self, first: date, amount: int) -> date:
        if not self._pauses:
            last, walked = self._calendar.after(first, amount)
            self.days += walked
            return last
        return self._walk(first, amount, only_working=True)

    def _calendar_days(self, first: date, amount: int) -> date:
        if not self._pauses:
            return first + timedelta(days=amount)
        return self._walk(first, amount, only_working=False)

    def _walk(self, day: date, left: int, only_working: bool) -> date:
        while left:
            day += ONE_DAY
            entry = self._calendar.day(day)
            self.days.append(entry)
            if (entry.working or not only_working) and not self.paused(day):
                left -= 1
        return day

    def _time(self, term: Period, start: datetime) -> datetime:
        """Counted in UTC: what a clock on the wall does at night must not lose a minute."""
        left = term.amount * LENGTHS[term.unit]
        spans = self._on_duty(start) if term.unit is ClockUnit.DUTY_HOUR else _always(start)
        for begin, end in self._running(spans):
            if begin + left <= end:
                return (begin + left).astimezone(self._zone)
            left -= end - begin
        raise AssertionError("time has no end")

    def _on_duty(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = start.astimezone(self._zone).date()
        while True:
            entry = self._calendar.day(day)
            self.days.append(entry)
            for begin, end in self._calendar.duty.spans if entry.working else ():
                opens = datetime.combine(day, begin, tzinfo=self._zone).astimezone(UTC)
                closes = datetime.combine(day, end, tzinfo=self._zone).astimezone(UTC)
                if start < closes:
                    yield max(opens, start.astimezone(UTC)), closes
            day += ONE_DAY

    def _running(
        self, spans: Iterator[tuple[datetime, datetime]]
    ) -> Iterator[tuple[datetime, datetime]]:
        """The spans without the pauses."""
        for begin, end in spans:
            for pause in self._pauses:
                if begin < pause.started_at < end:
                    yield begin, pause.started_at.astimezone(UTC)
                if pause.started_at < end:
                    begin = max(begin, pause.ended_at.astimezone(UTC))
            if begin < end:
                yield begin, end


def _always(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    yield start.astimezone(UTC), datetime.max.replace(tzinfo=UTC)


def _months_after(day: date, amount: int) -> date:
    """The day of the same number, or the last of a month that has no such day (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
