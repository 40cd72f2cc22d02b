"""A cluster restored from an old snapshot is brought up to date by the next comparison."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from casework.errors import IndexUnavailable
from casework.permissions import EVERYTHING
from casework.storage import outbox
from casework.storage.index_checks import IndexCheck
from casework.storage.records import Records
from casework.storage.tables import MessageRow
from monitor import relay_turns
from monitor.index.elasticsearch import ElasticsearchIndex
from monitor.index.interface import ANYTHING, Interval, TrendFilter
from monitor.index.state import IndexState
from tests.monitor.clusters import fresh_index, remove_all
from tests.monitor.documents import NOON, ZONE, make, scatter, uuid
from tests.monitor.recorded import delete_message, record, record_all

pytestmark = pytest.mark.sqlite  # what is tried is the cluster's state
MESSAGES = 200


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def index(elasticsearch_url: str, records: Records) -> Iterator[ElasticsearchIndex]:
    """Built from the records, and a snapshot taken of it."""
    made = fresh_index(elasticsearch_url)
    record_all(records, scatter(6, MESSAGES, NOON - timedelta(days=70), timedelta(days=70)))
    relay_turns.serve(records, made, "me", now)
    told = made._client.nodes.info(filter_path="nodes.*.settings.path").body
    [node] = told["nodes"].values()
    folder = node["settings"]["path"]["repo"]
    folder = folder[0] if isinstance(folder, list) else folder
    assert made.snapshot(made._months.name, f"{folder}/{made._months.name}", "old") == "SUCCESS"
    yield made
    made._client.snapshot.delete_repository(name=made._months.name)
    remove_all(made)


def restore(index: ElasticsearchIndex) -> None:
    """As the cluster's administrator does it: its own command, after what is there was deleted."""
    index._client.snapshot.restore(
        repository=index._months.name,
        snapshot="old",
        indices=f"{index._months.name}-*",
        include_aliases=True,
        wait_for_completion=True,
    )


def drop_all(index: ElasticsearchIndex) -> None:
    for place in index._months._places(f"{index._months.name}-*"):
        index._client.indices.delete(index=place)


def life_goes_on(records: Records, index: ElasticsearchIndex) -> None:
    """New messages, also of a month that was not there; changed, moved and deleted ones. Delivered."""
    with records.write() as work:
        for number in range(30):
            record(work, make(1000 + number, channel="letter", received_at=NOON))
        record(work, make(2000, channel="letter", received_at=NOON + timedelta(days=60)))
        for number in range(10):
            delete_message(work, uuid(number), now())
        for number in range(10, 20):
            row = work.session.get_one(MessageRow, uuid(number))
            row.channel, row.version = "letter", row.version + 1
            outbox.announce(work, uuid(number), now())
        moved = work.session.get_one(MessageRow, uuid(20))
        moved.received_at, moved.version = NOON + timedelta(days=60), moved.version + 1
        outbox.announce(work, uuid(20), now())
        work.commit()
    relay_turns.serve(records, index, "me", now)
    with records.read() as work:
        assert outbox.backlog(work).rows == 0


def checked(records: Records, index: ElasticsearchIndex) -> IndexCheck:
    found = relay_turns.serve(records, index, "me", now, relay_turns.CHECK).checked
    assert found is not None
    return found


def in_step(records: Records, index: ElasticsearchIndex) -> None:
    assert checked(records, index).wrong == 0
    assert index.health().state is IndexState.READY
    assert index.count(ANYTHING, EVERYTHING) == MESSAGES + 31 - 10
    assert index.count(TrendFilter(channel="letter"), EVERYTHING) >= 41
    day = (NOON + timedelta(days=60)).date()
    assert index.series(None, Interval.DAY, day, day, ZONE, ANYTHING, EVERYTHING).total == 2


def test_an_older_state_is_brought_up_to_date(records: Records, index: ElasticsearchIndex) -> None:
    life_goes_on(records, index)
    in_step(records, index)
    drop_all(index)
    restore(index)
    assert index.count(ANYTHING, EVERYTHING) == MESSAGES  # the old state answers, and is not ours
    first = checked(records, index)
    assert first.repaired == 31 + 10 + 10 + 1
    in_step(records, index)


def test_of_what_changes_after_it_was_restored_nothing_is_lost(
    records: Records, index: ElasticsearchIndex
) -> None:
    """The relay goes on in between, and finds months gone that it has written to."""
    life_goes_on(records, index)
    drop_all(index)
    restore(index)
    with records.write() as work:
        row = work.session.get_one(MessageRow, uuid(2000))
        row.version += 1
        outbox.announce(work, uuid(2000), now())
        work.commit()
    with pytest.raises(IndexUnavailable, match="no such index"):
        relay_turns.serve(records, index, "me", now)
    relay_turns.serve(records, index, "me", now)  # two seconds later
    with records.read() as work:
        assert outbox.backlog(work).rows == 0
    checked(records, index)
    in_step(records, index)


def test_a_generation_that_was_replaced_since_is_put_back_beside_the_present_one(
    records: Records, index: ElasticsearchIndex
) -> None:
    life_goes_on(records, index)
    relay_turns.serve(records, index, "me", now, relay_turns.REBUILD)
    restore(index)  # nothing of the same name was there: both have the alias now
    assert not index.health().state.answers
    assert relay_turns.serve(records, index, "me", now).rebuilt is not None
    in_step(records, index)
