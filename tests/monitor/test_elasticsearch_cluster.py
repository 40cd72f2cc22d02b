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


def test_a_node_killed_under_load_is_not_missed(records: Records, nodes: list[Node]) -> None:
    cluster = Cluster(tuple(node.url for node in nodes), "chaos", sniff=True)
    index, reader = (
        ElasticsearchIndex(cluster, ZONE, words, search_words, "test") for _ in range(2)
    )
    documents = scatter(12, MESSAGES, NOON - timedelta(days=60), timedelta(days=60))
    record_all(records, documents[:PART])
    relay_turns.serve(records, index, "me", lambda: datetime.now(UTC))
    with Elasticsearch(nodes[0].url) as client:
        client.cluster.health(wait_for_status="green", timeout="60s")
    stop, answers, failures = threading.Event(), list[float](), list[Exception]()
    relayed = list[Exception]()

    def look() -> None:
        period = Period((NOON - timedelta(days=30)).date(), NOON.date(), ZONE)
        while not stop.is_set():
            began = time.monotonic()
            try:
                trends.overview(reader, period, ANYTHING, EVERYTHING, NOON)
                answers.append(time.monotonic() - began)
            except Exception as error:
                failures.append(error)
            stop.wait(0.1)

    threads = [
        threading.Thread(target=look),
        threading.Thread(
            target=relay_turns.follow,
            args=(records, index, "me", lambda: datetime.now(UTC), stop, relayed.append, 0.2),
        ),
    ]
    for thread in threads:
        thread.start()
    try:
        for number, start in enumerate(range(PART, MESSAGES, PART)):
            record_all(records, documents[start : start + PART])
            if number == 10:
                nodes[1].kill()
            if number == 25:
                nodes[1].start()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    print(
        f"dashboards: {len(answers)} answered, slowest {max(answers):.1f} s, {len(failures)} not; "
        f"turns of the relay that failed: {len(relayed)}; {os.getloadavg()[0]:.1f} load"
    )
    assert failures == []
    with Elasticsearch(nodes[0].url) as client:
        health = client.cluster.health(wait_for_status="green", timeout="120s")
        assert (health["status"], health["number_of_nodes"]) == ("green", 3)
    in_step(records, index, MESSAGES)
    for one in (index, reader):
        one.end()
