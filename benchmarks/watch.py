"""How long one look of the watch takes over thousands of series. One JSON line a figure.

.venv/bin/python -m benchmarks.watch --messages 60000 --districts 40
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path

from casework.taxonomy import leaves
from monitor.baseline import read_past, read_window
from monitor.index.embedded import EmbeddedIndex
from monitor.usual import Usual
from monitor.watch import watch
from monitor.word_watch import watch_words
from tests.monitor.documents import ZONE, make, search_words, words
from tests.monitor.recorded import city
from tests.monitor.simulated import FIRST, WORDS

DAYS = 63
NOW = (FIRST + timedelta(days=DAYS)).astimezone(UTC)
LOOKS = 5


def report(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}, ensure_ascii=False), flush=True)


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--districts", type=int, default=40)
    given = parser.parse_args()
    chance = random.Random(1)
    topics = sorted({leaf.path[:2] for leaf in leaves()})
    report("machine", load=[round(load, 1) for load in os.getloadavg()])
    with (
        tempfile.TemporaryDirectory() as name,
        city(f"sqlite:///{Path(name) / 'records.db'}") as records,
    ):
        index = EmbeddedIndex(Path(name) / "index", words, search_words, "benchmark")
        with index.rebuilding() as build:
            build.put(
                [
                    make(
                        n,
                        received_at=NOW - timedelta(seconds=chance.randrange(DAYS * 86_400)),
                        topic=chance.choice(topics),
                        district=f"D{chance.randrange(given.districts)}",
                        keywords=tuple(chance.sample(WORDS, 3)),
                        body=f"第{n}件",
                        subject="",
                    )
                    for n in range(given.messages)
                ]
            )
        past = read_past(index, NOW, ZONE)
        assert past is not None
        week = read_window(index, NOW, timedelta(days=7), ZONE, past)
        series = Usual(week).series
        looks = [
            seconds(partial(watch, records, index, ZONE, NOW - timedelta(minutes=at)))
            for at in range(LOOKS)
        ]
        over_words = [
            seconds(partial(watch_words, records, index, ZONE, NOW - timedelta(minutes=at)))
            for at in range(LOOKS)
        ]
        report(
            "one look at every series",
            messages=given.messages,
            series=series,
            median_seconds=round(statistics.median(looks), 2),
            worst_seconds=round(max(looks), 2),
        )
        report(
            "one look at every word",
            median_seconds=round(statistics.median(over_words), 2),
            worst_seconds=round(max(over_words), 2),
        )
        index.close()


if __name__ == "__main__":
    main()
