"""The course of a series by hour or day, with what past weeks led to expect of each."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.permissions import Scope
from monitor.baseline import MIN_WEEKS, WEEKS, back
from monitor.bursts import MIN_CLUSTERING, ExpectedCount, expected_count
from monitor.index.interface import Interval, Trend, TrendFilter, TrendIndex

LOG_BAND = math.log10(0.025)
"""A count lies beyond either bound of the band once in forty times."""
_BUCKETS_A_WEEK = {Interval.HOUR: 7 * 24, Interval.DAY: 7}


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """One hour or day from `at` (in the city's zone). expected, lower, upper: 0 when too few
    weeks were recorded to expect anything; then known is False. whole: it is over; of one that is
    not, what came so far stands beside what the whole of it led to expect."""

    at: datetime
    observed: int
    expected: float = 0.0
    lower: float = 0.0
    upper: float = 0.0
    known: bool = False
    whole: bool = True

    @property
    def unusual(self) -> bool:
        """Beyond the band. An hour or day that is not over may still come up to the lower bound."""
        below = self.whole and self.observed < self.lower
        return self.known and (self.observed > self.upper or below)


def course(
    index: TrendIndex,
    zone: ZoneInfo,
    interval: Interval,
    start: datetime,
    end: datetime,
    filter: TrendFilter,
    scope: Scope,
) -> tuple[CoursePoint, ...]:
    """The hours or days of the city that begin at `start` or later and before `end`; the last of them
    may not be over at `end`."""
    from_day, to_day = (
        back(start, WEEKS + 1, zone).astimezone(zone).date(),
        end.astimezone(zone).date(),
    )
    trend = index.series(None, interval, from_day, to_day, zone, filter, scope)
    everyone = TrendFilter(end=filter.end)
    city = (
        trend
        if filter == everyone
        else index.series(None, interval, from_day, to_day, zone, everyone, scope)
    )
    own, usual = _Past(trend, interval), _Past(city, interval)
    points = [
        _point(own, usual, place)
        for place, bucket in enumerate(trend.buckets)
        if start <= bucket.start < end
    ]
    if points:
        length = timedelta(1) if interval is Interval.DAY else timedelta(hours=1)
        over = points[-1].at + length <= end.astimezone(
            zone
        )  # on the wall: a day may have 25 hours
        points[-1] = replace(points[-1], whole=over)
    return tuple(points)


class _Past:
    """Finds, for a bucket, the same hours and the whole weeks before it.

    By position: a zone that puts its clock forward shifts hours by one for eight weeks, days not.
    """

    def __init__(self, trend: Trend, interval: Interval) -> None:
        self.trend = trend
        self.week = _BUCKETS_A_WEEK[interval]
        self.counts = [bucket.total for bucket in trend.buckets]
        self.sums = [0]
        for count in self.counts:
            self.sums.append(self.sums[-1] + count)

    def same_hours(self, place: int) -> list[int]:
        return [self.counts[place - ago * self.week] for ago in range(1, WEEKS + 1)]

    def weeks(self, place: int) -> list[int]:
        """The seven days that end with each of the buckets of `same_hours`."""
        ends = [place - ago * self.week + 1 for ago in range(1, WEEKS + 1)]
        return [self.sums[end] - self.sums[max(0, end - self.week)] for end in ends]


def _point(own: _Past, city: _Past, place: int) -> CoursePoint:
    bucket = own.trend.buckets[place]
    recorded = [n for n, count in enumerate(city.weeks(place)) if count]
    if len(recorded) < MIN_WEEKS:
        return CoursePoint(bucket.start, bucket.total)
    expected = _expected(own, city, place, recorded)
    lower, upper = expected.lower(LOG_BAND), expected.upper(LOG_BAND)
    return CoursePoint(bucket.start, bucket.total, expected.mean, lower, upper, known=True)


def _expected(own: _Past, city: _Past, place: int, recorded: list[int]) -> ExpectedCount:
    def of(counts: list[int]) -> list[int]:
        return [counts[n] for n in recorded]

    usual_part = sum(of(city.same_hours(place))) / sum(of(city.weeks(place)))
    return expected_count(
        of(own.same_hours(place)), of(own.weeks(place)), usual_part, MIN_CLUSTERING
    )
