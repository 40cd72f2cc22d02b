"""Three nodes, one of them killed under load: `make chaos`."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch

from casework.permissions import EVERYTHING
from casework.storage.records import Records
from monitor import relay_turns, trends
from monitor.index.elasticsearch import ElasticsearchIndex
from monitor.index.elasticsearch_client import Cluster
from monitor.index.interface import ANYTHING
from monitor.trends import Period
from tests.conftest import lacking
from tests.monitor.documents import NOON, ZONE, scatter, search_words, words
from tests.monitor.recorded import record_all
from tests.monitor.test_elasticsearch_faults import CHAOS, in_step
from tests.services.elasticsearch.node import Node, three
from tests.services.elasticsearch.parts import NotInstalled

pytestmark = [
    pytest.mark.skipif(not CHAOS, reason="three nodes take long: make chaos"),
    pytest.mark.timeout(1200),
]
MESSAGES, PART = 12_000, 300


@pytest.fixture
def nodes() -> Iterator[list[Node]]:
    try:
        made = three()
    except NotInstalled as error:
        lacking(str(error))
    try:
        for node in made:
            node.start(wait=False)
        for node in made:
            node.wait()
        yield made
    finally:
        for node in made:
            node.remove()


class Looking:
    """Somebody who looks at the dashboard all the time."""

    def __init__(self, index: ElasticsearchIndex, stop: threading.Event) -> None:
        self._index, self._stop = index, stop
        self.seconds, self.failures = list[float](), list[Exception]()

    def look(self) -> None:
        period = Period((NOON - timedelta(days=30)).date(), NOON.date(), ZONE)
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                trends.overview(self._index, period, ANYTHING, EVERYTHING, NOON)
                self.seconds.append(time.monotonic() - began)
            except Exception as error:
                self.failures.append(error)
            self._stop.wait(0.1)


def until_green(node: Node) -> None:
    """Every message has its copies on three nodes."""
    with Elasticsearch(node.url) as client:
        health = client.cluster.health(wait_for_status="green", timeout="120s")
    assert (health["status"], health["number_of_nodes"]) == ("green", 3)


def test_a_node_killed_under_load_is_not_missed(records: Records, nodes: list[Node]) -> None:
    cluster = Cluster(tuple(node.url for node in nodes), "chaos", sniff=True)
    index, reader = (
        ElasticsearchIndex(cluster, ZONE, words, search_words, "test") for _ in range(2)
    )
    documents = scatter(12, MESSAGES, NOON - timedelta(days=60), timedelta(days=60))
    record_all(records, documents[:PART])
    relay_turns.serve(records, index, "me", now)
    until_green(nodes[0])
    stop, relayed = threading.Event(), list[Exception]()
    looking = Looking(reader, stop)
    relay = (records, index, "me", now, stop, relayed.append, 0.2)
    threads = [
        threading.Thread(target=looking.look),
        threading.Thread(target=relay_turns.follow, args=relay),
    ]
    for thread in threads:
        thread.start()
    befalls = {10: nodes[1].kill, 25: nodes[1].start}
    try:
        for number, start in enumerate(range(PART, MESSAGES, PART)):
            record_all(records, documents[start : start + PART])
            befalls.get(number, lambda: None)()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    print(
        f"dashboards: {len(looking.seconds)} answered, slowest {max(looking.seconds):.1f} s, "
        f"{len(looking.failures)} not; turns of the relay that failed: {len(relayed)}; "
        f"load {os.getloadavg()[0]:.1f}"
    )
    assert looking.failures == []
    until_green(nodes[0])
    in_step(records, index, MESSAGES)
    for one in (index, reader):
        one.end()


def now() -> datetime:
    return datetime.now(UTC)
