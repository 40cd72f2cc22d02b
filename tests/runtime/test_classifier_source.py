"""What the records say is judged with, without a restart; what cannot be loaded changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from casework.events import PROGRAM
from casework.storage import models, word_lists
from casework.word_lists import ListedPlace, UserWord
from classifier.loading import SHIPPED
from classifier.models_in_use import digest_of, load_in_use
from classifier.segmentation import cut, dictionary_in_use, use_dictionary
from monitor import relay_turns
from monitor.index.state import IndexState
from runtime import classifier_source
from runtime.clock import now
from runtime.settings import read_settings
from runtime.wiring import City, open_city
from tests.databases import Databases

TEXT = "云栖蓝湾停水两天了，没有人管。"


@pytest.fixture
def home(tmp_path: Path, databases: Databases) -> dict[str, str]:
    return databases.home(tmp_path / "home")


@pytest.fixture
def city(home: dict[str, str]) -> Iterator[City]:
    before = dictionary_in_use()
    opened = open_city(read_settings(home))
    yield opened
    opened.close()
    use_dictionary(before)


def put_words(city: City, *words: UserWord) -> None:
    with city.records.write() as work:
        word_lists.replace_words(work, words, None, PROGRAM, now())
        work.commit()


def put_model(city: City, version: str, digest: str = "") -> Path:
    """A model of topics as a training would have left it: the shipped one under another name."""
    folder = city.settings.models_folder / version
    folder.mkdir(parents=True)
    (folder / "topic.npz").write_bytes((SHIPPED / "topic.npz").read_bytes())
    with city.records.write() as work:
        models.add_model(
            work, version, "topic", digest or digest_of(folder, "topic"), {}, PROGRAM, now()
        )
        models.use_model(work, version, PROGRAM, now())
        work.commit()
    return folder


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def test_words_and_places_are_taken_over(city: City) -> None:
    put_words(city, UserWord("云栖蓝湾"))
    with city.records.write() as work:
        word_lists.replace_places(work, [ListedPlace("云栖蓝湾", "compound")], None, PROGRAM, now())
        work.commit()
    city.classifier.look()
    assert cut(TEXT)[0] == "云栖蓝湾"
    assert [place.text for place in city.intake.judge(TEXT).places] == ["云栖蓝湾"]


def test_a_change_is_seen_without_being_told(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier_source, "LOOK_EVERY_SECONDS", 0.0)
    put_words(city, UserWord("云栖蓝湾"))

    def seen() -> bool:
        city.classifier.judge(TEXT)
        return cut(TEXT)[0] == "云栖蓝湾"

    assert until(seen)


def test_everybody_is_judged_while_it_is_loaded(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifier_source, "LOOK_EVERY_SECONDS", 0.0)
    engine = city.classifier.engine
    put_words(city, UserWord("云栖蓝湾"))
    with ThreadPoolExecutor(4) as pool:
        judged = list(pool.map(city.classifier.judge, [TEXT] * 200))
    assert {judgement.engine for judgement in judged} == {engine}
    city.classifier.look()


def test_the_index_offers_a_rebuild_when_words_change(city: City) -> None:
    relay_turns.serve(city.records, city.index, city.holder, now, wish=relay_turns.REBUILD)
    assert city.index.health().state is IndexState.READY
    put_words(city, UserWord("云栖蓝湾"))
    city.classifier.look()
    assert city.index.health().state is IndexState.OUTDATED
    relay_turns.serve(city.records, city.index, city.holder, now, wish=relay_turns.REBUILD)
    assert city.index.health().state is IndexState.READY


def test_a_model_put_to_use_is_loaded_and_one_goes_back(city: City) -> None:
    put_model(city, "topic-one")
    city.classifier.look()
    assert [model.version for model in city.classifier.in_use.chosen] == ["topic-one"]
    with city.records.write() as work:
        assert models.use_previous(work, "topic", PROGRAM, now()).version == ""
        work.commit()
    city.classifier.look()
    assert city.classifier.in_use.chosen == ()
    with city.records.write() as work:
        assert models.use_previous(work, "topic", PROGRAM, now()).version == "topic-one"
        work.commit()
    city.classifier.look()
    assert len(city.classifier.in_use.chosen) == 1


@pytest.mark.parametrize("harm", ["cut short", "another file", "gone", "a stranger's"])
def test_a_damaged_model_leaves_the_old_one_in_use(
    city: City, home: dict[str, str], harm: str
) -> None:
    put_model(city, "topic-good")
    city.classifier.look()
    folder = put_model(city, "topic-bad", digest="0" * 64 if harm == "a stranger's" else "")
    path = folder / "topic.npz"
    if harm == "cut short":
        path.write_bytes(path.read_bytes()[:1000])
    elif harm == "another file":
        path.write_bytes((SHIPPED / "kind.npz").read_bytes())
    elif harm == "gone":
        path.unlink()
    city.classifier.look()
    assert city.classifier.problem is not None
    assert [model.version for model in city.classifier.in_use.chosen] == ["topic-good"]
    assert city.classifier.judge(TEXT).topics
    again = open_city(read_settings(home))  # a process that is started now opens all the same
    assert again.classifier.problem is not None
    assert again.classifier.judge(TEXT).topics
    again.close()
    path.write_bytes((SHIPPED / "topic.npz").read_bytes())
    if harm != "a stranger's":
        classifier_source_tried_long_ago(city)
        city.classifier.look()
        assert city.classifier.problem is None
        assert [model.version for model in city.classifier.in_use.chosen] == ["topic-bad"]


def classifier_source_tried_long_ago(city: City) -> None:
    city.classifier._tried_at -= classifier_source.TRY_AGAIN_SECONDS + 1


def test_another_process_judges_with_what_this_one_put_to_use(
    city: City, home: dict[str, str]
) -> None:
    put_words(city, UserWord("云栖蓝湾"))
    put_model(city, "topic-one")
    judged = subprocess.run(
        [Path(sys.executable).with_name("flask"), "classifier", "judge", TEXT, "--json"],
        env={**home, "PATH": "/usr/bin:/bin"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "云栖蓝湾" in json.loads(judged.stdout.splitlines()[-1])["keywords"]


def test_the_second_process_of_an_import_is_made_of_the_same(city: City) -> None:
    put_words(city, UserWord("云栖蓝湾"))
    city.classifier.look()
    assert load_in_use(city.classifier.in_use).judge(TEXT) == city.classifier.judge(TEXT)
