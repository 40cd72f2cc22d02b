"""Scoring the classifier on labelled rows; every row gets the full judgement."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from casework.judgement import Judgement
from classifier.interface import Classifier
from classifier.rows import Row, Rows, read_rows
from classifier.scoring import (
    LabelScore,
    Threshold,
    accuracy,
    calibration_error,
    label_scores,
    macro_f1,
    surest_accuracy,
    threshold_for,
)

EvaluatedTask = Literal["topic", "sentiment", "kind", "urgency", "unit"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """macro_f1: the mean F1 of the labels that occur in the rows; messages_per_second: full
    judgements in this process, loading excluded; per_class: the score of each label.

    ece: the gap between stated certainty and share right; coverage: the accuracy on the surest share
    of the rows; threshold: for the accuracy wanted, where one was. Of urgency, which has no
    probability, these are None.
    """

    n: int
    accuracy: float
    macro_f1: float
    messages_per_second: float
    engine: str
    per_class: dict[str, LabelScore]
    ece: float | None
    coverage: dict[str, float] | None
    threshold: Threshold | None


def evaluate(
    classifier: Classifier,
    rows: Iterable[tuple[str, str]],
    task: EvaluatedTask,
    accuracy_wanted: float | None = None,
) -> Evaluation:
    """Judges every text and compares with its label.

    Labels: topics by their first-level name; negative, neutral, positive; urgent, normal; kinds;
    codes of units, as the model of units says them (what the dispatch makes of it: routing.evaluation).
    Rows with an empty label are left out.
    """
    pairs = [(text, label) for text, label in rows if label]
    classifier.judge("热身")
    began = time.perf_counter()
    judged = classifier.judge_many([text for text, _ in pairs])
    took = time.perf_counter() - began
    truth = [label for _, label in pairs]
    guessed = [label_of(each, task) for each in judged]
    right = np.array(truth) == np.array(guessed)
    certainty = None if task == "urgency" else np.array([certainty_of(j, task) for j in judged])
    return Evaluation(
        n=len(pairs),
        accuracy=accuracy(truth, guessed),
        macro_f1=macro_f1(truth, guessed),
        messages_per_second=len(pairs) / took if pairs else 0.0,
        engine=classifier.engine,
        per_class=label_scores(truth, guessed),
        ece=None if certainty is None else calibration_error(certainty, right),
        coverage=None if certainty is None else {"0.8": surest_accuracy(certainty, right, 0.8)},
        threshold=(
            threshold_for(certainty, right, accuracy_wanted)
            if certainty is not None and accuracy_wanted is not None
            else None
        ),
    )


def certainty_of(judgement: Judgement, task: EvaluatedTask) -> float:
    """How sure the judgement is of its label for a task, in [0, 1]; not of urgency."""
    if task == "topic":
        return judgement.confidence
    if task == "unit":
        return judgement.units[0].probability if judgement.units else 0.0
    return judgement.kind_confidence if task == "kind" else judgement.sentiment_confidence


def label_of(judgement: Judgement, task: EvaluatedTask) -> str:
    """The judgement's label for a task; "" for a unit of which nothing is known."""
    if task == "topic":
        return judgement.topics[0].path[0]
    if task == "unit":
        return judgement.units[0].code if judgement.units else ""
    if task == "sentiment":
        return judgement.sentiment
    return judgement.kind if task == "kind" else judgement.urgency


__all__ = ["Evaluation", "LabelScore", "Row", "Rows", "evaluate", "label_of", "read_rows"]
