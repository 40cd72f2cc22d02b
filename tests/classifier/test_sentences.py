"""The project's own test sentences: urgency told apart from what sounds like it, the kinds, and topics.

Nothing is trained on them. The bounds lie below what was measured (docs/classifier.md): they notice a
rule or a model that got worse.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from classifier.evaluation import Evaluation, evaluate
from classifier.interface import Classifier
from classifier.seeds import FOLDER as SEEDS
from classifier.seeds import headed_lines, read_seeds

FOLDER = Path(__file__).parent / "sentences"


@pytest.fixture(scope="module")
def urgency(classifier: Classifier) -> Evaluation:
    return evaluate(classifier, headed_lines(FOLDER / "urgency.txt"), "urgency")


@pytest.fixture(scope="module")
def kinds(classifier: Classifier) -> Evaluation:
    return evaluate(classifier, headed_lines(FOLDER / "kinds.txt"), "kind")


@pytest.fixture(scope="module")
def topics(classifier: Classifier) -> Evaluation:
    return evaluate(classifier, headed_lines(FOLDER / "topics.txt"), "topic")


def test_there_are_enough_of_them(
    urgency: Evaluation, kinds: Evaluation, topics: Evaluation
) -> None:
    assert urgency.n >= 300
    assert min(score.support for score in urgency.per_class.values()) >= 100
    assert len(kinds.per_class) == 6
    assert min(score.support for score in kinds.per_class.values()) >= 60
    assert len(topics.per_class) == 8
    assert min(score.support for score in topics.per_class.values()) >= 25
    learnt_from = Counter(label for _, label in read_seeds("topic"))
    assert min(learnt_from[label] for label in topics.per_class) >= 60


def test_none_of_them_is_nearly_what_was_learnt_from() -> None:
    """Nearly: more than half of the stretches of four characters of the shorter one are in both."""
    learnt = [stretches(text) for task in ("topic", "kind", "unit") for text, _ in read_seeds(task)]
    for text, _ in headed_lines(FOLDER / "topics.txt"):
        own = stretches(text)
        assert all(len(own & other) <= 0.5 * min(len(own), len(other)) for other in learnt), text


@pytest.mark.parametrize("sentences", ["kinds", "urgency", "actionable", "units"])
def test_no_letter_learnt_from_has_half_of_a_sentence(sentences: str) -> None:
    letters = [stretches(text) for text, _ in headed_lines(SEEDS / "letters.txt")]
    for text, _ in headed_lines(FOLDER / f"{sentences}.txt"):
        own = stretches(text)
        assert not own or max(len(own & letter) for letter in letters) <= 0.5 * len(own), text


def stretches(text: str) -> set[str]:
    return {text[start : start + 4] for start in range(len(text) - 3)}


def test_topics_without_labelled_messages_are_told(topics: Evaluation) -> None:
    assert topics.accuracy >= 0.8
    for label, score in topics.per_class.items():
        assert score.precision >= 0.75, label
        assert score.recall >= 0.7, label


def test_what_must_be_acted_upon_today_is_told_from_what_sounds_like_it(
    urgency: Evaluation,
) -> None:
    urgent = urgency.per_class["urgent"]
    assert urgent.precision >= 0.85
    assert urgent.recall >= 0.8


def test_the_main_wish_decides_the_kind(kinds: Evaluation) -> None:
    assert kinds.macro_f1 >= 0.85


def test_what_asks_for_something_is_told_from_what_does_not(classifier: Classifier) -> None:
    rows = headed_lines(FOLDER / "actionable.txt")
    judged = classifier.judge_many([text for text, _ in rows])
    right = [
        (one.actionable >= 0.5) == (label == "yes")
        for one, (_, label) in zip(judged, rows, strict=True)
    ]
    assert len(rows) >= 50
    assert sum(right) >= 0.84 * len(rows)
    for one in judged:
        assert {each.label for each in one.evidence if each.aspect == "actionable"} <= {"yes", "no"}


@pytest.mark.parametrize("text", ["垃圾桶满了。", "树倒了压到车。", "路灯坏了十几天没人修。"])
def test_who_only_says_what_is_broken_praises_nobody(classifier: Classifier, text: str) -> None:
    assert classifier.judge(text).kind == "投诉"
