"""Scoring the classifier on labelled rows; every row gets the full judgement."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from casework.judgement import Judgement
from classifier.interface import Classifier
from classifier.rows import Row, Rows, read_rows
from classifier.scoring import LabelScore, accuracy, label_scores, macro_f1

EvaluatedTask = Literal["topic", "sentiment", "kind", "urgency"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """macro_f1: the mean F1 of the labels that occur in the rows; messages_per_second: full
    judgements in this process, loading excluded; per_class: the score of each label."""

    n: int
    accuracy: float
    macro_f1: float
    messages_per_second: float
    engine: str
    per_class: dict[str, LabelScore]


def evaluate(
    classifier: Classifier, rows: Iterable[tuple[str, str]], task: EvaluatedTask
) -> Evaluation:
    """Judges every text and compares with its label.

    Labels: topics by their first-level name; negative, neutral, positive; urgent, normal; kinds.
    Rows with an empty label are left out.
    """
    pairs = [(text, label) for text, label in rows if label]
    classifier.judge("热身")
    began = time.perf_counter()
    guessed = [label_of(classifier.judge(text), task) for text, _ in pairs]
    took = time.perf_counter() - began
    truth = [label for _, label in pairs]
    return Evaluation(
        n=len(pairs),
        accuracy=accuracy(truth, guessed),
        macro_f1=macro_f1(truth, guessed),
        messages_per_second=len(pairs) / took if pairs else 0.0,
        engine=classifier.engine,
        per_class=label_scores(truth, guessed),
    )


def label_of(judgement: Judgement, task: EvaluatedTask) -> str:
    """The judgement's label for a task."""
    if task == "topic":
        return judgement.topics[0].path[0]
    if task == "sentiment":
        return judgement.sentiment
    return judgement.kind if task == "kind" else judgement.urgency


__all__ = ["Evaluation", "LabelScore", "Row", "Rows", "evaluate", "label_of", "read_rows"]
