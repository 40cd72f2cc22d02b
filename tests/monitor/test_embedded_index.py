"""What only the embedded index must bear: damage, other processes, other dictionaries."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from casework.errors import IndexHeld, IndexUnavailable
from casework.permissions import EVERYTHING
from monitor.index import index_folder
from monitor.index.embedded import EmbeddedIndex
from monitor.index.index_folder import About, IndexFolder
from monitor.index.interface import ANYTHING, Order, TrendFilter
from monitor.index.state import IndexState
from tests.monitor.documents import make, search_words, words


def other(index: EmbeddedIndex, dictionary: str = "test") -> EmbeddedIndex:
    """As another process would open it."""
    return EmbeddedIndex(index._reader._folder.root, words, search_words, dictionary)


@pytest.fixture
def filled(index: EmbeddedIndex) -> EmbeddedIndex:
    with index.rebuilding() as build:
        build.put([make(n) for n in range(50)])
    index.put([make(99)])
    index.commit()
    assert index.count(ANYTHING, EVERYTHING) == 51
    return index


def generation(index: EmbeddedIndex) -> Path:
    path = index._reader._folder.current()
    assert path is not None
    return path


def data_file(index: EmbeddedIndex, ending: str) -> Path:
    return max(generation(index).glob(f"*.{ending}"), key=lambda path: path.stat().st_size)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[EmbeddedIndex], object]] = {
    "whole folder deleted": lambda index: shutil.rmtree(index._reader._folder.root),
    "generation deleted": lambda index: shutil.rmtree(generation(index)),
    "pointer deleted": lambda index: (generation(index).parent / "current").unlink(),
    "pointer garbled": lambda index: (generation(index).parent / "current").write_bytes(
        b"\xff\x00"
    ),
    "meta deleted": lambda index: (generation(index) / "meta.json").unlink(),
    "meta garbled": lambda index: (generation(index) / "meta.json").write_text("{"),
    "about deleted": lambda index: (generation(index) / "about.json").unlink(),
    "fast field truncated": lambda index: data_file(index, "fast").write_bytes(b""),
    "fast field changed": lambda index: flip(data_file(index, "fast")),
    "terms deleted": lambda index: data_file(index, "term").unlink(),
    "terms changed": lambda index: flip(data_file(index, "term")),
    "store cut in half": lambda index: data_file(index, "store").write_bytes(
        data_file(index, "store").read_bytes()[:40]
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_said_clearly_and_mended_by_a_rebuild(
    filled: EmbeddedIndex, damage: Callable[[EmbeddedIndex], object]
) -> None:
    fresh_process = other(filled)
    damage(filled)
    if not filled.health().state.answers:
        with pytest.raises(IndexUnavailable):
            filled.count(ANYTHING, EVERYTHING)
        with pytest.raises(IndexUnavailable):
            filled.put([make(1)])
    assert fresh_process.health().state in (IndexState.MISSING, IndexState.DAMAGED)
    with pytest.raises(IndexUnavailable):
        fresh_process.search(ANYTHING, EVERYTHING, 0, 10, Order.DATE)
    with filled.rebuilding() as build:
        build.put([make(1)])
    assert filled.count(ANYTHING, EVERYTHING) == 1
    assert fresh_process.count(ANYTHING, EVERYTHING) == 1


def test_readers_elsewhere_follow_commits_and_swaps(filled: EmbeddedIndex) -> None:
    reader = other(filled)
    assert reader.count(ANYTHING, EVERYTHING) == 51
    filled.put([make(200)])
    filled.commit()
    assert reader.count(ANYTHING, EVERYTHING) == 52
    with filled.rebuilding() as build:
        build.put([make(1)])
    assert reader.count(ANYTHING, EVERYTHING) == 1
    assert len(list(generation(filled).parent.glob("g-*"))) == 1


def test_two_writers_are_told_apart(filled: EmbeddedIndex) -> None:
    second = other(filled)
    with pytest.raises(IndexHeld) as held:
        second.put([make(1)])
    assert held.value.holder.count(":") == 1
    with pytest.raises(IndexHeld), second.rebuilding():
        pass
    filled.close()
    assert second.put([make(1)]) == ()
    second.commit()
    second.close()


def test_another_dictionary_still_answers_and_offers_a_rebuild(filled: EmbeddedIndex) -> None:
    filled.close()
    newer = other(filled, "newer")
    health = newer.health()
    assert health.state is IndexState.OUTDATED
    assert health.state.answers
    assert newer.count(ANYTHING, EVERYTHING) == 51
    with newer.rebuilding() as build:
        build.put([make(1)])
    assert newer.health().state is IndexState.READY
    newer.close()


def test_an_index_of_another_program_version_is_rebuilt(filled: EmbeddedIndex) -> None:
    about = generation(filled) / "about.json"
    about.write_text('{"schema": 0, "dictionary": "test"}')
    assert other(filled).health().state is IndexState.DAMAGED


def test_a_folder_that_cannot_be_written_is_said_clearly(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file in its place")
    index = EmbeddedIndex(tmp_path / "index", words, search_words, "test")
    assert index.health().state is IndexState.MISSING
    with pytest.raises(IndexUnavailable), index.rebuilding():
        pass


def test_a_text_the_engine_cannot_take_is_refused_alone(filled: EmbeddedIndex) -> None:
    [refusal] = filled.put([make(201), replace(make(202), number="\ud800"), make(203)])
    assert refusal.message_id == make(202).message_id
    filled.commit()
    assert filled.count(ANYTHING, EVERYTHING) == 53


def test_many_threads_read_while_one_writes(filled: EmbeddedIndex) -> None:
    seen: list[int] = []
    failures: list[Exception] = []

    def read() -> None:
        try:
            for _ in range(60):
                seen.append(filled.count(TrendFilter(words="施工"), EVERYTHING))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(300, 320):
        filled.put([make(number)])
        filled.commit()
    with filled.rebuilding() as build:
        build.put([make(n) for n in range(80)])
    for thread in threads:
        thread.join()
    assert failures == []
    assert min(seen) >= 51
    assert filled.count(ANYTHING, EVERYTHING) == 80


@pytest.mark.parametrize("committed", [True, False])
def test_a_file_that_goes_while_files_are_listed_is_damage_unless_a_commit_came_between(
    filled: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    folder, stamp, gone = generation(filled), index_folder._stamp, []

    def going(entry: os.DirEntry[str]) -> index_folder.Stamp | None:
        if gone:
            return stamp(entry)
        gone.append(entry.name)
        if committed:
            os.utime(folder / index_folder.META, ns=(1, 1))
        return None

    monkeypatch.setattr(index_folder, "_stamp", going)
    if committed:
        found = index_folder.stamps(folder)
        assert gone[0] in found
    else:
        with pytest.raises(IndexUnavailable, match="missing"):
            index_folder.stamps(folder)


def test_only_one_generation_of_an_interrupted_rebuild_survives(filled: EmbeddedIndex) -> None:
    folder = IndexFolder(generation(filled).parent)
    folder.new_generation(About(1, "left behind by a process that was killed"))
    with filled.rebuilding() as build:
        build.put([make(1)])
    assert len(list(folder.root.glob("g-*"))) == 1
