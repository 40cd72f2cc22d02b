"""A rebuild that other processes help: the same index, and no harm when they fail or are killed."""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casework.permissions import EVERYTHING
from casework.storage.records import Records
from casework.storage.trend_documents import all_documents
from classifier.segmentation import Dictionary, dictionary_in_use, use_dictionary
from classifier.user_dictionary import SearchWords, build, read_dictionary
from monitor import helping_process, read_ahead, relay
from monitor.helping_process import Helpers, HelpGone, Reading
from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import ANYTHING, Dimension, TrendFilter
from tests.databases import Databases
from tests.monitor.documents import NOON, make, scatter, search_words, uuid, words
from tests.monitor.recorded import city, delete_message, record_all
from tests.process_tree import descendants, is_alive, until

ROOT = Path(__file__).parents[2]
DOCUMENTS = 700
OLD = 20
"""Messages received before the time from which they are kept."""
STARTED_IN = 120.0
"""Seconds within which a helping process has started, also on a busy machine."""


def unable(text: str) -> list[str]:
    raise OSError("no words today")


@pytest.fixture
def records(tmp_path: Path, databases: Databases) -> Iterator[Records]:
    with city(databases.fresh(tmp_path)) as opened:
        documents = scatter(7, DOCUMENTS, NOON, timedelta(days=10))
        documents += [
            make(DOCUMENTS + n, received_at=NOON - timedelta(days=30)) for n in range(OLD)
        ]
        record_all(opened, documents)
        with opened.write() as work:
            delete_message(work, uuid(600), NOON)
            work.commit()
        yield opened


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Helped:
    """However few messages there are and processors this machine has."""
    monkeypatch.setattr(read_ahead, "WORTH_IT", 0)
    monkeypatch.setattr(read_ahead, "usable_processors", lambda: 2)
    caplog.set_level(logging.DEBUG, read_ahead.__name__)
    return Helped(caplog)


class Helped:
    """A rebuild that waits until it is helped. Once it is, `then` is called at every batch."""

    def __init__(self, log: pytest.LogCaptureFixture) -> None:
        self._log = log
        self.batches = 0

    def rebuild(
        self, records: Records, index: EmbeddedIndex, then: Callable[[], None] = lambda: None
    ) -> relay.Rebuilt:
        def progress(_done: int, _total: int) -> None:
            if "from here on" not in self._log.text:
                time.sleep(STARTED_IN / DOCUMENTS)
                return
            self.batches += 1
            then()

        return relay.rebuild(records, index, progress, batch=1, kept_from=NOON - timedelta(days=1))


def contents(index: EmbeddedIndex) -> object:
    """All there is to be seen in an index."""
    return (
        [(found.message_id, found.version, found.digest) for found in index.fingerprints()],
        index.counts([Dimension.TOPIC, Dimension.CHANNEL, Dimension.KIND], ANYTHING, EVERYTHING),
        [index.count(TrendFilter(words=word), EVERYTHING) for word in ("工地", "暖气", "公交线路")],
        index.top_words(ANYTHING, EVERYTHING, 20),
    )


def test_the_same_index_comes_of_it(
    tmp_path: Path, records: Records, index: EmbeddedIndex, helped: Helped
) -> None:
    alone = EmbeddedIndex(tmp_path / "alone", words, search_words, "test")
    done = relay.rebuild(records, alone, kept_from=NOON - timedelta(days=1))
    assert done == relay.Rebuilt(DOCUMENTS + OLD, 0)
    assert helped.rebuild(records, index) == done
    assert helped.batches > 1
    assert multiprocessing.active_children() == []
    assert index.count(ANYTHING, EVERYTHING) == DOCUMENTS - 1
    assert contents(index) == contents(alone)
    alone.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_when_one_dies_or_hangs_the_rebuild_goes_on(
    records: Records,
    index: EmbeddedIndex,
    helped: Helped,
    how: signal.Signals,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def hit_one() -> None:
        if helped.batches == 1:
            monkeypatch.setattr(helping_process, "PATIENCE_SECONDS", 1.0)
            pid = multiprocessing.active_children()[0].pid
            assert pid is not None
            os.kill(pid, how)

    assert helped.rebuild(records, index, hit_one).documents == DOCUMENTS + OLD
    assert "no other process reads ahead" in caplog.text
    assert multiprocessing.active_children() == []
    assert index.count(ANYTHING, EVERYTHING) == DOCUMENTS - 1


def test_what_comes_while_they_start_is_read_here(
    records: Records, index: EmbeddedIndex, helped: Helped
) -> None:
    """The rebuild is done before they are ready, and one message more is on record."""

    def progress(done: int, _total: int) -> None:
        if done == DOCUMENTS + OLD:
            time.sleep(0.3)  # what is read ahead was read
            record_all(records, [make(5000)])

    assert relay.rebuild(records, index, progress).documents == DOCUMENTS + OLD + 1
    assert multiprocessing.active_children() == []
    assert uuid(5000) in set(index.message_ids())


def test_a_rebuild_that_fails_ends_them(
    records: Records, index: EmbeddedIndex, helped: Helped
) -> None:
    def fail() -> None:
        raise ValueError("stop here")

    with pytest.raises(ValueError, match="stop here"):
        helped.rebuild(records, index, fail)
    assert multiprocessing.active_children() == []


def test_what_fails_there_and_here_is_raised_as_it_is(
    tmp_path: Path, records: Records, helped: Helped
) -> None:
    broken = EmbeddedIndex(tmp_path / "broken", words, unable, "test")
    with pytest.raises(OSError, match="no words today"):
        helped.rebuild(records, broken)
    assert multiprocessing.active_children() == []
    broken.close()


def reading(records: Records, index: EmbeddedIndex) -> Reading:
    with index.rebuilding() as build:
        return Reading(records.opener(), build.make, NOON - timedelta(days=1))


def test_they_make_what_would_be_made_here(records: Records, index: EmbeddedIndex) -> None:
    with Helpers(reading(records, index)) as helpers:
        helpers.start()
        until(lambda: helpers.ready, STARTED_IN)
        bounds = [None, uuid(99), uuid(299), uuid(300), uuid(2000)]
        ranges = list(zip(bounds, bounds[1:], strict=False))
        for after, end in ranges:
            assert end is not None
            helpers.ask((after, end))
        assert not helpers.may_be_asked
        for after, end in ranges:
            with records.read() as work:
                documents = all_documents(work, after, until=end)
            answer = helpers.answer()
            assert answer.read == len(documents)
            assert answer.received_at == documents[-1].received_at
            assert answer.ready == helpers._reading.make(helpers._reading.kept(documents))


def test_they_say_why_they_fail(tmp_path: Path, records: Records) -> None:
    broken = EmbeddedIndex(tmp_path / "broken", words, unable, "test")
    with Helpers(reading(records, broken), processes=1) as helpers:
        helpers.start()
        until(lambda: helpers.ready, STARTED_IN)
        helpers.ask((None, uuid(5)))
        with pytest.raises(HelpGone, match="OSError: no words today"):
            helpers.answer()
    broken.close()


HOLDER = """
import sys, time
from pathlib import Path
from tests.monitor.test_helped_rebuild import reading
from monitor.helping_process import Helpers
from monitor.index.embedded import EmbeddedIndex
from tests.monitor.documents import search_words, words
from tests.monitor.recorded import open_records

if __name__ == "__main__":
    index = EmbeddedIndex(Path(sys.argv[1]), words, search_words, "test")
    helpers = Helpers(reading(open_records(sys.argv[2]), index))
    helpers.start()
    print("started", flush=True)
    while not helpers.ready:
        time.sleep(0.01)
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("said", ["started", "ready"])
def test_they_do_not_outlive_a_parent_that_is_killed(
    tmp_path: Path, records: Records, said: str
) -> None:
    script = tmp_path / "holder.py"
    script.write_text(HOLDER, encoding="utf-8")
    address = records.engine.url.render_as_string(hide_password=False)
    parent = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "held"), address],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stdout is not None
    while parent.stdout.readline().strip() != said:
        pass
    children = descendants(parent.pid)
    assert len(children) >= helping_process.PROCESSES
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not any(map(is_alive, children)), 60)


@pytest.fixture
def own_words() -> Iterator[Dictionary]:
    """The process cuts with words of a city's own."""
    before = dictionary_in_use()
    use_dictionary(build(read_dictionary("星湖云\n松涛里 30 n\n")))
    yield dictionary_in_use()
    use_dictionary(before)


AT_THE_OTHER_END = """
import pickle, sys
cut = pickle.load(sys.stdin.buffer)
from classifier.segmentation import dictionary_version
sys.stdout.buffer.write(pickle.dumps((dictionary_version(), cut("星湖云和松涛里停水"))))
"""


def test_another_process_cuts_with_the_words_of_the_city(own_words: Dictionary) -> None:
    here = SearchWords()
    there = subprocess.run(
        [sys.executable, "-c", AT_THE_OTHER_END],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=pickle.dumps(here),
        stdout=subprocess.PIPE,
        check=True,
    )
    version, found = pickle.loads(there.stdout)
    assert version == own_words.version
    assert "星湖云" in found
    assert sorted(found) == sorted(here("星湖云和松涛里停水"))
