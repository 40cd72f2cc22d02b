"""Training from a file, loading what was trained, and what is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from casework.errors import FileUnreadable
from classifier.bayes import BayesSentiment, count_words
from classifier.bayes_file import load_counts, save_counts
from classifier.evaluation import ANY_LABEL, LABELS_THAT_OCCUR, evaluate, read_rows
from classifier.linear import FORMAT
from classifier.loading import SHIPPED, load
from classifier.seeds import read_seeds
from classifier.segmentation import words
from classifier.training import train

HEADER = "label,text,tokens\n"


def topic_rows() -> list[str]:
    """Messages of three topics; of every third only the words, as in files of cut messages."""
    rows = []
    for number, (text, label) in enumerate(read_seeds("topic")):
        if label in {"政法", "民政", "纪检监察"}:
            plain = text.replace(",", "，")
            rows.append(
                f"{label},,{' '.join(words(plain))}\n" if number % 3 == 0 else f"{label},{plain},\n"
            )
    return rows


@pytest.fixture
def topic_file(tmp_path: Path) -> Path:
    path = tmp_path / "topics.csv"
    path.write_text(HEADER + "".join(topic_rows()) + ",没有标签的一行,\n", encoding="utf-8-sig")
    return path


def test_a_trained_model_is_written_and_judges(topic_file: Path, tmp_path: Path) -> None:
    output = tmp_path / "models"
    card = train(topic_file, "topic", output, today=date(2026, 3, 1))
    assert card.rows == len(topic_rows())
    assert card.skipped == 1
    assert card.accuracy > 0.6
    assert card.date == "2026-03-01"
    written = json.loads((output / "topic.json").read_text(encoding="utf-8"))
    assert written["sources"] == ["topics.csv"]
    assert sorted(path.name for path in output.iterdir()) == ["topic.json", "topic.md", "topic.npz"]
    classifier = load(output)
    assert card.version in classifier.engine
    assert classifier.judge("结婚登记要什么材料，民政局周末上班吗").topics[0].path == ("民政",)
    assert classifier.judge("请问怎么办理？").kind == "咨询"


def test_sentiment_brings_both_engines(tmp_path: Path) -> None:
    path = tmp_path / "feelings.csv"
    lines = ["text,sentiment,domain\n"]
    for number in range(12):
        lines.append(f"太气人了服务差劲第{number}次,negative,street\n")
        lines.append(f"非常开心满意点赞{number},positive,street\n")
        lines.append(f"会议于{number}点召开,neutral,office\n")
    path.write_text("".join(lines), encoding="gb18030")
    card = train(path, "sentiment", tmp_path / "out")
    assert {"street", "office"} <= set(card.held_out)
    for engine in ("linear", "snownlp"):
        classifier = load(tmp_path / "out", sentiment_engine=engine)
        assert classifier.judge("太气人了，服务差劲").sentiment == "negative"
        assert classifier.judge("非常开心，满意").sentiment == "positive"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"kind,text\n", "missing_column"),
        (b"label,text\n" + "教育文体,太少了\n".encode(), "too_few_rows"),
        (b"label,text\n" + "不存在的类,文字\n".encode() * 12, "unknown_label"),
        (b"\xff\xfe\x00\x81\x00", "encoding"),
        (b"", "missing_column"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable) as caught:
        train(path, "topic", tmp_path / "out")
    assert caught.value.reason == reason
    assert not list(tmp_path.glob("out/*"))


def test_missing_files_say_so(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="missing_file"):
        read_rows(tmp_path / "none.csv")
    with pytest.raises(FileUnreadable, match="missing_models"):
        load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_a_broken_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "topic.npz").write_bytes(content)
    with pytest.raises(FileUnreadable, match="model_unreadable"):
        load(tmp_path)


def test_a_pickle_in_a_model_is_not_opened(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "topic.npz", labels=np.array([{"a": 1}], dtype=object), format=np.array(FORMAT)
    )
    with pytest.raises(FileUnreadable, match="model_unreadable"):
        load(tmp_path)


def test_a_model_of_another_task_is_refused(tmp_path: Path) -> None:
    (tmp_path / "topic.npz").write_bytes((SHIPPED / "kind.npz").read_bytes())
    with pytest.raises(FileUnreadable, match="model_labels"):
        load(tmp_path)


def test_shipped_models_have_cards_and_are_small() -> None:
    for task in ("topic", "sentiment", "kind"):
        card = json.loads((SHIPPED / f"{task}.json").read_text(encoding="utf-8"))
        assert card["licence"]
        assert card["held_out"]["all"]["n"] == card["rows"]
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 20_000_000


def test_the_bayes_engine_counts_as_snownlp_does(tmp_path: Path) -> None:
    from snownlp.classification.bayes import Bayes

    rows = [
        ("开心 开心 满意", "positive"),
        ("生气 差劲 生气", "negative"),
        ("开会 开会", "neutral"),
    ] * 2
    counts = count_words(rows, ("negative", "neutral", "positive"))
    save_counts(counts, tmp_path / "b.json")
    ours = BayesSentiment(load_counts(tmp_path / "b.json"))
    reference = Bayes()
    reference.train([(text.split(), label) for text, label in rows])
    for found in (["开心"], ["生气", "开心", "生气"], ["开会", "满意"]):
        label, chance = reference.classify(found)
        assert ours.label_of(found) == label
        assert ours.probabilities(found)[label] == pytest.approx(chance)


def test_evaluation_counts_labels_that_occur() -> None:
    rows = [("住房公积金怎么提取", "城乡建设"), ("学校乱收费", "教育文体"), ("无标签", "")]
    result = evaluate(load(), rows, "topic")
    assert result.n == 2
    assert set(result.per_class) == {"城乡建设", "教育文体"}
    assert result.messages_per_second > 0
    assert evaluate(load(), [("停水三天了，全小区没水", "urgent")], "urgency").accuracy == 1
    assert evaluate(load(), [], "kind").n == 0


def test_only_labels_that_occur_may_be_chosen() -> None:
    """The matter is one of schools, and no row is labelled so: one of the others must be chosen."""
    rows = [("住房公积金怎么提取", "城乡建设"), ("老师在学校乱收补课费", "交通运输")]
    every = evaluate(load(), rows, "topic")
    only = evaluate(load(), rows, "topic", only_labels_that_occur=True)
    assert (every.chosen_among, only.chosen_among) == (ANY_LABEL, LABELS_THAT_OCCUR)
    assert every.per_class["交通运输"].recall == 0
    assert only.per_class["城乡建设"].recall == 1
    alone = evaluate(load(), rows[1:], "topic", only_labels_that_occur=True)
    assert (alone.accuracy, alone.ece) == (1, pytest.approx(0))  # the only one left is certain
    units = [("路灯坏了三天没人修", "CGJ"), ("派出所不给办户口", "GAJ")]
    assert evaluate(load(), units, "unit", only_labels_that_occur=True).accuracy == 1
    unknown = [("停水", "没有这个局")]
    assert evaluate(load(), unknown, "unit", only_labels_that_occur=True).accuracy == 0
    with pytest.raises(ValueError, match="urgency"):
        evaluate(load(), [], "urgency", only_labels_that_occur=True)


@pytest.mark.shared
def test_quality_on_the_reference_data(shared: Path) -> None:
    """Trained on these rows, so this only catches a broken model; the card has honest figures."""
    rows = read_rows(shared / "topic_train.csv").pairs[::40]
    assert evaluate(load(), rows, "topic").accuracy > 0.9
    civic = read_rows(shared / "civic_labels.csv", label_column="urgency").pairs
    urgent = evaluate(load(), civic, "urgency").per_class["urgent"]
    assert urgent.precision > 0.5
    assert urgent.recall > 0.6
