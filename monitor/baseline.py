"""Counts of all series in a window that ends now, and in the same hours of past weeks.

A series is a topic (one or two levels, or any) in a district (or in the whole city). Past windows
are found on the city's clock. Weeks in which nothing was recorded at all are left out: before the
program was in use, and between a history taken over and the first day of service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from casework.judgement import TopicPath
from casework.permissions import Scope
from casework.storage.judgements import split_topic
from casework.taxonomy import UNKNOWN
from monitor.alike_days import Works, days_back, was_ordinary, works_on_weekdays
from monitor.index.interface import Dimension, TrendFilter, TrendIndex

ALERT_SCOPE = Scope()
"""What alerts count: everything a leader may see, so no 举报 that nobody has screened."""

WEEKS = 8
"""How far the past reaches: long enough for chance to even out, short enough for the season."""
MIN_WEEKS = 3
"""With fewer recorded weeks nothing is expected and nothing is raised."""
WEEK = timedelta(days=7)

_BY = (Dimension.TOPIC, Dimension.LEAF_TOPIC, Dimension.DISTRICT, Dimension.SENTIMENT)


class Series(NamedTuple):
    """topic: none, one or two levels. district: "" for the whole city. (A tuple, because tens of
    thousands are looked up in each run.)"""

    topic: TopicPath = ()
    district: str = ""

    def meets(self, other: Series) -> Series | None:
        """The series of the messages that belong to both, or None."""
        depth = min(len(self.topic), len(other.topic))
        if self.topic[:depth] != other.topic[:depth]:
            return None
        if self.district and other.district and self.district != other.district:
            return None
        return Series(max(self.topic, other.topic, key=len), self.district or other.district)

    def wider(self) -> Series:
        """The series its share is compared with: without the district, then a level up."""
        return Series(self.topic) if self.district else Series(self.topic[:-1])

    def filter(self, start: datetime, end: datetime) -> TrendFilter:
        """Its messages in a time."""
        return TrendFilter(start=start, end=end, topic=self.topic, district=self.district)


CITY = Series()


@dataclass(frozen=True, slots=True)
class Tally:
    """Messages, and how many of them are negative."""

    count: int = 0
    negative: int = 0


NONE = Tally()
Tallies = Mapping[Series, Tally]


@dataclass(frozen=True, slots=True)
class Past:
    """One past week. ago: how many weeks. whole: the seven days that end when the window ends."""

    ago: int
    whole: Tallies


@dataclass(frozen=True, slots=True)
class Window:
    """A window and its past, latest week first; `past` and `whole_weeks` are of the same weeks."""

    start: datetime
    end: datetime
    now: Tallies
    past: tuple[Tallies, ...]
    whole_weeks: tuple[Tallies, ...]

    def same_hours(self, series: Series) -> list[int]:
        return [tallies.get(series, NONE).count for tallies in self.past]

    def weeks(self, series: Series) -> list[int]:
        return [tallies.get(series, NONE).count for tallies in self.whole_weeks]

    def usual_part(self) -> float:
        """Which part of a week's messages the city gets in the window's hours."""
        return sum(self.same_hours(CITY)) / max(1, sum(self.weeks(CITY)))


def read_past(index: TrendIndex, end: datetime, zone: ZoneInfo) -> tuple[Past, ...]:
    """The past weeks in which anything was recorded; empty if these are too few."""
    found = [
        Past(ago, read_tallies(index, back(end, ago + 1, zone), back(end, ago, zone)))
        for ago in range(1, WEEKS + 1)
    ]
    recorded = tuple(past for past in found if past.whole.get(CITY, NONE).count)
    return recorded if len(recorded) >= MIN_WEEKS else ()


def read_window(
    index: TrendIndex,
    end: datetime,
    length: timedelta,
    zone: ZoneInfo,
    past: tuple[Past, ...],
    works: Works = works_on_weekdays,
) -> Window:
    """The window of this length that ends at `end`, with the same hours of the past weeks; of past
    days alike, where the day or a past one is a holiday or a make-up day. A whole week has some of
    each."""
    start = end - length
    shift = 0 if length == WEEK else days_back(start, end, zone, works)
    alike = past
    if length < WEEK:
        kept = tuple(w for w in past if was_ordinary(start, end, w.ago, shift, zone, works))
        alike = kept if len(kept) >= MIN_WEEKS else past

    def same_hours(week: Past) -> Tallies:
        if length == WEEK:
            return week.whole
        return read_tallies(
            index, back(start, week.ago, zone, shift), back(end, week.ago, zone, shift)
        )

    return Window(
        start,
        end,
        read_tallies(index, start, end),
        tuple(same_hours(week) for week in alike),
        tuple(week.whole for week in alike),
    )


def back(instant: datetime, weeks: int, zone: ZoneInfo, days: int = 0) -> datetime:
    """The same time on the city's clock some weeks, and days, earlier."""
    return (instant.astimezone(zone) - weeks * WEEK - timedelta(days=days)).astimezone(UTC)


def read_tallies(index: TrendIndex, start: datetime, end: datetime) -> Tallies:
    """The tallies of all series that have messages in [start, end)."""
    counts: dict[Series, int] = {}
    negative: dict[Series, int] = {}
    found = index.counts(_BY, TrendFilter(start=start, end=end), ALERT_SCOPE)
    for (first, second, district, sentiment), count in found.items():
        for series in _series_of(first, second, district):
            counts[series] = counts.get(series, 0) + count
            if sentiment == "negative":
                negative[series] = negative.get(series, 0) + count
    return {series: Tally(count, negative.get(series, 0)) for series, count in counts.items()}


@lru_cache(maxsize=20_000)
def _series_of(first: str, second: str, district: str) -> tuple[Series, ...]:
    """All series a message belongs to."""
    topics: list[TopicPath] = [()]
    if first != UNKNOWN:
        topics.append((first,))
    if second != UNKNOWN:
        topics.append(split_topic(second))
    districts = [""] if district == UNKNOWN else ["", district]
    return tuple(Series(topic, place) for topic in topics for place in districts)
