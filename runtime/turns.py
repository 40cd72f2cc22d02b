"""Which turn of a job is due: numbers that every process counts alike, whenever it was started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Every:
    """A turn every so many seconds, counted from 1970."""

    seconds: int

    def due(self, now: datetime, zone: ZoneInfo) -> int:
        """The number of the turn that is due."""
        return int(now.timestamp()) // self.seconds

    def began(self, turn: int, zone: ZoneInfo) -> datetime:
        """When a turn became due."""
        return datetime.fromtimestamp(turn * self.seconds, zone)

    @property
    def length(self) -> timedelta:
        """From one turn to the next."""
        return timedelta(seconds=self.seconds)

    @property
    def look_every(self) -> int:
        """How often, in seconds, to look whether a turn is due."""
        return min(self.seconds, 60)


@dataclass(frozen=True, slots=True)
class DailyAt:
    """A turn every day at an hour of the city; one that was missed is made up for when the
    process is back. Not between 1 and 3, which come twice or never where clocks change."""

    hour: int
    minute: int

    def due(self, now: datetime, zone: ZoneInfo) -> int:
        """The number of the day whose turn is due."""
        local = now.astimezone(zone)
        passed = (local.hour, local.minute) >= (self.hour, self.minute)
        return local.toordinal() - (0 if passed else 1)

    def began(self, turn: int, zone: ZoneInfo) -> datetime:
        """When a turn became due."""
        day = datetime.fromordinal(turn)
        return day.replace(hour=self.hour, minute=self.minute, tzinfo=zone)

    @property
    def length(self) -> timedelta:
        """From one turn to the next."""
        return timedelta(days=1)

    @property
    def look_every(self) -> int:
        """How often, in seconds, to look whether a turn is due."""
        return 60
