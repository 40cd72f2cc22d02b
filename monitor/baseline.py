"""Counts of all series in a window that ends now, and in the same hours of past weeks.

Past windows are found on the city's clock. Weeks in which nothing was recorded at all are left out: before the
program was in use, and between a history taken over and the first day of service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from monitor.alike_days import Works, days_back, was_ordinary, works_on_weekdays
from monitor.index.interface import TrendIndex
from monitor.tallies import CITY, NONE, Counted, Counts, Series, read_tallies

WEEKS = 8
"""How far the past reaches: long enough for chance to even out, short enough for the season."""

MIN_WEEKS = 3
"""With fewer recorded weeks nothing is expected and nothing is raised."""

HOUR = timedelta(hours=1)

WEEK = timedelta(days=7)

Between = Callable[[datetime, datetime], tuple[Counts, Counts]]
"""The messages, and the negative ones, of each of some series in [start, end)."""


@dataclass(frozen=True, slots=True)
class PastWeeks:
    """The past weeks in which anything was recorded, the latest first. names: each series' place in
    the columns. ago: how many weeks. whole: a row a week, the seven days that end when the window
    ends. negative: in all these weeks. between: for other windows. hour_began: when some hour began,
    if `between` knows whole hours alone and takes what a border cuts in part."""

    names: Mapping[Series, int]
    ago: tuple[int, ...]
    whole: Counts
    negative: Counts
    between: Between
    hour_began: datetime | None = None

    def chance_left(self, start: datetime, length: timedelta) -> float:
        """Which part of what chance makes counts vary is left in those of such a window. An hour of
        which a part w is taken varies by w² of its count, not by w."""
        if self.hour_began is None:
            return 1.0
        cut = (start - self.hour_began) % HOUR / HOUR
        return 1 - 2 * cut * (1 - cut) * (HOUR / length)


@dataclass(frozen=True, slots=True)
class Window:
    """A window and its past. past, whole_weeks: a row for each of the same past weeks, a column for
    each of `names`. negative: in all recorded weeks, whose messages are `recorded`. chance_left: of
    past, see PastWeeks."""

    start: datetime
    end: datetime
    now: Counted
    names: Mapping[Series, int]
    past: Counts
    whole_weeks: Counts
    recorded: Counts
    negative: Counts
    chance_left: float = 1.0

    def same_hours(self, series: Series) -> list[float]:
        return self._column(self.past, series)

    def weeks(self, series: Series) -> list[float]:
        return self._column(self.whole_weeks, series)

    def usual_part(self) -> float:
        """Which part of a week's messages the city gets in the window's hours."""
        return sum(self.same_hours(CITY)) / max(1, sum(self.weeks(CITY)))

    def _column(self, rows: Counts, series: Series) -> list[float]:
        place = self.names.get(series)
        return [0.0] * len(rows) if place is None else rows[:, place].tolist()


def read_past(index: TrendIndex, end: datetime, zone: ZoneInfo) -> PastWeeks | None:
    """The past weeks in which anything was recorded; None if these are too few."""
    weeks = [
        read_tallies(index, back(end, ago + 1, zone), back(end, ago, zone))
        for ago in range(1, WEEKS + 1)
    ]
    names = {series: place for place, series in enumerate(set().union(*weeks))}

    def between(start: datetime, end: datetime) -> tuple[Counts, Counts]:
        found = read_tallies(index, start, end)
        tallies = [found.get(series, NONE) for series in names]
        return (
            np.array([tally.count for tally in tallies], dtype=float),
            np.array([tally.negative for tally in tallies], dtype=float),
        )

    return recorded(names, between, end, zone)


def recorded(
    names: Mapping[Series, int],
    between: Between,
    end: datetime,
    zone: ZoneInfo,
    hour_began: datetime | None = None,
) -> PastWeeks | None:
    """The past weeks of a look at `end`, from what was counted. hour_began: see PastWeeks."""
    if CITY not in names:
        return None
    weeks = [between(back(end, ago + 1, zone), back(end, ago, zone)) for ago in range(1, WEEKS + 1)]
    ago = tuple(n for n, (counts, _) in enumerate(weeks, start=1) if counts[names[CITY]])
    if len(ago) < MIN_WEEKS:
        return None
    whole = np.array([weeks[n - 1][0] for n in ago])
    negative = np.array([weeks[n - 1][1] for n in ago]).sum(axis=0)
    return PastWeeks(names, ago, whole, negative, between, hour_began)


def read_window(
    index: TrendIndex,
    end: datetime,
    length: timedelta,
    zone: ZoneInfo,
    past: PastWeeks,
    works: Works = works_on_weekdays,
) -> Window:
    """The window of this length that ends at `end`, with the same hours of the past weeks."""
    return window_of(read_tallies(index, end - length, end), end, length, zone, past, works)


def window_of(
    now: Counted,
    end: datetime,
    length: timedelta,
    zone: ZoneInfo,
    past: PastWeeks,
    works: Works = works_on_weekdays,
) -> Window:
    """now: what the window holds. Its past is that of the same hours; of past days alike, where the
    day or a past one is a holiday or a make-up day. A whole week has some of each."""
    start = end - length
    if length == WEEK:
        return Window(
            start,
            end,
            now,
            past.names,
            past.whole,
            past.whole,
            past.whole.sum(axis=0),
            past.negative,
        )
    shift = days_back(start, end, zone, works)
    alike = [
        n for n, ago in enumerate(past.ago) if was_ordinary(start, end, ago, shift, zone, works)
    ]
    rows = alike if len(alike) >= MIN_WEEKS else list(range(len(past.ago)))
    same = [
        past.between(back(start, past.ago[n], zone, shift), back(end, past.ago[n], zone, shift))[0]
        for n in rows
    ]
    return Window(
        start,
        end,
        now,
        past.names,
        np.array(same),
        past.whole[rows],
        past.whole.sum(axis=0),
        past.negative,
        past.chance_left(start, length),
    )


def back(instant: datetime, weeks: int, zone: ZoneInfo, days: int = 0) -> datetime:
    """The same time on the city's clock some weeks, and days, earlier."""
    return (instant.astimezone(zone) - weeks * WEEK - timedelta(days=days)).astimezone(UTC)
