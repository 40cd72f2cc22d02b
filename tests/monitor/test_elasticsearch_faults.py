"""The cluster ends, hangs, and is reached through a bad line; the relay is killed. Nothing is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.errors import IndexUnavailable, RecordsUnavailable
from casework.permissions import EVERYTHING
from casework.storage import outbox
from casework.storage.records import Records
from monitor import relay_turns
from monitor.index.elasticsearch import ElasticsearchIndex
from monitor.index.interface import ANYTHING
from monitor.index.state import IndexState
from tests.conftest import lacking
from tests.databases import Databases
from tests.monitor.clusters import fresh_index, remove_all
from tests.monitor.documents import NOON, make, scatter
from tests.monitor.recorded import city, open_records, record_all
from tests.services.elasticsearch.node import Node, single
from tests.services.elasticsearch.parts import NotInstalled
from tests.services.elasticsearch.proxy import Proxy, Weather

ROOT = Path(__file__).parents[2]
CHAOS = bool(os.environ.get("MINSHENG_CHAOS_SECONDS"))
"""Under `make chaos` everything is done oftener."""


def now() -> datetime:
    return datetime.now(UTC)


def in_step(records: Records, index: ElasticsearchIndex, messages: int) -> None:
    """Nothing waits, nothing differs. A server that was held is asked again after a moment."""
    _until(lambda: _served(records, index))
    checked = relay_turns.serve(records, index, "me", now, relay_turns.CHECK).checked
    assert checked is not None
    assert (checked.wrong, sum(month.records for month in checked.months)) == (0, messages)
    assert index.count(ANYTHING, EVERYTHING) == messages
    with records.read() as work:
        assert outbox.backlog(work).rows == 0


@pytest.fixture
def node() -> Iterator[Node]:
    """A server of this test's own, running."""
    try:
        started = single()
    except NotInstalled as error:
        lacking(str(error))
    started.start()
    yield started
    started.remove()


@pytest.mark.sqlite  # what is tried is the cluster's end; once is enough
@pytest.mark.timeout(1200)
def test_a_cluster_that_ends_and_hangs_during_an_import_loses_nothing(
    records: Records, node: Node
) -> None:
    """Messages are taken in while the server is killed, started anew, and held."""
    index, each = fresh_index(node.url), 1000 if CHAOS else 100
    stop, failures = threading.Event(), list[Exception]()
    relaying = threading.Thread(
        target=relay_turns.follow, args=(records, index, "me", now, stop, failures.append, 0.1)
    )
    relaying.start()
    befalls = {5: node.kill, 10: node.start, 14: node.hold, 16: node.go_on}
    try:
        for part in range(20):
            for start in range(part * each, (part + 1) * each, 100):
                record_all(records, [make(n) for n in range(start, start + 100)])
            befalls.get(part, lambda: None)()
            if part == 5:
                _until(lambda: bool(failures))
    finally:
        stop.set()
        relaying.join()
    # An import without a pause may keep SQLite from the relay for longer than that waits.
    assert {type(error) for error in failures} - {RecordsUnavailable} == {IndexUnavailable}
    in_step(records, index, 20 * each)
    index.end()


def _served(records: Records, index: ElasticsearchIndex) -> bool:
    try:
        relay_turns.serve(records, index, "me", now)
    except IndexUnavailable:
        return False
    return True


def _until(held: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not held():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.sqlite
def test_a_bad_line_loses_and_doubles_nothing(records: Records, elasticsearch_url: str) -> None:
    weather = Weather(cut_before=0.1, cut_after=0.1, twice=0.2, held_up=0.2)
    proxy = Proxy(elasticsearch_url, weather)
    index = fresh_index(proxy.url)
    documents = scatter(8, 1200, NOON - timedelta(days=40), timedelta(days=60))
    try:
        for start in range(0, 1200, 200):
            record_all(records, documents[start : start + 200])
            _until_served(records, index)
        _until_served(records, index, relay_turns.REBUILD)
        assert min(weather.seen.get(what, 0) for what in ("cut_before", "cut_after", "twice")) > 0
        for what in ("cut_before", "cut_after", "twice", "held_up"):
            setattr(weather, what, 0.0)
        in_step(records, index, 1200)
    finally:
        index.close()
        remove_all(index)
        proxy.close()


def _until_served(records: Records, index: ElasticsearchIndex, wish: str = "") -> None:
    for _ in range(100):
        try:
            relay_turns.serve(records, index, "me", now, wish)
            return
        except IndexUnavailable:
            time.sleep(0.01)
    raise AssertionError("not once in a hundred times")


def test_a_line_that_hangs_is_given_up(elasticsearch_url: str) -> None:
    """Pages wait for it once, and not again for a while."""
    proxy = Proxy(elasticsearch_url, Weather(held_up=1.0, slow=1.5))
    index = fresh_index(proxy.url)
    index._reading._client = index._client.options(request_timeout=0.2, max_retries=0)
    with pytest.raises(IndexUnavailable, match="cannot be reached"):
        index.count(ANYTHING, EVERYTHING)
    with pytest.raises(IndexUnavailable, match="a moment ago"):
        index.count(ANYTHING, EVERYTHING)
    assert index.health().state is IndexState.AWAY
    index.end()
    proxy.close()


RELAY = """
import sys
from datetime import UTC, datetime
from monitor import relay, relay_turns
from tests.monitor.clusters import fresh_index
from tests.monitor.recorded import open_records

relay.BATCH, relay.REBUILD_BATCH = 20, 100
url, name, database, wish = sys.argv[1:]
index, records = fresh_index(url, name), open_records(database)
sys.stdout.write("ready\\n")
sys.stdout.flush()
while True:
    relay_turns.serve(records, index, "relay", lambda: datetime.now(UTC), wish)
"""


@pytest.mark.parametrize("wish", ["", relay_turns.REBUILD], ids=["delivering", "rebuilding"])
def test_killing_the_relay_at_any_moment_loses_nothing(
    tmp_path: Path, databases: Databases, elasticsearch_url: str, wish: str
) -> None:
    url, rounds, each = databases.fresh(tmp_path), 20 if CHAOS else 3, 150
    chance = random.Random(9)
    documents = scatter(9, rounds * each, NOON - timedelta(days=20), timedelta(days=40))
    index = fresh_index(elasticsearch_url)
    with city(url) as records:
        for number in range(rounds):
            record_all(records, documents[number * each : (number + 1) * each])
            process = subprocess.Popen(
                [sys.executable, "-c", RELAY, elasticsearch_url, index._months.name, url, wish],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 1.0))
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
    records = open_records(url)
    later = relay_turns.LEASE_LENGTH
    relay_turns.serve(records, index, "me", lambda: now() + later)
    relay_turns.let_go(records, index, "me", now() + later)
    in_step(records, index, rounds * each)
    records.close()
    remove_all(index)
