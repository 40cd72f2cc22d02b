"""Nothing is lost between the records and the index."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.errors import IndexHeld, IndexUnavailable
from casework.permissions import EVERYTHING
from casework.storage import leases, outbox
from casework.storage.records import Records
from casework.storage.tables import LeaseRow, TicketRow
from monitor import relay, relay_turns
from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import ANYTHING, TrendFilter
from monitor.index.state import IndexState
from tests.databases import Databases
from tests.monitor.documents import NOON, make, scatter, search_words, uuid, words
from tests.monitor.recorded import city, delete_message, open_records, record_all

ROOT = Path(__file__).parents[2]


def now() -> datetime:
    return datetime.now(UTC)


def serve(records: Records, index: EmbeddedIndex) -> relay_turns.Served:
    return relay_turns.serve(records, index, "me", now)


def left(records: Records) -> int:
    with records.read() as work:
        return outbox.backlog(work).rows


def test_the_first_turn_builds_the_index_and_empties_the_outbox(
    records: Records, index: EmbeddedIndex
) -> None:
    record_all(records, [make(n) for n in range(5)])
    served = serve(records, index)
    assert served.rebuilt == relay.Rebuilt(5, 0)
    assert served.delivered == relay.Delivered(5, 0, 0)
    assert index.count(ANYTHING, EVERYTHING) == 5
    assert left(records) == 0


def test_delivery_sends_the_record_as_it_is_then(records: Records, index: EmbeddedIndex) -> None:
    serve(records, index)
    record_all(records, [make(1)])
    with records.write() as work:
        ticket = work.session.get_one(TicketRow, uuid(1))
        ticket.kind = "咨询"
        outbox.announce(work, uuid(1), now())
        work.commit()
    assert serve(records, index).delivered == relay.Delivered(2, 0, 0)
    assert index.count(TrendFilter(kind="咨询"), EVERYTHING) == 1
    assert index.count(ANYTHING, EVERYTHING) == 1


def test_a_deleted_message_leaves_the_index(records: Records, index: EmbeddedIndex) -> None:
    record_all(records, [make(1), make(2)])
    serve(records, index)
    with records.write() as work:
        delete_message(work, uuid(1), now())
        work.commit()
    serve(records, index)
    assert list(index.message_ids()) == [uuid(2)]
    relay.rebuild(records, index)
    assert list(index.message_ids()) == [uuid(2)]


def test_a_batch_at_a_time(records: Records, index: EmbeddedIndex) -> None:
    serve(records, index)
    record_all(records, [make(n) for n in range(7)])
    assert relay.deliver(records, index, batch=3) == relay.Delivered(3, 0, 4)
    assert index.count(ANYTHING, EVERYTHING) == 3


def test_what_the_index_refuses_is_kept_with_the_reason(
    records: Records, index: EmbeddedIndex
) -> None:
    record_all(records, [make(1), make(2)])

    def segment(text: str) -> list[str]:
        raise ValueError("no words today")

    with index.rebuilding():
        pass
    index.close()
    broken = EmbeddedIndex(index._reader._folder.root, words, segment, "test")
    assert relay.deliver(records, broken) == relay.Delivered(0, 2, 2)
    broken.close()
    with records.read() as work:
        assert outbox.backlog(work).refused == 2
    assert relay.deliver(records, index) == relay.Delivered(2, 0, 0)


def test_rebuild_reports_progress_and_keeps_the_outbox(
    records: Records, index: EmbeddedIndex
) -> None:
    record_all(records, [make(n) for n in range(5)])
    seen: list[tuple[int, int]] = []
    assert relay.rebuild(records, index, lambda *at: seen.append(at), batch=2).documents == 5
    assert seen == [(2, 5), (4, 5), (5, 5)]
    assert left(records) == 5
    serve(records, index)
    assert index.count(ANYTHING, EVERYTHING) == 5


def test_a_deleted_index_is_built_anew(records: Records, index: EmbeddedIndex) -> None:
    record_all(records, [make(n) for n in range(5)])
    serve(records, index)
    shutil.rmtree(index._reader._folder.root)
    record_all(records, [make(9)])
    with pytest.raises(IndexUnavailable):
        relay.deliver(records, index)
    assert left(records) == 1
    assert serve(records, index).rebuilt == relay.Rebuilt(6, 0)
    assert index.count(ANYTHING, EVERYTHING) == 6
    assert index.health().state is IndexState.READY


def test_a_second_process_is_told_who_holds_the_index(
    records: Records, index: EmbeddedIndex
) -> None:
    serve(records, index)
    with pytest.raises(IndexHeld) as held:
        relay_turns.serve(records, index, "other", now)
    assert held.value.holder == "me"
    relay_turns.let_go(records, index, "me", now())
    relay_turns.serve(records, index, "other", now)


def test_an_expired_lease_passes_on(records: Records, index: EmbeddedIndex) -> None:
    serve(records, index)
    relay_turns.serve(records, index, "other", lambda: now() + relay_turns.LEASE_LENGTH)


def test_a_command_does_it_itself_when_nobody_holds_the_index(
    records: Records, index: EmbeddedIndex
) -> None:
    record_all(records, [make(1)])
    patience = timedelta(seconds=5)
    by = relay_turns.ask(records, index, relay_turns.REBUILD, "command", now, time.sleep, patience)
    assert by == "command"
    assert index.count(ANYTHING, EVERYTHING) == 1
    with records.read() as work:
        lease = work.session.get_one(LeaseRow, leases.INDEX)
        assert (lease.holder, lease.request) == ("", "")


def test_a_command_asks_the_holder_and_waits(
    records: Records, index: EmbeddedIndex, tmp_path: Path
) -> None:
    record_all(records, [make(1)])
    stop, failures = threading.Event(), list[Exception]()
    process = threading.Thread(
        target=relay_turns.follow, args=(records, index, "server", now, stop, failures.append, 0.05)
    )
    process.start()
    other = EmbeddedIndex(tmp_path / "index", words, search_words, "test")
    try:
        while not other.health().state.answers:
            time.sleep(0.01)
        before = (tmp_path / "index" / "current").read_text()
        patience = timedelta(seconds=20)
        by = relay_turns.ask(
            records, other, relay_turns.REBUILD, "command", now, time.sleep, patience
        )
        assert by == "server"
        assert (tmp_path / "index" / "current").read_text() != before
    finally:
        stop.set()
        process.join()
    assert failures == []


def test_a_command_gives_up_and_says_who_holds_the_index(
    records: Records, index: EmbeddedIndex
) -> None:
    serve(records, index)
    clock = iter(NOON + timedelta(seconds=n) for n in range(100))
    with records.write() as work:
        leases.take(work, leases.INDEX, "me", NOON + timedelta(hours=1), relay_turns.LEASE_LENGTH)
        work.commit()
    with pytest.raises(IndexHeld, match="me"):
        relay_turns.ask(
            records,
            index,
            relay_turns.RELAY,
            "command",
            lambda: next(clock),
            lambda _seconds: None,
            timedelta(seconds=5),
        )


def test_follow_outlives_a_failing_turn(records: Records, index: EmbeddedIndex) -> None:
    with records.write() as work:
        leases.take(work, leases.INDEX, "other", now(), timedelta(hours=1))
        work.commit()
    stop, failures = threading.Event(), list[Exception]()

    def failed(error: Exception) -> None:
        failures.append(error)
        if len(failures) == 2:
            stop.set()

    relay_turns.follow(records, index, "me", now, stop, failed, 0.01)
    assert [type(error) for error in failures] == [IndexHeld, IndexHeld]


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from monitor import relay
from monitor.index.embedded import EmbeddedIndex
from tests.monitor.documents import search_words, words
from tests.monitor.recorded import open_records

folder = Path(sys.argv[1])
index = EmbeddedIndex(folder / "index", words, search_words, "test")
records = open_records(sys.argv[2])
sys.stdout.write("ready\\n")
sys.stdout.flush()
if not index.health().state.answers:
    relay.rebuild(records, index, batch=100)
while True:
    relay.deliver(records, index, batch=20)
"""


def test_killing_the_relay_at_any_moment_loses_nothing(
    tmp_path: Path, databases: Databases
) -> None:
    url = databases.fresh(tmp_path)
    chance = random.Random(7)
    documents = scatter(7, 900, NOON, timedelta(days=10))
    with city(url) as records:
        for round_number in range(6):
            part = documents[round_number * 150 : (round_number + 1) * 150]
            record_all(records, part)
            process = subprocess.Popen(
                [sys.executable, "-c", KILLED, str(tmp_path), url],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.25))
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
    records = open_records(url)
    index = EmbeddedIndex(tmp_path / "index", words, search_words, "test")
    serve(records, index)
    assert set(index.message_ids()) == {document.message_id for document in documents}
    assert index.count(ANYTHING, EVERYTHING) == 900
    assert left(records) == 0
    index.close()
    records.close()
