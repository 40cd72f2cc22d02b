"""One stream of counts, judged row by row by what came before it alone. Pure arithmetic.

What is usual is the stream's own level and its course over the cycle (a day; a week for rows a day
or more apart), both learnt and slowly forgotten. How far a row lies above it is measured as a
logarithm of the ratio, over three spans, and set against the stream's own tail: the
excesses over a high quantile, as in peaks over threshold. One stream's normal is another's
disaster, so no bound is given from outside; a past burst stretches the tail only so far.

Why so and not otherwise is in docs/decisions/0009-bursts.md.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SPANS = (96, 48, 24)
"""A row is looked at with those before it: over the 96th part of a cycle (a quarter of an hour in
a day), the 48th and the 24th; one row at least."""
BINS = 24
"""The course over a cycle is kept at so many points, and drawn straight between them."""
USUAL_CYCLES = 7.0
"""The level and the course forget with this time constant."""
TAIL_CYCLES = 30.0
"""The tail forgets with this one."""
BY_COURSE = 0.75
"""Weight of the excess over the course; the rest is that over the level, which a course learnt
from a few days does not lead astray."""
ADDED = 0.25
"""Added to a mean count before its logarithm is taken."""
TAIL_PART = 0.05
"""The part of all rows that counts as the tail."""
CUT = 4.0
"""A past excess counts for at most this many mean excesses."""
LEVEL, LEVEL_OF_DAYS = 2.4, 1.25
"""Mean excesses beyond the quantile from which a row is a burst: there the score is one half. Of
rows a day or more apart there are so few that a lower one raises few false alarms."""
HIGHER = 3.0
"""A burst that was told is told again when it comes to lie this many mean excesses higher."""
TOLD_FOR = 1.25
"""Otherwise it is told once in this many cycles."""
MINIMUM = 5.0
"""Fewer messages than these within the longest span are no burst."""
STEPS_KEPT = 25
_SMALLEST_MEAN_EXCESS = 0.05


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of one row. expected: the usual count. upper: the count from which, if the span
    were as high, the row is a burst. score: in [0, 1); 0.5 or more is a burst, told now; 0 also
    while a burst that was told goes on."""

    at: datetime
    value: float
    expected: float
    upper: float
    score: float


class SeriesWatch:
    """The state of one stream; a few dozen numbers, whatever its length."""

    def __init__(self, level: float = LEVEL) -> None:
        self._level = level
        self._pace = _Pace()
        self._usual = [_Usual() for _ in SPANS]
        self._tails = [(_Tail(), _Tail()) for _ in SPANS]
        self._rows: deque[tuple[datetime, float]] = deque()
        self._first: datetime | None = None
        self._told_at: datetime | None = None
        self._told_height = 0.0

    def judge(self, at: datetime, value: float) -> Judged:
        """Judge the next row, and learn from it. at: aware or not, but all alike; a row that is
        earlier than the one before it is taken for as late as that one. value: 0 or more."""
        part = self._pace.part(at)
        heights = self._heights(at, value)
        position = self._pace.position(at)
        above, pressure, scale = 0.0, 0.0, 0.0
        expected = 0.0
        for usual, tails, (height, _) in zip(self._usual, self._tails, heights, strict=True):
            course, level = usual.at(position, height)
            expected += (BY_COURSE * course + (1 - BY_COURSE) * level) / len(SPANS)
            for tail, centre, weight in zip(
                tails, (course, level), (BY_COURSE, 1 - BY_COURSE), strict=True
            ):
                weight /= len(SPANS)
                above += weight * tail.excesses(height - centre)
                pressure += weight * (centre + tail.beyond) / tail.mean_excess
                scale += weight / tail.mean_excess
                tail.learn(height - centre, part)
            usual.learn(position, height, part)
        upper = math.exp(min(700.0, (self._bound + pressure) / scale)) - ADDED
        return Judged(
            at,
            value,
            max(0.0, math.exp(expected) - ADDED),
            max(upper, 0.0),
            self._score(at, above, heights[-1][1]),
        )

    @property
    def _bound(self) -> float:
        return self._level if self._pace.cycle == DAY else LEVEL_OF_DAYS

    def _heights(self, at: datetime, value: float) -> list[tuple[float, float]]:
        """For each span: the logarithm of the mean count of its rows, and their sum."""
        cycle, step = self._pace.cycle, self._pace.step
        self._rows.append((at, value))
        found = []
        for span in SPANS:
            rows = max(1, round(cycle / span / step))
            counts = [count for _, count in list(self._rows)[-rows:]]
            found.append((math.log(sum(counts) / len(counts) + ADDED), sum(counts)))
        while len(self._rows) > max(1, round(cycle / SPANS[-1] / step)):
            self._rows.popleft()
        return found

    def _score(self, at: datetime, above: float, messages: float) -> float:
        self._first = self._first or at
        learnt = at - self._first >= self._pace.cycle
        score = above / (above + self._bound) if above > 0 else 0.0
        if not learnt or messages < MINIMUM or score < 0.5:
            return min(score, 0.499)
        again = self._told_at is None or at - self._told_at > TOLD_FOR * self._pace.cycle
        if not again and above <= self._told_height + HIGHER:
            return 0.0
        self._told_at, self._told_height = at, above
        return score


class _Pace:
    """How far apart rows are, and where in the cycle a time lies."""

    def __init__(self) -> None:
        self._last: datetime | None = None
        self._steps: deque[float] = deque(maxlen=STEPS_KEPT)
        self.step = timedelta(minutes=5)
        self.cycle = DAY

    def part(self, at: datetime) -> float:
        """The part of a cycle that has gone by since the row before."""
        gone = timedelta() if self._last is None else max(timedelta(), at - self._last)
        self._last = at if self._last is None else max(at, self._last)
        if gone and len(self._steps) < STEPS_KEPT:
            self._steps.append(gone.total_seconds())
            self.step = timedelta(seconds=median(self._steps))
            self.cycle = DAY if self.step < DAY * 0.75 else max(WEEK, 7 * self.step)
        return min(1.0, (gone or self.step) / self.cycle)

    def position(self, at: datetime) -> float:
        """In [0, 1)."""
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        in_day = (at - midnight) / DAY
        if self.cycle == DAY:
            return in_day % 1
        return (at.weekday() + in_day) / 7 if self.cycle == WEEK else 0.0


class _Usual:
    """Level and course of a stream's heights."""

    def __init__(self) -> None:
        self._course = [0.0] * BINS
        self._seen = [0.0] * BINS
        self._level, self._rows = 0.0, 0.0

    def at(self, position: float, height: float) -> tuple[float, float]:
        """The usual height at a position of the cycle, and over all of it; of a stream that begins
        `height` itself."""
        level = self._level if self._rows else height
        (one, near), (other, far) = _between(position)
        if not self._seen[one] or not self._seen[other]:
            return level, level
        return near * self._course[one] + far * self._course[other], level

    def learn(self, position: float, height: float, part: float) -> None:
        """part: of a cycle that the height stands for."""
        for bin_, weight in _between(position):
            if weight > 0:
                keep = part * BINS / USUAL_CYCLES
                share = min(1.0, weight * max(keep, 1 / (self._seen[bin_] + 1)))
                self._course[bin_] += share * (height - self._course[bin_])
                self._seen[bin_] += weight
        share = min(1.0, max(part / USUAL_CYCLES, 1 / (self._rows + 1)))
        self._level += share * (height - self._level)
        self._rows += 1


class _Tail:
    """The upper tail of what lies above the usual: a quantile, and the mean excess over it."""

    def __init__(self) -> None:
        self.beyond = 1.0
        self._sum, self._weight = 2.5, 5.0
        self._square = 1.0
        self._rows = 0

    @property
    def mean_excess(self) -> float:
        return max(_SMALLEST_MEAN_EXCESS, self._sum / self._weight)

    def excesses(self, above: float) -> float:
        """How many mean excesses beyond the quantile."""
        return (above - self.beyond) / self.mean_excess

    def learn(self, above: float, part: float) -> None:
        keep = min(0.5, part / TAIL_CYCLES)
        self._square += max(keep, 1 / (self._rows + 10)) * (min(above * above, 9.0) - self._square)
        # A step up for each row beyond, small ones down for the others: it settles at the quantile.
        step = 3 * math.sqrt(self._square) * max(keep, 1 / (self._rows + 50))
        self.beyond += step * ((1 - TAIL_PART) - (above < self.beyond))
        self._rows += 1
        if above > self.beyond:
            kept = 1 - min(0.5, keep / TAIL_PART)
            excess = min(above - self.beyond, CUT * self.mean_excess)
            self._sum = self._sum * kept + excess
            self._weight = self._weight * kept + 1


def _between(position: float) -> tuple[tuple[int, float], tuple[int, float]]:
    """The two points of the course a position lies between, and how near it is to each."""
    place = position * BINS
    one = int(place) % BINS
    return (one, 1 - place % 1), ((one + 1) % BINS, place % 1)
