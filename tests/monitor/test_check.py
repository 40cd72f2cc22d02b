"""What differs between the records and the index is found and put right, in both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.permissions import EVERYTHING
from casework.storage import outbox
from casework.storage.index_checks import (
    IndexCheck,
    MonthCheck,
    counted_months,
    last_check,
    month_counts,
)
from casework.storage.records import Records
from casework.storage.tables import MessageRow
from monitor import relay_turns
from monitor.index.elasticsearch import ElasticsearchIndex
from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import ANYTHING, Dimension, TrendFilter, TrendIndex
from monitor.retention import Retention
from tests.monitor.clusters import fresh_index, remove_all
from tests.monitor.documents import NOON, ZONE, make, scatter, search_words, uuid, words
from tests.monitor.recorded import delete_message, record_all

KEEP_ALL = Retention(0, ZONE)
LATER = NOON + timedelta(days=3)


@pytest.fixture(params=["embedded", "elasticsearch"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TrendIndex]:
    if request.param == "embedded":
        embedded = EmbeddedIndex(tmp_path / "index", words, search_words, "test")
        yield embedded
        embedded.close()
    else:
        cluster = fresh_index(request.getfixturevalue("elasticsearch_url"))
        yield cluster
        remove_all(cluster)


def check(records: Records, index: TrendIndex, retention: Retention = KEEP_ALL) -> IndexCheck:
    served = relay_turns.serve(
        records, index, "me", lambda: LATER, relay_turns.CHECK, retention=retention
    )
    assert served.checked is not None
    with records.read() as work:
        assert last_check(work) == served.checked
    return served.checked


def of(found: IndexCheck, name: str) -> MonthCheck:
    [month] = [month for month in found.months if month.month == name]
    return month


def test_what_is_in_step_is_left_alone(records: Records, index: TrendIndex) -> None:
    documents = scatter(3, 300, NOON - timedelta(days=70), timedelta(days=70))
    record_all(records, documents)
    with records.write() as work:
        delete_message(work, uuid(7), NOON)
        work.commit()
    found = check(records, index)
    assert (found.wrong, found.repaired, found.rebuilt) == (0, 0, False)
    assert sum(month.records for month in found.months) == 299
    assert all(month.records_digest == month.index_digest for month in found.months)
    assert [month.month for month in found.months] == ["2026-09", "2026-10", "2026-11"]


def test_what_differs_is_named_and_put_right(records: Records, index: TrendIndex) -> None:
    record_all(records, [make(n) for n in range(1, 7)])
    with records.write() as work:
        delete_message(work, uuid(6), NOON)
        work.commit()
    check(records, index)
    lost = [found for found in index.fingerprints() if found.message_id in (uuid(1), uuid(2))]
    index.remove(lost)
    index.put([make(3, channel="letter"), make(99), make(6, version=2)])
    index.commit()
    october = make(98, received_at=NOON - timedelta(days=30))
    index.put([october])
    index.commit()
    found = check(records, index)
    november = of(found, "2026-11")
    assert (november.missing, november.differing, november.surplus) == (2, 1, 2)
    assert of(found, "2026-10") == MonthCheck(
        "2026-10",
        index=1,
        records_digest="0" * 16,
        index_digest=of(found, "2026-10").index_digest,
        surplus=1,
    )
    assert november.records_digest != november.index_digest
    assert found.repaired == 6
    assert index.counts([Dimension.CHANNEL], ANYTHING, EVERYTHING) == {("web",): 5}
    assert check(records, index).wrong == 0


def test_an_index_that_knows_more_than_the_records_is_rebuilt(
    records: Records, index: TrendIndex
) -> None:
    record_all(records, [make(1), make(2)])
    check(records, index)
    index.put([make(1, version=9, channel="letter")])
    index.commit()
    found = check(records, index)
    assert (found.rebuilt, of(found, "2026-11").newer) == (True, 1)
    assert index.counts([Dimension.CHANNEL], ANYTHING, EVERYTHING) == {("web",): 2}
    assert check(records, index).wrong == 0


def test_what_was_refused_is_tried_again_and_not_counted_as_lost(
    records: Records, index: TrendIndex
) -> None:
    check(records, index)
    record_all(records, [make(1)])
    with records.write() as work:
        [row] = outbox.waiting(work, 10)
        for _ in range(5):
            outbox.refused(work, row.id, "too long")
        assert outbox.waiting(work, 10) == ()
        work.commit()
    with records.read() as work:
        [refused] = outbox.refusals(work, 10)
    assert (refused.number, refused.reason) == (make(1).number, "too long")
    assert check(records, index).wrong == 0
    assert list(index.message_ids()) == [uuid(1)]
    with records.read() as work:
        assert outbox.backlog(work).rows == 0


def test_old_months_are_added_up_and_dropped(records: Records, index: TrendIndex) -> None:
    at = [datetime(2026, month, 5, tzinfo=ZONE) for month in (7, 8, 8, 9, 10, 11)]
    record_all(records, [make(n, received_at=moment) for n, moment in enumerate(at)])
    check(records, index)
    retention = Retention(3, ZONE)
    found = check(records, index, retention)
    assert [month.month for month in found.months] == ["2026-09", "2026-10", "2026-11"]
    assert found.wrong == 0
    with records.read() as work:
        assert counted_months(work) == {"2026-07": 1, "2026-08": 2}
        channels = month_counts(work, Dimension.CHANNEL.value)
    assert channels == [("2026-07", "web", "negative", 1), ("2026-08", "web", "negative", 2)]
    if isinstance(index, ElasticsearchIndex):
        assert sorted(index._months.places()) == ["2026-09", "2026-10", "2026-11"]
    relay_turns.serve(records, index, "me", lambda: LATER, relay_turns.REBUILD, retention=retention)
    assert index.count(ANYTHING, EVERYTHING) == 3
    # A change that comes late does not bring a month back.
    with records.write() as work:
        row = work.session.get_one(MessageRow, uuid(0))
        row.version += 1
        outbox.announce(work, uuid(0), LATER)
        work.commit()
    relay_turns.serve(records, index, "me", lambda: LATER, retention=retention)
    assert index.count(TrendFilter(end=datetime(2026, 9, 1, tzinfo=UTC)), EVERYTHING) == 0
    with records.read() as work:
        assert outbox.backlog(work).rows == 0
        assert counted_months(work) == {"2026-07": 1, "2026-08": 2}
    assert check(records, index, retention).wrong == 0
