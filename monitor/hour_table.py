"""Messages of every series by hour over nine weeks: the past that a look is set against.

Counted once a night. A look at any time of the week that follows finds in it all the past windows it
needs, since every one of them ended at least a week before the look.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from monitor.baseline import HOUR, WEEK, WEEKS, PastWeeks, recorded
from monitor.index.interface import TrendIndex
from monitor.tallies import CITY, Counts, Series, hourly_tallies

SPARE = 2
"""Hours more: a zone that puts its clock forward shifts a past week by one."""
HOURS = (WEEKS + 1) * 7 * 24 + SPARE
BLOCK = 24
"""Hours that are added up beforehand: a look wants sixteen whole weeks."""


@dataclass(frozen=True, slots=True)
class HourTable:
    """first: when its first hour begins. names: each series' place. Row r says that the series
    places[r] had counts[r] messages in an hour, negatives[r] of them negative; the rows of hour h are
    borders[h] to borders[h + 1]."""

    first: datetime
    names: Mapping[Series, int]
    borders: NDArray[np.int64]
    places: NDArray[np.int64]
    counts: NDArray[np.int64]
    negatives: NDArray[np.int64]
    _until: NDArray[np.float64] = field(init=False, repr=False, compare=False)
    """Messages, and negative ones, of each series before the first hour of each block."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_until", self._added_up())

    @property
    def end(self) -> datetime:
        return self.first + (len(self.borders) - 1) * HOUR

    @property
    def messages(self) -> int:
        """All messages counted."""
        city = self.names.get(CITY)
        return 0 if city is None else int(self.counts[self.places == city].sum())

    def covers(self, at: datetime) -> bool:
        """Whether the past of a look at this time lies in it."""
        return self.end <= at <= self.end + WEEK

    def between(self, start: datetime, end: datetime) -> tuple[Counts, Counts]:
        """Messages, and negative ones, of each series in [start, end). Of an hour that a border cuts
        the part is taken that lies inside."""
        begin, stop = (start - self.first) / HOUR, (end - self.first) / HOUR
        if begin < 0 or stop > len(self.borders) - 1:
            raise ValueError("the table does not reach so far")
        first, last = math.ceil(begin / BLOCK), math.floor(stop / BLOCK)
        if first >= last:
            return self._between(begin, stop)
        before = self._between(begin, first * BLOCK)
        after = self._between(last * BLOCK, stop)
        whole = self._until[:, last] - self._until[:, first]
        return before[0] + whole[0] + after[0], before[1] + whole[1] + after[1]

    def _between(self, begin: float, stop: float) -> tuple[Counts, Counts]:
        """In hours from the first."""
        low, high = int(begin), -int(-stop // 1)
        rows = slice(self.borders[low], self.borders[high])
        if not begin % 1 and not stop % 1:
            return self._by_series(rows, self.counts), self._by_series(rows, self.negatives)
        # Borders that lie within one hour would cut it twice; no window is as short.
        part = np.ones(rows.stop - rows.start)
        part[: self.borders[low + 1] - rows.start] *= 1 - begin % 1
        if stop % 1:
            part[self.borders[high - 1] - rows.start :] *= stop % 1
        return (
            self._by_series(rows, self.counts, part),
            self._by_series(rows, self.negatives, part),
        )

    def _added_up(self) -> NDArray[np.float64]:
        blocks = (len(self.borders) - 1) // BLOCK
        added = np.zeros((2, blocks + 1, len(self.names)))
        for block in range(blocks):
            found = self._between(block * BLOCK, (block + 1) * BLOCK)
            added[:, block + 1] = added[:, block] + found
        return added

    def _by_series(self, rows: slice, of: NDArray[np.int64], part: Counts | float = 1.0) -> Counts:
        weights = np.asarray(of[rows] * part, dtype=np.float64)
        return np.asarray(np.bincount(self.places[rows], weights, len(self.names)), np.float64)


def count_hours(index: TrendIndex, end: datetime) -> HourTable:
    """Count the nine weeks before `end`. Raises IndexUnavailable."""
    first = end.astimezone(UTC) - HOURS * HOUR
    names: dict[Series, int] = {}
    borders, rows = [0], []
    for tallies in hourly_tallies(index, first, HOURS):
        for series, tally in tallies.items():
            rows.append((names.setdefault(series, len(names)), tally.count, tally.negative))
        borders.append(len(rows))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return HourTable(first, names, np.array(borders), columns[:, 0], columns[:, 1], columns[:, 2])


def past_of(table: HourTable, at: datetime, zone: ZoneInfo) -> PastWeeks | None:
    """As baseline.read_past. at: a time the table covers."""
    return recorded(table.names, table.between, at, zone, table.first)
