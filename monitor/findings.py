"""Which series have more messages, or a larger negative share, than the past led to expect.

A burst shows in many series at once: its topic in its district, the topic in the city, the wider
topic, the district. It is found once: the most surprising series is taken, what it has beyond
expectation is taken off every series that shares messages with it, and the rest is tested anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from monitor.baseline import CITY, NONE, Series, Window
from monitor.bursts import (
    ExpectedCount,
    ExpectedShare,
    clustering,
    expected_count,
    expected_share,
    log_level,
)

COUNT, NEGATIVE_SHARE = "count", "negative_share"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for. measure: COUNT or NEGATIVE_SHARE. length: of the window.

    minimum: fewer messages (negative ones for a share) are never an alert, however unexpected.
    """

    id: str
    measure: str
    length: timedelta
    minimum: int

    @property
    def windows_a_year(self) -> float:
        return timedelta(days=365) / self.length


RULES = (
    Rule("surge-3h", COUNT, timedelta(hours=3), 6),
    Rule("surge-24h", COUNT, timedelta(hours=24), 8),
    Rule("rise-7d", COUNT, timedelta(days=7), 12),
    Rule("negative-24h", NEGATIVE_SHARE, timedelta(hours=24), 10),
    Rule("negative-7d", NEGATIVE_SHARE, timedelta(days=7), 15),
)
MIN_SHARE_STEP = 0.15
"""A negative share must lie this far above the expected one: in a large series a step of two
points is no chance either, and nothing to call anybody for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A series beyond its bound. observed, expected, upper: messages for COUNT, shares in [0, 1]
    for NEGATIVE_SHARE. excess: messages beyond expectation. log_chance: log10 of the probability
    that chance gives as many. count, negative: messages in the window."""

    rule: Rule
    series: Series
    observed: float
    expected: float
    upper: float
    excess: float
    log_chance: float
    count: int
    negative: int


class Findings:
    """Tests the series of one window by one rule, and forgets what was explained."""

    def __init__(self, rule: Rule, window: Window) -> None:
        self.rule = rule
        self._window = window
        self._part = window.usual_part()
        seen = set(window.now).union(*window.whole_weeks)
        self._log_level = log_level(len(seen), rule.windows_a_year)
        self._clustering = clustering([window.same_hours(series) for series in seen])
        self._explained: dict[Series, float] = {}
        self._expected: dict[Series, ExpectedCount] = {}

    def take(self) -> Iterator[Finding]:
        """Findings, the most surprising first, each explained before the next is sought."""
        while True:
            found = [finding for series in self._window.now if (finding := self.test(series))]
            if not found:
                return
            # Of equally surprising ones the narrower: it says more.
            first = min(
                found, key=lambda f: (f.log_chance, -len(f.series.topic), not f.series.district)
            )
            yield first
            self.explain(first.series)

    def explain(self, series: Series) -> None:
        """Take the excess of a series off every series that shares messages with it."""
        for other in self._window.now:
            shared = series.meets(other)
            if shared is not None:
                excess = max(0.0, self._excess(shared))
                self._explained[other] = self._explained.get(other, 0.0) + excess
        self._explained[series] = float("inf")

    def test(self, series: Series, explained: bool = True) -> Finding | None:
        """The finding, if the series lies beyond its bound. explained: after taking off what
        other findings explain."""
        tally = self._window.now.get(series, NONE)
        if (tally.count if self.rule.measure == COUNT else tally.negative) < self.rule.minimum:
            return None
        off = self._explained.get(series, 0.0) if explained else 0.0
        if self.rule.measure == COUNT:
            return self._test_count(series, off)
        return self._test_share(series, off)

    def expected_count(self, series: Series) -> ExpectedCount:
        found = self._expected.get(series)
        if found is None:
            hours, weeks = self._window.same_hours(series), self._window.weeks(series)
            found = expected_count(hours, weeks, self._part, self._clustering)
            self._expected[series] = found
        return found

    def expected_share(self, series: Series) -> ExpectedShare:
        """From the whole past weeks: the share of negative messages knows no hours."""
        negative, count = self._past_negative(series)
        wider_negative, wider_count = self._past_negative(
            CITY if series == CITY else series.wider()
        )
        return expected_share(negative, count, (wider_negative + 1) / (wider_count + 2))

    def _past_negative(self, series: Series) -> tuple[int, int]:
        tallies = [week.get(series, NONE) for week in self._window.whole_weeks]
        return sum(tally.negative for tally in tallies), sum(tally.count for tally in tallies)

    def _excess(self, series: Series) -> float:
        tally = self._window.now.get(series, NONE)
        if self.rule.measure == COUNT:
            return tally.count - self.expected_count(series).mean
        return tally.negative - self.expected_share(series).share * tally.count

    def _test_count(self, series: Series, off: float) -> Finding | None:
        tally = self._window.now[series]
        left = tally.count - off
        if left < self.rule.minimum:
            return None
        expected = self.expected_count(series)
        chance = expected.log_tail(int(left)) if left > expected.mean else 0.0
        if chance > self._log_level:
            return None
        return Finding(
            self.rule,
            series,
            tally.count,
            expected.mean,
            expected.upper(self._log_level),
            tally.count - expected.mean,
            chance,
            tally.count,
            tally.negative,
        )

    def _test_share(self, series: Series, off: float) -> Finding | None:
        tally = self._window.now[series]
        left, of = int(tally.negative - min(off, tally.negative)), tally.count
        if left < self.rule.minimum:
            return None
        expected = self.expected_share(series)
        if left / of < expected.share + MIN_SHARE_STEP:
            return None
        chance = expected.log_tail(left, of)
        if chance > self._log_level:
            return None
        return Finding(
            self.rule,
            series,
            tally.negative / of,
            expected.share,
            expected.upper(of, self._log_level) / of,
            tally.negative - expected.share * of,
            chance,
            tally.count,
            tally.negative,
        )


def widest(findings: Iterable[Finding]) -> Finding | None:
    """Of findings of one series the one that shows most of it."""
    return max(findings, key=lambda finding: finding.excess, default=None)
