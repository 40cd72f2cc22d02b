"""What the past weeks of a window led to expect of each series."""

from __future__ import annotations

from monitor.baseline import CITY, NONE, Series, Window
from monitor.bursts import (
    ExpectedCount,
    ExpectedShare,
    clustering,
    expected_count,
    expected_share,
)


class Usual:
    """Expectations of one window; each is worked out once."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.series = set(window.now).union(*window.whole_weeks)
        self._part = window.usual_part()
        self._clustering = clustering([window.same_hours(series) for series in self.series])
        self._counts: dict[Series, ExpectedCount] = {}

    def count(self, series: Series) -> ExpectedCount:
        """Messages in the window."""
        found = self._counts.get(series)
        if found is None:
            hours, weeks = self._window.same_hours(series), self._window.weeks(series)
            found = expected_count(hours, weeks, self._part, self._clustering)
            self._counts[series] = found
        return found

    def negative_share(self, series: Series) -> ExpectedShare:
        """From the whole past weeks: the share of negative messages knows no hours."""
        negative, count = self._past(series)
        wider_negative, wider_count = self._past(CITY if series == CITY else series.wider())
        return expected_share(negative, count, (wider_negative + 1) / (wider_count + 2))

    def _past(self, series: Series) -> tuple[int, int]:
        tallies = [week.get(series, NONE) for week in self._window.whole_weeks]
        return sum(tally.negative for tally in tallies), sum(tally.count for tally in tallies)
