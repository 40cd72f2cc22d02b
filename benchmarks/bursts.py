"""How bursts in one series are found. One JSON line a figure.

    .venv/bin/python -m benchmarks.bursts [--series 1] [--data ../shared]

First the mention counts of NAB, scored by the data folder's own scorer: on all five, at the score
of one half and at the best one; then each with the level that is best on the other four.
Then the made-up series of benchmarks/surveillance.py.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import numpy as np

from benchmarks import surveillance as made_up
from monitor.series import LEVEL, SeriesWatch

SIZES = (2, 5, 10)
LEVELS = (2.0, 2.2, LEVEL, 2.6, 2.8)
Windows = list[tuple[int, int]]


def report(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}, ensure_ascii=False), flush=True)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A real series. windows: first and last row of each labelled anomaly."""

    name: str
    times: list[datetime]
    counts: list[float]
    windows: Windows

    def scores(self, level: float) -> list[float]:
        watch = SeriesWatch(level)
        return [watch.judge(*row).score for row in zip(self.times, self.counts, strict=True)]


def real_series(folder: Path) -> list[Labelled]:
    found = []
    for name, labelled in json.loads((folder / "windows.json").read_text()).items():
        with (folder / name).open(encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        times = [row["timestamp"] for row in rows]
        windows = [
            (
                next(n for n, at in enumerate(times) if at >= first),
                max(n for n, at in enumerate(times) if at <= last),
            )
            for first, last in labelled
        ]
        aware = [datetime.fromisoformat(at).replace(tzinfo=UTC) for at in times]
        found.append(Labelled(name, aware, [float(row["value"]) for row in rows], windows))
    return found


def scorer(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("nab_score", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score_real(folder: Path) -> None:
    nab, series = scorer(folder / "tools" / "nab_score.py"), real_series(folder / "data" / "nab")
    scored = {
        level: {one.name: (one.scores(level), one.windows) for one in series} for level in LEVELS
    }
    shipped = nab.score_set(scored[LEVEL], [0.5])[0]
    best, at = nab.score_set(scored[LEVEL])
    report("NAB, five series", level=LEVEL, score=round(shipped, 1), best=round(best, 1), at=at)

    def raw(level: float, name: str) -> tuple[float, int]:
        return nab.raw_score(*scored[level][name], 0.5)

    def together(raws: Sequence[tuple[float, int]]) -> float:
        windows = sum(one[1] for one in raws)
        return round(50 * (sum(one[0] for one in raws) + windows) / windows, 1)

    left_out = []
    for one in series:
        others = [other.name for other in series if other is not one]
        level = max(LEVELS, key=lambda level: together([raw(level, name) for name in others]))
        left_out.append(raw(level, one.name))
        alarms = sum(score >= 0.5 for score in scored[level][one.name][0])
        report(
            "NAB, one left out",
            series=one.name,
            level_chosen_on_the_others=level,
            score=together(left_out[-1:]),
            alarms=alarms,
        )
    report("NAB, each left out in turn, together", score=together(left_out))


def score_made_up(series: int, daily: bool) -> None:
    chance = np.random.default_rng(2026)
    rows, year = (made_up.DAYS, 364) if daily else (made_up.WEEKS, 52)
    first = rows - year + 3
    quiet, outbreaks = [], {size: [] for size in SIZES}
    for scenario in made_up.SCENARIOS:
        for _ in range(series):
            quiet.append(made_up.make(chance, scenario, rows, 0, daily))
            for size in SIZES:
                outbreaks[size].append(made_up.make(chance, scenario, rows, size, daily))
    for name, detect in made_up.detectors(daily).items():
        false = [int(detect(one.counts, first).sum()) for one in quiet]
        seen = {
            f"k={size}": made_up.summary(made, [detect(one.counts, first) for one in made], first)
            for size, made in outbreaks.items()
        }
        report(
            "daily counts" if daily else "weekly counts",
            detector=name,
            series=len(quiet),
            false_alarms_a_series_year=round(float(np.mean(false)), 2),
            **seen,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=1, help="of each scenario and size")
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    given = parser.parse_args()
    report("machine", load=[round(load, 1) for load in os.getloadavg()])
    if given.data.is_dir():
        score_real(given.data)
    else:
        report("NAB", skipped=f"the reference data is not at {given.data}")
    for daily in (False, True):
        score_made_up(given.series, daily)


if __name__ == "__main__":
    main()
