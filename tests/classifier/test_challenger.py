"""A challenger: trained from a city's rows, compared, whole or not there at all."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest

from casework.errors import FileUnreadable, Stopped
from casework.taxonomy import first_level_topics
from classifier import training
from classifier.challenger import Challenger, Teaching, make_challenger
from classifier.interface import Classifier
from classifier.loading import load
from classifier.models_in_use import digest_of
from classifier.report import read_report, written
from classifier.rows import Row
from classifier.seeds import read_seeds

TODAY = date(2026, 11, 28)
PLACES = [
    "云栖",
    "望湖",
    "松涛",
    "柳荫",
    "金桥",
    "石塘",
    "青山",
    "白沙",
    "河东",
    "城南",
    "新桥",
    "老街",
    "大塘",
    "南山",
    "北湖",
    "东门",
]
NEW = "冰雪运动"
NEW_TEXTS = [
    f"{place}滑冰馆的{thing}，{wish}"
    for place in PLACES
    for thing, wish in (
        ("冰面太软摔了人", "请体育局看看"),
        ("冰刀租不到", "冬天去一趟白跑"),
        ("冰壶课停了", "什么时候再开"),
    )
]


@pytest.fixture(autouse=True)
def _fewer_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is measured here is measured outside the folds; two of them are quicker."""
    monkeypatch.setattr(training, "FOLDS", 2)


def rows() -> list[Row]:
    known = [
        Row(text, label, "office")
        for text, label in read_seeds("topic")
        if label in ("政法", "民政", "纪检监察")
    ]
    return known + [Row(text, NEW, "office") for text in NEW_TEXTS]


@pytest.fixture(scope="module")
def champion() -> Classifier:
    return load()


def silent(_step: str, _percent: int) -> None:
    pass


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, champion: Classifier) -> Challenger:
    teaching = Teaching(
        "topic",
        "office",
        rows(),
        7,
        ["小区门口的路灯坏了三天没人修，晚上一片漆黑"] * 3,
        {"政法": 500},
    )
    steps: list[int] = []
    done = make_challenger(
        teaching,
        tmp_path_factory.mktemp("models"),
        champion,
        TODAY,
        lambda _step, percent: steps.append(percent),
    )
    assert steps == sorted(steps)
    return done


def test_a_new_topic_is_learnt_and_judged(made: Challenger) -> None:
    assert made.report.new_labels == (NEW,)
    assert set(made.report.classes) == {"政法", "民政", "纪检监察", NEW}
    judgement = load(chosen={"topic": made.folder}).judge("体育馆滑冰馆冰面太软，冰刀也租不到")
    assert judgement.topic == (NEW,)
    assert {g.path[0] for g in judgement.topics} == {*first_level_topics(), NEW}
    assert sum(g.probability for g in judgement.topics) == pytest.approx(1)


def test_the_report_says_what_was_done_and_survives_its_file(made: Challenger) -> None:
    report = made.report
    assert (report.rows, report.corrected, report.taught) == (len(rows()), 7, 1)
    assert 0 < report.comparison.n < report.rows
    assert sum(map(sum, report.challenger.confusion)) == report.comparison.n
    assert NEW not in {
        g for g in report.champion.labels if report.champion.per_class.get(g) is None
    }
    assert report.champion.per_class[NEW].recall == 0  # it never heard of it
    assert report.drift is not None
    assert sum(each.n for each in report.bins) == report.comparison.n
    kept = json.loads((made.folder / "report.json").read_text(encoding="utf-8"))
    assert read_report(kept) == report
    assert read_report(json.loads(json.dumps(written(report)))) == report
    text = (made.folder / "report.md").read_text(encoding="utf-8")
    for told in (made.version, "paired bootstrap", NEW, "Calibration error", "stability"):
        assert told in text


def test_the_folder_is_whole_and_nothing_else_is_left(made: Challenger) -> None:
    assert [path.name for path in made.folder.parent.iterdir()] == [made.version]
    assert made.digest == digest_of(made.folder, "topic")
    assert {path.name for path in made.folder.iterdir()} == {
        "topic.npz",
        "topic.json",
        "topic.md",
        "report.json",
        "report.md",
    }


@pytest.mark.parametrize("at", ["rows", "apart", "comparing", "whole", "writing"])
def test_a_training_that_is_stopped_leaves_nothing(
    tmp_path: Path, champion: Classifier, at: str
) -> None:
    def stop(step: str, _percent: int) -> None:
        if step == at:
            raise Stopped("the process ends")

    few = [row for row in rows() if row.label != NEW][::3]
    with pytest.raises(Stopped):
        make_challenger(Teaching("topic", "office", few), tmp_path, champion, TODAY, stop)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_training_left_is_removed_a_day_later(
    tmp_path: Path, champion: Classifier
) -> None:
    old, new = tmp_path / ".training-old", tmp_path / ".training-new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "topic.npz").write_bytes(b"half")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    few = [row for row in rows() if row.label != NEW][::3]
    make_challenger(Teaching("topic", "office", few), tmp_path, champion, TODAY, silent)
    assert not old.exists()
    assert new.exists()


@pytest.mark.parametrize(
    ("taught", "reason"),
    [
        ([Row("太少", "政法", "x")] * 10, "too_few_labelled"),
        ([Row(f"都一样{n}", "政法", "x") for n in range(80)], "one_label"),
        ([Row(f"名字不行{n}", f"甲/{n % 2}", "x") for n in range(80)], "label_name"),
        ([Row(f"名字太长{n}", "长" * (40 + n % 2), "x") for n in range(80)], "label_name"),
    ],
)
def test_rows_nothing_can_be_learnt_from_say_why(
    tmp_path: Path, champion: Classifier, taught: list[Row], reason: str
) -> None:
    with pytest.raises(FileUnreadable) as caught:
        make_challenger(Teaching("topic", "f.csv", taught), tmp_path, champion, TODAY, silent)
    assert caught.value.reason == reason
    assert list(tmp_path.iterdir()) == []
