"""When people who work here are left in peace: quiet hours and days of rest. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from casework.workdays import WorkingCalendar


@dataclass(frozen=True, slots=True)
class QuietHours:
    """begin, end: local times; across midnight when begin is the later one, never when equal."""

    begin: time
    end: time

    def hold(self, moment: time) -> bool:
        """Whether it is quiet at this local time."""
        if self.begin <= self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end

    @property
    def first(self) -> time:
        """When a working day begins to be loud."""
        return self.end if self.begin > self.end or self.begin == time.min else time.min


@dataclass(frozen=True, slots=True)
class Manners:
    """How staff are told what is not urgent. quiet: None: at any hour of any day. gather: how long
    notices to one person are gathered before they go out as one."""

    quiet: QuietHours | None
    gather: timedelta
    calendar: WorkingCalendar
    zone: ZoneInfo

    def speak_at(self, moment: datetime) -> datetime:
        """The first moment from this one on at which somebody may be disturbed; days of rest are
        quiet from their first to their last minute."""
        if self.quiet is None:
            return moment
        local = moment.astimezone(self.zone)
        day, clock = local.date(), local.time()
        if self.calendar.day(day).working:
            if not self.quiet.hold(clock):
                return moment
            if clock < self.quiet.end:
                return datetime.combine(day, self.quiet.end, tzinfo=self.zone)
        following, _ = self.calendar.next_working(day + timedelta(days=1))
        return datetime.combine(following, self.quiet.first, tzinfo=self.zone)
