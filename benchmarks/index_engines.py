"""Both engines of the trend index, side by side in one run. One JSON line a figure.

    .venv/bin/python -m benchmarks.index_engines --messages 100000

The same records (a real SQLite file) are read, segmented and indexed by a rebuild into each engine,
then both are asked what pages ask. Elasticsearch is a node started for this run on the same machine
(512 MB of heap), or the one at ELASTICSEARCH_TEST_URL. The bare figures are documents made ready before,
put in by each engine's own writer and nothing else. With --records FILE the records are kept there, and
taken from there when they were made before: most of a run is making them. With --own-words texts are cut as
the program does it, which also finds every word of the dictionary in them; else more quickly, with rjieba alone.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from elasticsearch.helpers import streaming_bulk
from tantivy import Document, Index

from benchmarks.index_queries import END, LAST, documents
from casework.permissions import EVERYTHING, Scope
from casework.storage.records import Records
from casework.storage.trend_documents import TrendDocument
from classifier.segmentation import words as own_words
from classifier.user_dictionary import SearchWords
from monitor import relay, trends
from monitor.index import fields
from monitor.index.elasticsearch import ElasticsearchIndex
from monitor.index.elasticsearch_client import Cluster
from monitor.index.elasticsearch_query import mappings, source
from monitor.index.embedded import EmbeddedIndex
from monitor.index.embedded_query import schema
from monitor.index.embedded_writer import HEAP_BYTES
from monitor.index.interface import (
    ANYTHING,
    Dimension,
    Interval,
    Order,
    Segment,
    TrendFilter,
    TrendIndex,
)
from monitor.trends import Period
from tests.monitor.clusters import remove_all
from tests.monitor.documents import ABOVE, ZONE, search_words, words
from tests.monitor.recorded import city, open_records, record_all
from tests.services.elasticsearch.node import single

ROUNDS, WARM = 40, 5
BARE = 20_000
CHUNK = 2_000
TEXT = "小区旁边工地夜间施工噪声污染很大，道路维修、供水供热和公共交通也不方便"


def report(what: str, **figures: object) -> None:
    load = round(os.getloadavg()[0], 1)
    print(json.dumps({"what": what, **figures, "load": load}, ensure_ascii=False), flush=True)


def resident() -> int:
    """Bytes of memory this process holds, without the files it has mapped."""
    status = Path("/proc/self/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("RssAnon")]
    return int(line.split()[1]) * 1024


@contextmanager
def memory_watched() -> Iterator[list[int]]:
    """Samples of resident memory, four a second, for as long as the block runs."""
    samples, stop = [resident()], threading.Event()

    def watch() -> None:
        while not stop.wait(0.25):
            samples.append(resident())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield samples
    finally:
        stop.set()
        thread.join()


def fill(name: str, records: Records, index: TrendIndex, bare: float) -> None:
    """Rebuild the index from the records."""
    with memory_watched() as samples:
        began = time.perf_counter()
        rebuilt = relay.rebuild(records, index)
        spent = time.perf_counter() - began
    speed = rebuilt.documents / spent
    settled = samples[len(samples) // 10 :]
    report(
        "rebuild",
        engine=name,
        messages=rebuilt.documents,
        seconds=round(spent, 1),
        per_second=round(speed),
        of_bare=round(speed / bare, 2),
        megabytes_grown=round((max(settled) - settled[0]) / 1e6, 1),
    )


def bare_document(one: fields.IndexedMessage) -> Document:
    return Document(
        **one.keywords,
        message_id=one.message_id,
        number=one.number,
        received_at=one.received_at,
        place_in_time=one.place_in_time,
        version=one.version,
        digest=one.digest,
        words=one.words,
    )


def bare_tantivy(ready: list[fields.IndexedMessage], folder: Path) -> float:
    """Documents a second into a bare writer."""
    folder.mkdir()
    made = [bare_document(one) for one in ready]
    writer = Index(schema(), path=str(folder)).writer(HEAP_BYTES, 1)
    began = time.perf_counter()
    for one in made:
        writer.add_document(one)
    writer.commit()
    writer.wait_merging_threads()
    return len(made) / (time.perf_counter() - began)


def bare_elasticsearch(ready: list[fields.IndexedMessage], index: ElasticsearchIndex) -> float:
    """Documents a second by the client's own helper into one index; the second of two goes."""
    made = [source(one) for one in ready]
    name = f"{index._months.name}-bare"
    for _ in range(2):
        index._client.options(ignore_status=404).indices.delete(index=name)
        index._client.indices.create(
            index=name,
            mappings=mappings(),
            settings={"number_of_replicas": 0, "refresh_interval": "-1"},
        )
        began = time.perf_counter()
        actions = ({"_index": name, "_source": one} for one in made)
        for _done in streaming_bulk(index._client, actions, chunk_size=1000):
            pass
        spent = time.perf_counter() - began
    index._client.indices.delete(index=name)
    return len(made) / spent


def questions(index: TrendIndex) -> dict[str, Callable[[], object]]:
    """What pages ask."""
    quarter, scope = Period(LAST.replace(day=1), LAST, ZONE), Scope()
    months = Period(LAST.replace(month=LAST.month - 2, day=1), LAST, ZONE)
    department = Scope(lead_under="D1", not_accused=ABOVE["D1"])
    asked = TrendFilter(words="噪声污染")
    one = TrendFilter(topic=("环境保护",))
    within = months.of(ANYTHING)
    return {
        "the dashboard's queries, 30 days": lambda: trends.overview(
            index, quarter, ANYTHING, scope, END
        ),
        "the dashboard's queries, 90 days": lambda: trends.overview(
            index, months, ANYTHING, scope, END
        ),
        "the same for one department": lambda: trends.overview(
            index, months, ANYTHING, department, END
        ),
        "one query: count": lambda: index.count(within, scope),
        "one query: ranking": lambda: index.counts(
            [Dimension.TOPIC, Dimension.SENTIMENT], within, scope
        ),
        "one query: course of 90 days": lambda: index.series(
            None, Interval.DAY, months.from_day, months.to_day, ZONE, ANYTHING, scope
        ),
        "one query: top words, 90 days": lambda: index.top_words(within, scope, 50),
        "three years by day and topic": lambda: index.series(
            Dimension.TOPIC, Interval.DAY, LAST.replace(year=2024), LAST, ZONE, ANYTHING, scope
        ),
        "search by relevance": lambda: index.search(asked, scope, 0, 20, Order.RELEVANCE),
        "search by date": lambda: index.search(one, scope, 0, 20, Order.DATE),
        "similar": lambda: index.similar(TEXT, EVERYTHING, 10),
    }


def ask(engines: dict[str, TrendIndex]) -> None:
    """Every question to each engine in turn, so that both see the same machine."""
    asked = {name: questions(index) for name, index in engines.items()}
    for what in next(iter(asked.values())):
        spent: dict[str, list[float]] = {name: [] for name in engines}
        for number in range(WARM + ROUNDS):
            for name in engines:
                began = time.perf_counter()
                asked[name][what]()
                if number >= WARM:
                    spent[name].append((time.perf_counter() - began) * 1000)
        for name, times in spent.items():
            p95 = statistics.quantiles(times, n=20)[-1]
            median = statistics.median(times)
            report(what, engine=name, p50_ms=round(median, 1), p95_ms=round(p95, 1))


def record(records: Records, count: int) -> None:
    batch: list[TrendDocument] = []
    for one in documents(count):
        batch.append(one)
        if len(batch) == CHUNK:
            record_all(records, batch)
            batch = []
    record_all(records, batch)


@contextmanager
def made(count: int, file: Path) -> Iterator[Records]:
    """So many messages on record."""
    url = f"sqlite:///{file}"
    if file.exists():
        records = open_records(url)
        yield records
        records.close()
        return
    with city(url) as records:
        began = time.perf_counter()
        record(records, count)
        report("records made", messages=count, seconds=round(time.perf_counter() - began))
        yield records


def compare(count: int, folder: Path, url: str, file: Path, cut: tuple[Segment, Segment]) -> None:
    """cut: what is asked and what is indexed is cut with these."""
    embedded = EmbeddedIndex(folder / "index", *cut, "benchmark")
    cluster = ElasticsearchIndex(Cluster((url,), "benchmark"), ZONE, *cut, "benchmark")
    ready = [fields.indexed(one, cut[1]) for one in islice(documents(count), BARE)]
    bare = {
        "embedded": bare_tantivy(ready, folder / "bare"),
        "elasticsearch": bare_elasticsearch(ready, cluster),
    }
    for name, speed in bare.items():
        report("bare writer", engine=name, messages=len(ready), per_second=round(speed))
    del ready
    with made(count, file) as records:
        engines: dict[str, TrendIndex] = {"embedded": embedded, "elasticsearch": cluster}
        for name, index in engines.items():
            fill(name, records, index, bare[name])
    size = sum(path.stat().st_size for path in (folder / "index").rglob("*.*"))
    report("bytes a document", engine="embedded", bytes=round(size / count))
    cluster._client.indices.forcemerge(index="benchmark", max_num_segments=1)
    stats = cluster._client.indices.stats(index="benchmark", metric=["store"])
    size = stats["_all"]["primaries"]["store"]["size_in_bytes"]
    report("bytes a document", engine="elasticsearch", bytes=round(size / count))
    ask(engines)
    embedded.end()
    remove_all(cluster)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--records", type=Path, default=None)
    parser.add_argument("--own-words", action="store_true")
    asked = parser.parse_args()
    cut = (own_words, SearchWords()) if asked.own_words else (words, search_words)
    cut[1]("开始")  # load the dictionary
    with tempfile.TemporaryDirectory() as name:
        url = os.environ.get("ELASTICSEARCH_TEST_URL", "")
        node = None
        if not url:
            node = single(java=())
            node.start()
            url = node.url
        try:
            file = asked.records or Path(name) / "records.sqlite"
            compare(asked.messages, Path(name), url, file, cut)
        finally:
            if node is not None:
                node.remove()


if __name__ == "__main__":
    main()
