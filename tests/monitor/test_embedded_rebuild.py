"""A rebuild of the embedded index that is killed goes on where it stood."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.permissions import EVERYTHING
from casework.storage.records import Records
from monitor import relay, relay_turns
from monitor.index import embedded_build
from monitor.index.embedded import EmbeddedIndex
from monitor.index.index_folder import IndexFolder, stamps
from monitor.index.interface import ANYTHING, Dimension, TrendFilter
from monitor.index.state import Reached
from tests.monitor.documents import NOON, make, scatter, search_words, uuid, words
from tests.monitor.recorded import city, delete_message, open_records, record, record_all

pytestmark = pytest.mark.sqlite  # what is tried is the folder of the index
ROOT = Path(__file__).parents[2]
DOCUMENTS = 900

KILLED = """
import os, sys
from pathlib import Path
from monitor import relay
from monitor.index import embedded_build
from monitor.index.embedded import EmbeddedIndex
from tests.monitor.documents import search_words, words
from tests.monitor.recorded import open_records

folder, url, call, when = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
embedded_build.COMMIT_EVERY = 200
say, calls = embedded_build.Building._say, []

def dying(build, *told):
    calls.append(1)
    if len(calls) == call and when == "before":
        os.kill(os.getpid(), 9)
    say(build, *told)
    if len(calls) == call and when == "after":
        os.kill(os.getpid(), 9)

embedded_build.Building._say = dying
relay.rebuild(open_records(url), EmbeddedIndex(folder / "index", words, search_words, "test"), batch=100)
"""


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    found = f"sqlite:///{tmp_path / 'records.sqlite'}"
    with city(found) as records:
        record_all(records, scatter(7, DOCUMENTS, NOON, timedelta(days=10)))
    return found


@pytest.fixture
def records(url: str) -> Iterator[Records]:
    opened = open_records(url)
    yield opened
    opened.close()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    made = EmbeddedIndex(tmp_path / "index", words, search_words, "test")
    yield made
    made.close()


def kill_a_rebuild(tmp_path: Path, url: str, call: int, when: str) -> None:
    """In a process of its own, at the so manieth time it says how far it has come."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), url, str(call), when],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == -9


@pytest.mark.parametrize(
    ("call", "when", "certain"),
    [
        (3, "before", 200),  # nothing of the second commit is there
        (3, "after", 200),  # it was said, and not done
        (4, "before", 200),  # it was done, and not said
        (4, "after", 400),
    ],
)
def test_it_goes_on_from_what_is_certain_and_doubles_nothing(
    tmp_path: Path,
    url: str,
    records: Records,
    index: EmbeddedIndex,
    call: int,
    when: str,
    certain: int,
) -> None:
    kill_a_rebuild(tmp_path, url, call, when)
    assert index.unfinished()
    assert not index.health().state.answers
    left = embedded_build.begun(IndexFolder(tmp_path / "index"), index._writer._about())
    assert left is not None
    assert left.reached.documents == certain
    with records.write() as work:  # while nobody relays
        delete_message(work, uuid(250), now())
        delete_message(work, uuid(10), now())
        record(work, make(2000, channel="letter"))
        work.commit()
    served = relay_turns.serve(records, index, "me", now)
    assert served.rebuilt == relay.Rebuilt(DOCUMENTS + 1, 0)
    assert not index.unfinished()
    checked = relay_turns.serve(records, index, "me", now, relay_turns.CHECK).checked
    assert checked is not None
    assert checked.wrong == 0
    assert index.count(ANYTHING, EVERYTHING) == DOCUMENTS - 1
    assert index.counts([Dimension.CHANNEL], TrendFilter(channel="letter"), EVERYTHING)
    assert len(list(IndexFolder(tmp_path / "index").root.glob("g-*"))) == 1


def test_a_build_says_where_it_goes_on(tmp_path: Path, url: str, index: EmbeddedIndex) -> None:
    kill_a_rebuild(tmp_path, url, 4, "after")
    with index.rebuilding() as build:
        assert build.reached == Reached(uuid(399), 400)


def test_killed_before_anything_was_committed_it_begins_anew(
    tmp_path: Path, url: str, records: Records, index: EmbeddedIndex
) -> None:
    kill_a_rebuild(tmp_path, url, 1, "before")
    assert not index.unfinished()
    assert relay.rebuild(records, index) == relay.Rebuilt(DOCUMENTS, 0)
    assert index.count(ANYTHING, EVERYTHING) == DOCUMENTS


def test_what_was_begun_and_damaged_is_not_gone_on_with(
    tmp_path: Path, url: str, records: Records, index: EmbeddedIndex
) -> None:
    kill_a_rebuild(tmp_path, url, 4, "after")
    [begun] = (tmp_path / "index").glob("g-*")
    name = sorted(stamps(begun))[0]
    with (begun / name).open("r+b") as file:
        file.write(b"\0\1\2\3")
    served = relay_turns.serve(records, index, "me", now)
    assert served.rebuilt == relay.Rebuilt(DOCUMENTS, 0)
    assert not begun.exists()
    assert index.count(ANYTHING, EVERYTHING) == DOCUMENTS


def test_what_was_begun_with_another_dictionary_is_not_gone_on_with(
    tmp_path: Path, url: str, records: Records
) -> None:
    kill_a_rebuild(tmp_path, url, 4, "after")
    newer = EmbeddedIndex(tmp_path / "index", words, search_words, "newer")
    assert not newer.unfinished()
    with newer.rebuilding() as build:
        assert build.reached == Reached()
    assert len(list((tmp_path / "index").glob("g-*"))) == 1
    newer.close()


def test_what_was_begun_is_dropped_when_something_is_put_instead(
    tmp_path: Path, url: str, records: Records, index: EmbeddedIndex
) -> None:
    """The dictionary changed, messages were delivered, and it was changed back."""
    newer = EmbeddedIndex(tmp_path / "index", words, search_words, "newer")
    relay.rebuild(records, newer)
    newer.close()
    kill_a_rebuild(tmp_path, url, 4, "after")
    assert index.unfinished()
    assert not newer.unfinished()
    newer.put([make(2000)])
    newer.commit()
    newer.close()
    assert not index.unfinished()
    with index.rebuilding() as build:
        assert build.reached == Reached()


def test_a_rebuild_that_fails_leaves_nothing_behind(
    tmp_path: Path, records: Records, index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_build, "COMMIT_EVERY", 100)

    def progress(done: int, _total: int) -> None:
        if done > 300:
            raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        relay.rebuild(records, index, progress, batch=100)
    assert not index.unfinished()
    assert list((tmp_path / "index").glob("g-*")) == []
