"""False alarms in quiet weeks, and how soon bursts and rises are noticed. One JSON line a figure.

    .venv/bin/python -m benchmarks.index_alerts --seeds 10

Each seed is a city of 90 days, about 33 messages a day, watched every six hours from the fourth
week on; then the same with a burst (60 messages within 24 hours) and with a slow rise (from 0 to 6
a day within four weeks). `--bursts` instead: bursts of 5, 10, 20 and 40 messages within 1, 6 and 24
hours, each on a random topic in a random district, watched every hour.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casework.storage.alerts import Alert, all_alerts
from casework.storage.trend_documents import TrendDocument
from casework.taxonomy import leaves
from monitor.index.embedded import EmbeddedIndex
from monitor.watch import watch
from tests.monitor.documents import ZONE, search_words, words
from tests.monitor.recorded import city
from tests.monitor.simulated import DAYS, DISTRICTS, FIRST, burst, quiet, rise

END = FIRST + timedelta(days=DAYS)
BURST_AT = FIRST + timedelta(days=80, hours=8)
RISE_AT = FIRST + timedelta(days=60)


def report(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}, ensure_ascii=False), flush=True)


def replay(
    documents: list[TrendDocument], start: datetime, end: datetime, step: timedelta
) -> list[Alert]:
    """The alerts of a city watched from start to end, the earliest first."""
    with (
        tempfile.TemporaryDirectory() as name,
        city(f"sqlite:///{Path(name) / 'records.db'}") as records,
    ):
        index = EmbeddedIndex(Path(name) / "index", words, search_words, "benchmark")
        with index.rebuilding() as build:
            build.put(documents)
        now = start
        while now <= end:
            watch(records, index, ZONE, now.astimezone(UTC))
            now += step
        with records.read() as work:
            found = list(all_alerts(work)[::-1])
        index.close()
    return found


def small_bursts(seeds: int, per_day: float) -> None:
    """How many of the bursts are noticed, and how long after the first of their messages."""
    topics = sorted({leaf.path[:2] for leaf in leaves()})
    for hours in (1, 6, 24):
        for count in (5, 10, 20, 40):
            delays = []
            for seed in range(300, 300 + seeds):
                chance = random.Random(seed * 100 + hours + count)
                topic, district = chance.choice(topics), chance.choice(DISTRICTS)
                at = BURST_AT + timedelta(hours=chance.randrange(0, 12))
                calm = [one for one in quiet(seed, per_day) if one.received_at < at + timedelta(2)]
                sudden = calm + burst(seed, at, count, timedelta(hours=hours), topic, district)
                found = replay(sudden, at, at + timedelta(hours=hours + 6), timedelta(hours=1))
                told = [alert for alert in found if alert.topic in (topic, topic[:1], ())]
                delays += [_hours(alert.raised_at - at) for alert in told[:1]]
            report(
                f"burst of {count} in {hours} h",
                found=len(delays),
                of=seeds,
                median_delay_hours=statistics.median(delays) if delays else None,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--per-day", type=float, default=33)
    parser.add_argument("--bursts", action="store_true")
    given = parser.parse_args()
    if given.bursts:
        small_bursts(given.seeds, given.per_day)
        return
    topics = sorted({leaf.path[:2] for leaf in leaves()})
    false_alarms, runs, extra = 0, 0, 0
    burst_delays, rise_delays = [], []
    for seed in range(100, 100 + given.seeds):
        calm = quiet(seed, given.per_day)
        topic = random.Random(seed).choice(topics)
        found = replay(calm, FIRST + timedelta(days=28), END, timedelta(hours=6))
        false_alarms += len(found)
        runs += 62 * 4
        sudden = calm + burst(seed, BURST_AT, 60, timedelta(hours=24), topic, "D2")
        end = BURST_AT + timedelta(days=9)
        found = replay(sudden, BURST_AT, end, timedelta(hours=1))
        burst_delays += [_hours(alert.raised_at - BURST_AT) for alert in found[:1]]
        extra += len(found) - 1
        slow = calm + list(rise(seed + 500, RISE_AT, 28, 6, topic, "D2"))
        found = replay(slow, RISE_AT, END, timedelta(hours=12))
        rise_delays += [_hours(alert.raised_at - RISE_AT) / 24 for alert in found[:1]]
    report("quiet weeks", runs=runs, days=62 * given.seeds, false_alarms=false_alarms)
    report(
        "burst of 60 in 24 h",
        found=len(burst_delays),
        of=given.seeds,
        median_delay_hours=statistics.median(burst_delays),
        worst_delay_hours=max(burst_delays),
        alerts_beyond_the_one=extra,
    )
    report(
        "rise from 0 to 6 a day in 28 days",
        found=len(rise_delays),
        of=given.seeds,
        median_delay_days=statistics.median(rise_delays),
        worst_delay_days=max(rise_delays),
    )


def _hours(length: timedelta) -> float:
    return length / timedelta(hours=1)


if __name__ == "__main__":
    main()
