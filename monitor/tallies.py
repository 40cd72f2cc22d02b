"""The series that are watched, and how many messages of each there are in a time.

A series is a topic (one or two levels, or any) in a district, by a channel, or in the whole city.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casework.judgement import TopicPath
from casework.permissions import Scope
from casework.storage.judgements import split_topic
from casework.taxonomy import UNKNOWN
from monitor.index.interface import Dimension, TrendFilter, TrendIndex

ALERT_SCOPE = Scope()
"""What alerts count: everything a leader may see, so no 举报 that nobody has screened."""

_BY = tuple(
    (Dimension.TOPIC, Dimension.LEAF_TOPIC, dimension, Dimension.SENTIMENT)
    for dimension in (Dimension.DISTRICT, Dimension.CHANNEL)
)


class Series(NamedTuple):
    """topic: none, one or two levels. district, channel: "" for any; one of them always is, for of a
    channel in a district there are few messages. (A tuple, because tens of thousands are looked up in
    each run.)"""

    topic: TopicPath = ()
    district: str = ""
    channel: str = ""

    def meets(self, other: Series) -> Series | None:
        """The series of the messages that belong to both, or None. Of a district and a channel it is one
        that nobody counts."""
        depth = min(len(self.topic), len(other.topic))
        if self.topic[:depth] != other.topic[:depth]:
            return None
        if self.district and other.district and self.district != other.district:
            return None
        if self.channel and other.channel and self.channel != other.channel:
            return None
        topic = max(self.topic, other.topic, key=len)
        return Series(topic, self.district or other.district, self.channel or other.channel)

    @property
    def counted(self) -> bool:
        """Whether it is one of those that are counted."""
        return not (self.district and self.channel)

    def wider(self) -> Series:
        """The series its share is compared with: without district or channel, then a level up."""
        return Series(self.topic) if self.district or self.channel else Series(self.topic[:-1])

    def filter(self, start: datetime, end: datetime) -> TrendFilter:
        """Its messages in a time."""
        return TrendFilter(
            start=start, end=end, topic=self.topic, district=self.district, channel=self.channel
        )


CITY = Series()


@dataclass(frozen=True, slots=True)
class Tally:
    """Messages, and how many of them are negative."""

    count: int = 0
    negative: int = 0


NONE = Tally()

Tallies = Mapping[Series, Tally]

Counts = NDArray[np.float64]


class Counted(Mapping[Series, Tally]):
    """Tallies as arrays. names: each series' place in them, in their order; a series of no message is
    not there."""

    def __init__(self, names: Mapping[Series, int], counts: Counts, negatives: Counts) -> None:
        self.names, self.counts, self.negatives = names, counts, negatives

    def __getitem__(self, series: Series) -> Tally:
        place = self.names[series]
        if not self.counts[place]:
            raise KeyError(series)
        return Tally(int(self.counts[place]), int(self.negatives[place]))

    def __iter__(self) -> Iterator[Series]:
        return (series for series, place in self.names.items() if self.counts[place])

    def __len__(self) -> int:
        return int(np.count_nonzero(self.counts))


def read_tallies(index: TrendIndex, start: datetime, end: datetime) -> Counted:
    """The tallies of all series that have messages in [start, end)."""
    span = TrendFilter(start=start, end=end)
    return _tallied(index.several_counts(_BY, span, ALERT_SCOPE))


def hourly_tallies(index: TrendIndex, start: datetime, hours: int) -> Iterator[Counted]:
    """Those of each of so many hours. start: a whole second."""
    return map(_tallied, index.hourly_counts(_BY, start, hours, ALERT_SCOPE))


def _tallied(found: tuple[dict[tuple[str, ...], int], ...]) -> Counted:
    """found: counts by what _BY names."""
    counts: dict[Series, int] = {}
    negative: dict[Series, int] = {}
    for series_of, of_messages in zip((_series_of, _series_by_channel), found, strict=True):
        for (first, second, value, sentiment), count in of_messages.items():
            for series in series_of(first, second, value):
                counts[series] = counts.get(series, 0) + count
                if sentiment == "negative":
                    negative[series] = negative.get(series, 0) + count
    return Counted(
        {series: place for place, series in enumerate(counts)},
        np.fromiter(counts.values(), float, len(counts)),
        np.array([negative.get(series, 0) for series in counts], dtype=float),
    )


@lru_cache(maxsize=20_000)
def _series_of(first: str, second: str, district: str) -> tuple[Series, ...]:
    """All series a message belongs to, but for those of its channel."""
    districts = [""] if district == UNKNOWN else ["", district]
    return tuple(Series(topic, place) for topic in _topics(first, second) for place in districts)


@lru_cache(maxsize=20_000)
def _series_by_channel(first: str, second: str, channel: str) -> tuple[Series, ...]:
    if channel == UNKNOWN:
        return ()
    return tuple(Series(topic, channel=channel) for topic in _topics(first, second))


def _topics(first: str, second: str) -> list[TopicPath]:
    topics: list[TopicPath] = [()]
    if first != UNKNOWN:
        topics.append((first,))
    if second != UNKNOWN:
        topics.append(split_topic(second))
    return topics
