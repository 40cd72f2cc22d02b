"""A range of city days cut into buckets, and these into spans that one histogram can count.

A histogram knows only intervals of one length in a row. Where the city's clock is put forward or
back, a bucket is longer or shorter; such a bucket is a span of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.index.interface import Interval

SECONDS = {Interval.HOUR: 3600, Interval.DAY: 86400}


@dataclass(frozen=True, slots=True)
class Span:
    """Buckets first..last (exclusive) of the range; seconds since the epoch, end exclusive."""

    first: int
    last: int
    start: int
    end: int


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a city day, aware, in UTC."""
    # By way of UTC: in some zones midnight does not exist on the day the clock is put forward.
    return datetime.combine(day, time(), zone).astimezone(UTC)


def bucket_borders(interval: Interval, from_day: date, to_day: date, zone: ZoneInfo) -> list[int]:
    """Seconds since the epoch at which the buckets of both days and all between begin, and, last,
    at which the last one ends."""
    days = (to_day - from_day).days + 1
    if interval is Interval.DAY:
        starts = (day_start(from_day + timedelta(n), zone) for n in range(days + 1))
        return [int(start.timestamp()) for start in starts]
    borders: list[int] = []
    for n in range(days):
        start = int(day_start(from_day + timedelta(n), zone).timestamp())
        end = int(day_start(from_day + timedelta(n + 1), zone).timestamp())
        borders.extend(
            range(start, end, 3600) if end - start == 86400 else _hours(start, end, zone)
        )
    return [*borders, end]


def _hours(border: int, end: int, zone: ZoneInfo) -> Iterator[int]:
    """The hours of a day on which the clock is put forward or back."""
    while border < end:
        yield border
        minute = datetime.fromtimestamp(border, zone).minute  # not 0 after a shift by half an hour
        border += 3600 - 60 * minute


def spans(borders: Sequence[int], seconds: int, most: int) -> Iterator[Span]:
    """The buckets between the borders in spans of equal length, at most `most` buckets each."""
    first = 0
    while first < len(borders) - 1:
        last = first + 1
        if borders[last] - borders[first] == seconds:
            while (
                last < len(borders) - 1
                and last - first < most
                and borders[last + 1] - borders[last] == seconds
            ):
                last += 1
        yield Span(first, last, borders[first], borders[last])
        first = last


def bucket_of(borders: Sequence[int], instant: int) -> int:
    """The number of the bucket an instant within the borders lies in."""
    return bisect_right(borders, instant) - 1
