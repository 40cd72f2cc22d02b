"""The watch's own times: the nightly count, a new hour, a year of hours, and from a message to its alert.

    .venv/bin/python -m benchmarks.watch_year

One JSON line a figure, each with its goal. Some 5,000 series, 950 messages a day. A year of hours is
looked at by two processes, half a year each, all five rules at every hour, as `watch` does it but for
the counting of the present, which is taken from arrays. The way of a message is that of a real city
with its timetable: receive, relay, the watch's turn.
"""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, timedelta
from pathlib import Path

import numpy as np

from casework.model import MessageDraft
from casework.storage.alerts import all_alerts
from casework.taxonomy import leaves
from intake.receive import receive, receive_many
from monitor import relay_turns
from monitor.alerts import URGENT
from monitor.baseline import window_of
from monitor.findings import RULES, Findings
from monitor.hour_table import HOUR, HourTable, count_hours, past_of
from monitor.index.embedded import EmbeddedIndex
from monitor.kept_table import night_before, table_for
from monitor.tallies import Counted, Series
from monitor.usual import Usual
from monitor.watch import watch
from runtime.clock import now
from runtime.demonstration.compose import compose
from runtime.scheduler import start_scheduler
from runtime.settings import read_settings
from runtime.wiring import City, open_city
from tests.builders import draft
from tests.monitor.documents import ZONE, make, search_words, words
from tests.monitor.recorded import city
from tests.monitor.simulated import FIRST, HOURS, WEEKDAYS, WORDS

DISTRICTS, A_DAY, DAYS = 37, 950, 64
YEAR_HOURS, PAST_HOURS = 8_760, 9 * 168 + 2
START = FIRST.astimezone(UTC)
BURST, LONGEST_WAIT = 20, 180


def report(what: str, seconds: float, goal: float, **figures: object) -> None:
    told = {"what": what, "seconds": round(seconds, 2), "goal": goal, "within": seconds < goal}
    print(json.dumps(told | figures, ensure_ascii=False), flush=True)


def a_year() -> HourTable:
    """A year of hours, and the nine weeks before them."""
    chance = np.random.default_rng(1)
    topics = sorted({leaf.path[:2] for leaf in leaves()})
    paths = [(), *sorted({topic[:1] for topic in topics}), *topics]
    place = {path: n for n, path in enumerate(paths)}
    codes = ["", *(f"D{n}" for n in range(DISTRICTS))]
    names = {
        Series(path, code): n * len(codes) + m
        for n, path in enumerate(paths)
        for m, code in enumerate(codes)
    }
    levels = np.array([[0, place[topic[:1]], place[topic]] for topic in topics])
    hours = PAST_HOURS + YEAR_HOURS
    local = [(START + n * HOUR).astimezone(ZONE) for n in range(hours)]
    mean = [A_DAY * WEEKDAYS[at.weekday()] * HOURS[at.hour] / sum(HOURS) for at in local]
    each = chance.poisson(mean)
    messages = int(each.sum())
    topic = chance.integers(0, len(topics), messages)
    district = chance.integers(1, len(codes), messages)
    rows = (
        levels[topic][:, :, None] * len(codes)
        + np.stack([np.zeros_like(district), district], axis=1)[:, None, :]
    )
    negative = np.repeat(chance.random(messages) < 0.45, 6)
    hour = np.repeat(np.repeat(np.arange(hours), each), 6)
    keys, at, counts = np.unique(
        hour * len(names) + rows.reshape(-1), return_inverse=True, return_counts=True
    )
    negatives = np.bincount(at, negative).astype(np.int64)
    borders = np.searchsorted(keys, np.arange(hours + 1) * len(names))
    return HourTable(START, names, borders, keys % len(names), counts, negatives)


def look_at_hours(first: int, last: int) -> tuple[int, int, float]:
    """Look at these hours of a year; how many series there are, how many findings, and what the
    processor spent on it, in seconds."""
    table, found = a_year(), 0
    lengths = {rule.length for rule in RULES}
    for hour in range(first, last):
        at = START + (PAST_HOURS + hour) * HOUR
        past = past_of(table, at, ZONE)
        assert past is not None
        windows = {
            length: window_of(
                Counted(table.names, *table.between(at - length, at)), at, length, ZONE, past
            )
            for length in lengths
        }
        usual = {length: Usual(window) for length, window in windows.items()}
        for rule in RULES:
            findings = Findings(rule, windows[rule.length], usual[rule.length])
            found += sum(1 for _ in findings.take())
    return len(table.names), found, time.process_time()


def measure_year() -> None:
    half = YEAR_HOURS // 2
    began = time.perf_counter()
    with ProcessPoolExecutor(2) as two:
        parts = list(two.map(look_at_hours, (0, half), (half, YEAR_HOURS)))
    taken = time.perf_counter() - began
    found = sum(part[1] for part in parts)
    report(
        "a year of hours, two processes",
        taken,
        60,
        series=parts[0][0],
        findings=found,
        processor_seconds=[round(part[2], 1) for part in parts],
    )


def measure_night_and_hour(folder: Path) -> None:
    chance = random.Random(1)
    topics = sorted({leaf.path[:2] for leaf in leaves()})
    end = START + timedelta(days=DAYS)
    with city(f"sqlite:///{folder / 'records.db'}") as records:
        index = EmbeddedIndex(folder / "index", words, search_words, "benchmark")
        with index.rebuilding() as build:
            build.put(
                [
                    make(
                        n,
                        received_at=end - timedelta(seconds=chance.randrange(DAYS * 86_400)),
                        topic=chance.choice(topics),
                        district=f"D{chance.randrange(DISTRICTS)}",
                        keywords=tuple(chance.sample(WORDS, 3)),
                        body=f"第{n}件",
                        subject="",
                    )
                    for n in range(DAYS * A_DAY)
                ]
            )
        file, at = folder / "past-hours.npz", end - timedelta(hours=1)
        began = time.perf_counter()
        counted = count_hours(index, night_before(at, ZONE))
        report("the nightly count", time.perf_counter() - began, 600, series=len(counted.names))
        table_for(index, file, at, ZONE)
        began = time.perf_counter()
        watch(records, index, ZONE, at, table=table_for(index, file, at, ZONE))
        report(
            "one new hour", time.perf_counter() - began, 5, kilobytes=file.stat().st_size // 1024
        )
        index.close()


def measure_message(folder: Path) -> None:
    settings = read_settings({"MINSHENG_HOME": str(folder)})
    opened = open_city(settings)
    office = opened.office()
    past = [entry.draft for entry in compose(now(), office.zone, office.calendar)]
    for at in range(0, len(past), 200):
        receive_many(opened.intake, past[at : at + 200], now())
    relay_turns.serve(opened.records, opened.index, opened.holder, now)
    stop = start_scheduler(opened)
    try:
        time.sleep(45)  # a first turn, and the night's table
        began = time.perf_counter()
        receive(opened.intake, _draft("u", "求助", "有人站在楼顶要跳楼，快来救人！"), now())
        report("an urgent message to its alert", _alerted(opened, began, True), 60)
        for n in range(BURST):
            matter = f"第{n + 1}位家长反映学校违规补课，收取补课费，请教育局查处"
            receive(opened.intake, _draft(f"b{n}", "补课", matter), now())
        began = time.perf_counter()
        report("the last message of a burst to its alert", _alerted(opened, began, False), 60)
    finally:
        stop()
        opened.close()


def _draft(reference: str, subject: str, body: str) -> MessageDraft:
    return draft(
        source="bench", source_ref=reference, subject=subject, body=body, received_at=now()
    )


def _alerted(opened: City, began: float, urgent: bool) -> float:
    """Seconds until there is an alert that was not there before; infinite when none comes."""
    since = now() - timedelta(seconds=30)  # an alert's time is the end of its turn
    while time.perf_counter() - began < LONGEST_WAIT:
        with opened.records.read() as work:
            told = [one for one in all_alerts(work) if (one.measure == URGENT) is urgent]
        if any(one.raised_at >= since for one in told):
            return time.perf_counter() - began
        time.sleep(0.05)
    return float("inf")


def main() -> None:
    print(json.dumps({"what": "machine", "load": [round(n, 1) for n in os.getloadavg()]}))
    measure_year()
    for measure in (measure_night_and_hour, measure_message):
        with tempfile.TemporaryDirectory() as name:
            measure(Path(name))


if __name__ == "__main__":
    main()
