"""How fast the trend index is built, delivered to and asked. One JSON line a figure.

    .venv/bin/python -m benchmarks.index_queries --messages 100000

Records are made in a folder of its own (a real SQLite file), with texts put together from the
taxonomy's words, then read, segmented and indexed as the relay does it.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from casework.permissions import EVERYTHING, Scope
from casework.storage.trend_documents import TrendDocument
from casework.taxonomy import CHANNELS, KINDS, SENTIMENTS, leaves
from monitor import relay, trends
from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import ANYTHING, Dimension, Interval, Order, TrendFilter, TrendIndex
from monitor.trends import Period
from monitor.watch import watch
from tests.monitor.documents import ABOVE, ZONE, make, search_words, words
from tests.monitor.recorded import city, record_all

FIRST = datetime(2023, 11, 19, tzinfo=ZONE)
DAYS = 1095
LAST = (FIRST + timedelta(days=DAYS - 1)).date()
END = FIRST + timedelta(days=DAYS)
ROUNDS = 15


def report(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}, ensure_ascii=False), flush=True)


def documents(count: int) -> Iterator[TrendDocument]:
    """Texts of about 120 characters, three years, in the order of time."""
    chance = random.Random(1)
    topics = [leaf.path for leaf in leaves()]
    weights = [1 / (rank + 3) for rank in range(len(topics))]
    names = sorted({part for topic in topics for part in topic})
    departments = [code for code in ABOVE if code]
    for number in range(count):
        [topic] = chance.choices(topics, weights)
        body = "，".join(chance.sample(names, 16)) + f"，{topic[2]}的问题请尽快处理。"
        yield make(
            number,
            received_at=(
                FIRST + timedelta(days=DAYS) * ((number + chance.random()) / count)
            ).astimezone(UTC),
            topic=topic,
            department=chance.choice(departments),
            district=chance.choice(["D1", "D2", "D3", "D4", ""]),
            channel=chance.choice(CHANNELS),
            kind=chance.choice(KINDS),
            sentiment=chance.choice(SENTIMENTS),
            subject=topic[2],
            body=body,
            keywords=tuple(chance.sample(names, 6)),
        )


def timed(what: str, act: Callable[[], object]) -> None:
    """Median and worst of some rounds, in milliseconds."""
    act()
    spent = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        spent.append((time.perf_counter() - start) * 1000)
    report(what, median_ms=round(statistics.median(spent), 2), worst_ms=round(max(spent), 2))


def ask(index: TrendIndex) -> None:
    quarter, scope = Period(LAST - timedelta(89), LAST, ZONE), Scope()
    within = quarter.of(ANYTHING)
    department = Scope(lead_under="D1", not_accused=ABOVE["D1"])
    timed("dashboard, 90 days", lambda: trends.overview(index, quarter, ANYTHING, scope, END))
    timed(
        "dashboard, 90 days, one department",
        lambda: trends.overview(index, quarter, ANYTHING, department, END),
    )
    timed("count", lambda: index.count(within, scope))
    timed(
        "three years by day and topic",
        lambda: index.series(
            Dimension.TOPIC, Interval.DAY, FIRST.date(), LAST, ZONE, ANYTHING, scope
        ),
    )
    timed(
        "three years by hour and topic",
        lambda: index.series(
            Dimension.TOPIC, Interval.HOUR, FIRST.date(), LAST, ZONE, ANYTHING, scope
        ),
    )
    timed(
        "2011 to 2026 by hour",
        lambda: index.series(
            None, Interval.HOUR, date(2011, 1, 1), date(2026, 12, 31), ZONE, ANYTHING, scope
        ),
    )
    asked = TrendFilter(words="噪声污染")
    timed("search by relevance", lambda: index.search(asked, scope, 0, 20, Order.RELEVANCE))
    timed("search by date", lambda: index.search(asked, scope, 0, 20, Order.DATE))
    timed("deep page", lambda: index.search(ANYTHING, scope, 9_900, 20, Order.DATE))
    timed("top words, 90 days", lambda: index.top_words(within, scope, 50))
    timed("top words, all", lambda: index.top_words(ANYTHING, scope, 50))
    week = TrendFilter(start=END - timedelta(days=7), topic=("环境保护",))
    timed("contrast words", lambda: index.contrast_words(week, within, scope, 10))
    text = "小区旁边工地夜间施工噪声污染很大，道路维修、供水供热和公共交通也不方便"
    timed("similar", lambda: index.similar(text, EVERYTHING, 10))
    timed("health", index.health)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    count = parser.parse_args().messages
    words("开始")  # load the dictionary
    with tempfile.TemporaryDirectory() as name, city(Path(name)) as records:
        index = EmbeddedIndex(Path(name) / "index", words, search_words, "benchmark")
        batch: list[TrendDocument] = []
        for document in documents(count):
            batch.append(document)
            if len(batch) == 2000:
                record_all(records, batch)
                batch = []
        record_all(records, batch)

        start = time.perf_counter()
        rebuilt = relay.rebuild(records, index)
        spent = time.perf_counter() - start
        size = sum(path.stat().st_size for path in (Path(name) / "index").rglob("*.*"))
        report(
            "rebuild",
            messages=rebuilt.documents,
            seconds=round(spent, 2),
            per_second=round(rebuilt.documents / spent),
            megabytes=round(size / 1e6, 1),
        )
        start = time.perf_counter()
        delivered = sum(relay.deliver(records, index).sent for _ in range(10))
        spent = time.perf_counter() - start
        report("deliver", batches=10, messages=delivered, per_second=round(delivered / spent))
        ask(index)
        timed("watch", lambda: watch(records, index, ZONE, END.astimezone(UTC)))
        index.close()


if __name__ == "__main__":
    main()
