"""What the past weeks of a window led to expect of each series."""

from __future__ import annotations

from itertools import compress

import numpy as np
from numpy.typing import NDArray

from monitor.baseline import Window
from monitor.bursts import ExpectedCount, ExpectedShare, expected_count, expected_share
from monitor.many_series import clustering_of, expected_counts, least_shares, may_surprise
from monitor.tallies import CITY, Counts, Series


class Usual:
    """Expectations of one window, for many series at once: those that have messages enough, and all
    only when one of the others is asked for. series: how many there are, in the window or its past."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._part = window.usual_part()
        self._clustering = clustering_of(window.past, window.chance_left)
        none = [0] * len(window.past)
        self._never = expected_count(none, none, self._part, self._clustering)
        self._surprising: dict[Series, ExpectedCount] = {}
        self._all: tuple[Counts, Counts] | None = None
        self._places = self._places_of_now()
        self._established = self._established_of_now()
        seen = (self._places >= 0) & (window.recorded[self._places] > 0)
        new = int(np.count_nonzero(~seen & (window.now.counts > 0)))
        self.series = int(np.count_nonzero(window.recorded)) + new

    def count(self, series: Series) -> ExpectedCount:
        """Messages in the window."""
        if series in self._surprising:
            return self._surprising[series]
        place = self._window.names.get(series)
        if place is None:
            return self._never
        if self._all is None:
            self._all = self._expected(slice(None))
        mean, spread = self._all
        return ExpectedCount(float(mean[place]), float(spread[place]))

    def negative_share(self, series: Series) -> ExpectedShare:
        """From the whole past weeks: the share of negative messages knows no hours."""
        negative, count = self._past(series)
        wider_negative, wider_count = self._past(CITY if series == CITY else series.wider())
        return expected_share(negative, count, (wider_negative + 1) / (wider_count + 2))

    def may_surprise(self, minimum: int) -> list[Series]:
        """The series with so many messages now that more than chance may be behind them."""
        counts = self._window.now.counts
        enough = np.flatnonzero(self._established & (counts >= minimum))
        mean, spread = self._expected(self._places[enough])
        known = self._places[enough] >= 0
        mean = np.where(known, mean, self._never.mean)
        spread = np.where(known, spread, self._never.spread)
        beyond = may_surprise(counts[enough], mean, spread)
        wanted = np.zeros(len(counts), dtype=bool)
        wanted[enough[beyond]] = True
        found = self._named(wanted)
        expected = map(ExpectedCount, mean[beyond].tolist(), spread[beyond].tolist())
        self._surprising.update(zip(found, expected, strict=True))
        return found

    def negative(self, minimum: int) -> list[Series]:
        """The series with so many negative messages now."""
        return self._named(self._established & (self._window.now.negatives >= minimum))

    def may_surprise_by_share(self, minimum: int, step: float) -> set[Series]:
        """The series with so many negative messages now whose share may lie so far above the expected
        one. What the wider series adds to that is left out, so it may be too many."""
        now = self._window.now
        known = self._places >= 0
        negative = np.where(known, self._window.negative[self._places], 0.0)
        count = np.where(known, self._window.recorded[self._places], 0.0)
        share = now.negatives / np.maximum(now.counts, 1)
        far = share >= least_shares(negative, count) + step
        return set(self._named(self._established & (now.negatives >= minimum) & far))

    def _expected(self, places: NDArray[np.int64] | slice) -> tuple[Counts, Counts]:
        """Mean and spread of the series at these places of the past."""
        past, weeks = self._window.past, self._window.whole_weeks
        chosen = past[:, places]
        of_weeks = chosen if weeks is past else weeks[:, places]
        return expected_counts(chosen, of_weeks, self._part, self._clustering)

    def _named(self, wanted: NDArray[np.bool_]) -> list[Series]:
        return list(compress(self._window.now.names, wanted.tolist()))

    def _established_of_now(self) -> NDArray[np.bool_]:
        """Which of the window's series can be judged: all but those of a channel that was silent for a
        week of the past. What a channel brings that has just been set up is new in every topic."""
        weeks, names = self._window.whole_weeks, self._window.names
        silent = {
            series.channel
            for series in self._window.now.names
            if series.channel
            and (
                (place := names.get(Series(channel=series.channel))) is None
                or not weeks[:, place].all()
            )
        }
        return np.array([one.channel not in silent for one in self._window.now.names], dtype=bool)

    def _places_of_now(self) -> NDArray[np.int64]:
        """Where the window's series stand in the past; -1 for one that never was."""
        now, names = self._window.now, self._window.names
        if now.names is names:
            return np.arange(len(names))
        found = np.full(len(now.counts), -1)
        for series, place in now.names.items():
            found[place] = names.get(series, -1)
        return found

    def _past(self, series: Series) -> tuple[int, int]:
        place = self._window.names.get(series)
        if place is None:
            return 0, 0
        return _whole(self._window.negative, place), _whole(self._window.recorded, place)


def _whole(counts: Counts, place: int) -> int:
    return round(float(counts[place]))
