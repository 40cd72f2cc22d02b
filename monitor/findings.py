"""Which series have more messages, or a larger negative share, than the past led to expect.

A burst shows in many series at once: its topic in its district, the topic in the city, the wider
topic, the district. It is found once: the most surprising series is taken, what it has beyond
expectation is taken off every series that shares messages with it, and the rest is tested anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.baseline import Window
from monitor.bursts import log_level
from monitor.tallies import NONE, Series, Tallies, Tally
from monitor.usual import Usual

COUNT, NEGATIVE_SHARE, WORD = "count", "negative_share", "word"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for. measure: COUNT, NEGATIVE_SHARE or WORD. length: of the window.

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

MOST_OF_IT = 0.7
NOTHING_OFF = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Finding:
    """A series beyond its bound. observed, expected, upper: messages for COUNT, shares in [0, 1]
    for NEGATIVE_SHARE. excess: messages beyond expectation. log_chance: log10 of the probability
    that chance gives as many. count, negative: messages in the window. word: that all of them have, or ""."""

    rule: Rule
    series: Series
    observed: float
    expected: float
    upper: float
    excess: float
    log_chance: float
    count: int
    negative: int
    word: str = ""


class Findings:
    """Tests the series of one window by one rule, and forgets what was explained."""

    def __init__(
        self,
        rule: Rule,
        window: Window,
        usual: Usual | None = None,
        false_alarms_a_year: float = 1.0,
    ) -> None:
        """usual: of this window, where several rules share one. false_alarms_a_year: what chance
        alone may raise by this rule."""
        self.rule = rule
        self._window = window
        self._usual = usual or Usual(window)
        self._allowed = false_alarms_a_year
        self._log_level = self._level(0)
        self._told: set[Series] = set()
        self._off: dict[Series, tuple[float, float]] = {}

    def take(self) -> Iterator[Finding]:
        """Findings, the most surprising first, each explained before the next is sought. A matter
        counts once for the level of the next, in however many series it shows."""
        matters = 0
        if self.rule.measure == COUNT:
            enough = self._usual.may_surprise(self.rule.minimum)
            surprising = set(enough)
        else:
            enough = self._usual.negative(self.rule.minimum)
            surprising = self._usual.may_surprise_by_share(self.rule.minimum, MIN_SHARE_STEP)
        while True:
            found = [
                finding
                for series in enough
                # What is left when something is taken off may have a larger share than all of it.
                if (series in surprising or series in self._off)
                and series not in self._told
                and (finding := self.test(series, self._off.get(series, NOTHING_OFF)))
            ]
            if not found:
                return
            first = narrowest(min(found, key=lambda f: (f.log_chance, *_width(f.series))), found)
            yield first
            self.explain(first.series)
            matters += 1
            self._log_level = self._level(matters)

    def _level(self, found: int) -> float:
        return log_level(self._usual.series, self.rule.windows_a_year, self._allowed, found)

    def explain(self, series: Series, covered: Tallies | None = None) -> None:
        """Take what a series tells off every series that shares messages with it. covered: only
        as far as these messages, known from before, account for it; None: all of it."""
        for other in self._window.now:
            shared = series.meets(other)
            if shared is not None:
                # How much of a district's matter came by a channel nobody counts: maybe all of it.
                count, negative = self._told_by(shared if shared.counted else series, covered)
                before, negative_before = self._off.get(other, NOTHING_OFF)
                self._off[other] = before + count, negative_before + negative
        if covered is None:
            self._told.add(series)

    def _told_by(self, series: Series, covered: Tallies | None) -> tuple[float, float]:
        tally = self._window.now.get(series, NONE)
        known = tally if covered is None else covered.get(series, NONE)
        if self.rule.measure == COUNT:
            excess = max(0.0, tally.count - self._usual.count(series).mean)
            return min(excess, known.count), 0.0
        # Of a share nothing is left to tell without the messages that made it.
        return min(tally.count, known.count), min(tally.negative, known.negative)

    def test(self, series: Series, off: tuple[float, float] = NOTHING_OFF) -> Finding | None:
        """The finding, if the series lies beyond its bound. off: messages, and negative ones, that
        are left out of account."""
        tally = self._window.now.get(series, NONE)
        if self.rule.measure == COUNT:
            return self._test_count(series, tally, int(tally.count - off[0]))
        return self._test_share(
            series, tally, int(tally.negative - off[1]), int(tally.count - off[0])
        )

    def _test_count(self, series: Series, tally: Tally, left: int) -> Finding | None:
        if left < self.rule.minimum:
            return None
        expected = self._usual.count(series)
        chance = expected.log_tail(left) if left > expected.mean else 0.0
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

    def _test_share(self, series: Series, tally: Tally, left: int, of: int) -> Finding | None:
        if left < self.rule.minimum or left > of:
            return None
        expected = self._usual.negative_share(series)
        if left / of < expected.share + MIN_SHARE_STEP:
            return None
        chance = expected.log_tail(left, of)
        if chance > self._log_level:
            return None
        return Finding(
            self.rule,
            series,
            tally.negative / tally.count,
            expected.share,
            expected.upper(tally.count, self._log_level) / tally.count,
            tally.negative - expected.share * tally.count,
            chance,
            tally.count,
            tally.negative,
        )


def narrowest(finding: Finding, found: Sequence[Finding]) -> Finding:
    """The narrowest series within the finding's that shows most of it: of a burst of one topic, a
    stray message makes the whole district a little more surprising, but the topic says more."""
    within = [
        other
        for other in found
        if other.series.meets(finding.series) == other.series
        and other.excess >= MOST_OF_IT * finding.excess
    ]
    return min(within, key=lambda f: _width(f.series), default=finding)


def _width(series: Series) -> tuple[int, bool, bool]:
    """Sorts narrow before wide."""
    return -len(series.topic), not series.district, not series.channel


def widest(findings: Sequence[Finding]) -> Finding:
    """Of findings of one series the one that shows most of it."""
    return max(findings, key=lambda finding: finding.excess)
