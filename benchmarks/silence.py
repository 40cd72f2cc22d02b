"""How often a channel that was never broken is called silent.

    .venv/bin/python -m benchmarks.silence

One JSON line a kind of channel: two years of hours, looked at like the timetable does, of messages that
come by weekday and hour, and on livelier and duller days (clustering: squared relative spread of a day).
`silences`: how many it was called; the promise is about one a year.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from monitor.baseline import HOUR
from monitor.index.interface import TrendFilter, TrendIndex
from monitor.silence import silent_channels
from tests.monitor.documents import ZONE
from tests.monitor.simulated import FIRST, HOURS, WEEKDAYS

PAST, YEARS = 63, 2


@dataclass(frozen=True, slots=True)
class Times:
    """An index of one channel, of which the times of its messages are all there is, in order."""

    times: NDArray[np.float64]

    def counts(self, _by: Sequence[object], asked: TrendFilter, *_: object) -> dict[Any, int]:
        assert asked.start is not None
        assert asked.end is not None
        first, last = np.searchsorted(self.times, [asked.start.timestamp(), asked.end.timestamp()])
        return {("web",): int(last - first)} if last > first else {}

    def search(self, asked: TrendFilter, *_: object) -> SimpleNamespace:
        assert asked.end is not None
        at = int(np.searchsorted(self.times, asked.end.timestamp()))
        last = [datetime.fromtimestamp(self.times[at - 1], UTC)] if at else []
        return SimpleNamespace(hits=[SimpleNamespace(received_at=one) for one in last])


def a_channel(chance: np.random.Generator, a_day: float, clustering: float) -> Times:
    found = []
    for day in range(PAST + 365 * YEARS):
        start = FIRST + timedelta(days=day)
        lively = chance.gamma(1 / clustering, clustering) if clustering else 1.0
        hours = np.array(HOURS) / sum(HOURS) * a_day * WEEKDAYS[start.weekday()] * lively
        for hour, count in enumerate(chance.poisson(hours)):
            found.append(start.timestamp() + 3600 * (hour + chance.random(count)))
    return Times(np.sort(np.concatenate(found)))


def main() -> None:
    chance = np.random.default_rng(3)
    for a_day in (2, 10, 50, 300):
        for clustering in (0.0, 0.05, 0.2):
            index = cast(TrendIndex, a_channel(chance, a_day, clustering))
            named = set()
            for hour in range(365 * 24 * YEARS):
                at = (FIRST + timedelta(days=PAST)).astimezone(UTC) + hour * HOUR
                named |= {one.since for one in silent_channels(index, ZONE, at)}
            told = {"what": "silences of a sound channel", "a_day": a_day, "clustering": clustering}
            print(json.dumps(told | {"years": YEARS, "silences": len(named)}), flush=True)


if __name__ == "__main__":
    main()
