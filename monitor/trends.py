"""What dashboards ask: how much comes in, about what, from where, in which mood, and is it more
than usual. Days are days of the city; a period has both its days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.permissions import Scope
from monitor.course import CoursePoint, course
from monitor.index.interface import Dimension, Interval, TrendFilter, TrendIndex, WordCount
from monitor.index.spans import day_start

WORDS = 50
ENOUGH = 20
"""Messages of a week, for shares to be told of it."""
AT_A_TIME = 4
"""Queries of one page on their way together."""
RANKED = (Dimension.TOPIC, Dimension.DISTRICT, Dimension.DEPARTMENT, Dimension.CHANNEL)

ByValue = Mapping[tuple[str, ...], int]
"""Counts by value and sentiment."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the city, both included. until: where the last day is not over, now; so that the
    period before, which ends at the same hour, is as long."""

    from_day: date
    to_day: date
    zone: ZoneInfo
    until: datetime | None = None

    @property
    def days(self) -> int:
        return (self.to_day - self.from_day).days + 1

    @property
    def start(self) -> datetime:
        return day_start(self.from_day, self.zone)

    @property
    def end(self) -> datetime:
        """Exclusive."""
        midnight = day_start(self.to_day + timedelta(1), self.zone)
        return midnight if self.until is None else min(midnight, self.until)

    def before(self) -> Period:
        """As many days just before, up to the same hour."""
        days = timedelta(self.days)
        until = None if self.until is None else self.until.astimezone(self.zone) - days
        return Period(self.from_day - days, self.to_day - days, self.zone, until)

    def of(self, filter: TrendFilter) -> TrendFilter:
        """The filter within the period; bounds the filter has of its own are replaced."""
        return replace(filter, start=self.start, end=self.end)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One value of a dimension. before: messages in the period before, equally long.
    change: relative to before; None when there were none."""

    value: str
    count: int
    negative: int
    before: int
    negative_before: int

    @property
    def negative_share(self) -> float:
        return self.negative / self.count if self.count else 0.0

    @property
    def negative_share_before(self) -> float:
        return self.negative_before / self.before if self.before else 0.0

    @property
    def change(self) -> float | None:
        return (self.count - self.before) / self.before if self.before else None


@dataclass(frozen=True, slots=True)
class WeekOfSentiment:
    """The part of a week (from Monday) that lies in the period. counts: by sentiment."""

    monday: date
    total: int
    counts: dict[str, int]

    @property
    def enough(self) -> bool:
        """Whether its shares say something: of a Monday's first message they are nothing or all."""
        return self.total >= ENOUGH

    def share(self, sentiment: str) -> float:
        return self.counts.get(sentiment, 0) / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of trends."""

    period: Period
    total: int
    total_before: int
    inflow: tuple[CoursePoint, ...]
    topics: tuple[Ranked, ...]
    districts: tuple[Ranked, ...]
    departments: tuple[Ranked, ...]
    channels: tuple[Ranked, ...]
    sentiment: tuple[WeekOfSentiment, ...]
    words: tuple[WordCount, ...]


def overview(
    index: TrendIndex, period: Period, filter: TrendFilter, scope: Scope, now: datetime
) -> Overview:
    """Everything the leadership's first page shows, in five questions or six, several of them on
    their way at a time: a cluster is mostly waited for."""
    within = period.of(filter)
    with ThreadPoolExecutor(AT_A_TIME, "overview") as asking:
        words = asking.submit(index.top_words, within, scope, WORDS)
        ranked = asking.submit(rankings, index, RANKED, period, filter, scope)
        course_of_days = asking.submit(inflow, index, period, filter, scope, now)
        weeks = asking.submit(sentiment_by_week, index, period, filter, scope)
        topics, districts, departments, channels = ranked.result()
        return Overview(
            period=period,
            total=sum(row.count for row in topics),
            total_before=sum(row.before for row in topics),
            inflow=course_of_days.result(),
            topics=topics,
            districts=districts,
            departments=departments,
            channels=channels,
            sentiment=weeks.result(),
            words=words.result(),
        )


def inflow(
    index: TrendIndex, period: Period, filter: TrendFilter, scope: Scope, now: datetime
) -> tuple[CoursePoint, ...]:
    """Messages a day up to the day of `now`, with the band that the same days of past weeks led
    to expect."""
    end = min(period.end, now)
    everything = replace(filter, start=None, end=None)
    return course(index, period.zone, Interval.DAY, period.start, end, everything, scope)


def ranking(
    index: TrendIndex, by: Dimension, period: Period, filter: TrendFilter, scope: Scope
) -> tuple[Ranked, ...]:
    """All values that occur now or did before, the most frequent first."""
    return rankings(index, [by], period, filter, scope)[0]


def rankings(
    index: TrendIndex,
    dimensions: Sequence[Dimension],
    period: Period,
    filter: TrendFilter,
    scope: Scope,
) -> tuple[tuple[Ranked, ...], ...]:
    """As `ranking`, of each of these dimensions."""
    wanted = [(by, Dimension.SENTIMENT) for by in dimensions]
    now, before = (
        index.several_counts(wanted, part.of(filter), scope) for part in (period, period.before())
    )
    return tuple(map(_ranked, now, before))


def _ranked(now: ByValue, before: ByValue) -> tuple[Ranked, ...]:
    found: dict[str, list[int]] = {}
    for place, counts in ((0, now), (2, before)):
        for (value, sentiment), count in counts.items():
            row = found.setdefault(value, [0, 0, 0, 0])
            row[place] += count
            row[place + 1] += count if sentiment == "negative" else 0
    ranked = [Ranked(value, *row) for value, row in found.items()]
    return tuple(sorted(ranked, key=lambda row: (-row.count, -row.before, row.value)))


def sentiment_by_week(
    index: TrendIndex, period: Period, filter: TrendFilter, scope: Scope
) -> tuple[WeekOfSentiment, ...]:
    """Every week of the period, also an empty one."""
    everything = replace(filter, start=None, end=None)
    trend = index.series(
        Dimension.SENTIMENT,
        Interval.DAY,
        period.from_day,
        period.to_day,
        period.zone,
        everything,
        scope,
    )
    weeks: dict[date, dict[str, int]] = {}
    for bucket in trend.buckets:
        day = bucket.start.date()
        counts = weeks.setdefault(day - timedelta(day.weekday()), {})
        for sentiment, count in bucket.groups.items():
            counts[sentiment] = counts.get(sentiment, 0) + count
    return tuple(
        WeekOfSentiment(monday, sum(counts.values()), counts) for monday, counts in weeks.items()
    )
