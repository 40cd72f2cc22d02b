"""The watch on a cluster: the night's count, and what it raises, are those of the embedded index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from casework.storage.alerts import all_alerts
from casework.storage.records import Records
from monitor.baseline import Series
from monitor.hour_table import HOURS, HourTable, count_hours
from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import TrendIndex
from monitor.watch_turns import WAIT, look
from tests.databases import Databases
from tests.monitor.clusters import fresh_index, remove_all
from tests.monitor.documents import ZONE, search_words, words
from tests.monitor.recorded import city
from tests.monitor.simulated import FIRST, burst, quiet

START = (FIRST + timedelta(days=60, hours=2)).astimezone(UTC)
BEGAN, TURN = START + timedelta(hours=20), timedelta(hours=3)
TOPIC = ("城乡建设", "供水供热")

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, elasticsearch_url: str
) -> Iterator[tuple[TrendIndex, TrendIndex]]:
    documents = [
        *quiet(31, days=63),
        *burst(32, BEGAN, 30, timedelta(hours=5), TOPIC, "D2"),
    ]
    embedded = EmbeddedIndex(tmp_path_factory.mktemp("watched"), words, search_words, "test")
    cluster = fresh_index(elasticsearch_url)
    for index in (embedded, cluster):
        with index.rebuilding() as build:
            build.put(documents)
    yield embedded, cluster
    embedded.close()
    remove_all(cluster)


def told(table: HourTable) -> dict[Series, list[tuple[int, int, int]]]:
    """Of each series the hours that have messages: which, how many, how many negative."""
    found: dict[Series, list[tuple[int, int, int]]] = {series: [] for series in table.names}
    names = {place: series for series, place in table.names.items()}
    for hour in range(HOURS):
        for row in range(table.borders[hour], table.borders[hour + 1]):
            counted = hour, int(table.counts[row]), int(table.negatives[row])
            found[names[int(table.places[row])]].append(counted)
    return found


def test_the_night_is_counted_alike(both: tuple[TrendIndex, TrendIndex]) -> None:
    embedded, cluster = (count_hours(index, START) for index in both)
    assert told(cluster) == told(embedded)
    assert cluster.messages == embedded.messages > 1000


def test_the_same_alerts_are_raised(
    both: tuple[TrendIndex, TrendIndex], tmp_path: Path, databases: Databases
) -> None:
    raised = []
    for name, index in zip(("embedded", "cluster"), both, strict=True):
        folder = tmp_path / name
        folder.mkdir()
        with city(databases.fresh(folder)) as records:
            raised.append(_raised(records, index, folder / "past.npz"))
    assert raised[1] == raised[0]
    assert [(topic, district) for _rule, topic, district, *_ in raised[0]] == [(TOPIC, "D2")]


def _raised(records: Records, index: TrendIndex, table_file: Path) -> list[tuple[object, ...]]:
    """What is raised from two hours before the burst to six hours after it began."""
    for turn in range(3):
        at = BEGAN - timedelta(hours=2) + turn * TURN
        look(records, index, ZONE, at + WAIT, TURN, table_file=table_file)
    with records.read() as work:
        found = all_alerts(work)
    return sorted((a.rule, a.topic, a.district, a.since, a.raised_at) for a in found)
