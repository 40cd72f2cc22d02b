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


RANKED_TASKS = ("topic", "unit")
"""A judgement says how probable other labels than the first are, too."""

ANY_LABEL, LABELS_THAT_OCCUR = "any the classifier knows", "those that occur in the rows"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """macro_f1: the mean F1 of the labels that occur in the rows; messages_per_second: full
    judgements in this process, loading excluded; per_class: the score of each label; chosen_among: ANY_LABEL
    or LABELS_THAT_OCCUR.

    ece: the gap between stated certainty and share right; coverage: the accuracy on the surest share
    of the rows; threshold: for the accuracy wanted, where one was. Of urgency, which has no
    probability, these are None.
    """

    n: int
    accuracy: float
    macro_f1: float
    messages_per_second: float
    engine: str
    chosen_among: str
    per_class: dict[str, LabelScore]
    ece: float | None
    coverage: dict[str, float] | None
    threshold: Threshold | None


def evaluate(
    classifier: Classifier,
    rows: Iterable[tuple[str, str]],
    task: EvaluatedTask,
    accuracy_wanted: float | None = None,
    only_labels_that_occur: bool = False,
) -> Evaluation:
    """Judges every text and compares with its label.

    Labels: topics by their first-level name; negative, neutral, positive; urgent, normal; kinds;
    codes of units, as the model of units says them (what the dispatch makes of it: routing.evaluation).
    Rows with an empty label are left out. only_labels_that_occur, of RANKED_TASKS: the most probable of
    the rows' labels counts as the answer, with its share of their probabilities as certainty; a file of
    seven topics then says how well these are told apart, and not what a city would see.
    """
    if only_labels_that_occur and task not in RANKED_TASKS:
        raise ValueError(f"{task} has no order of labels")
    pairs = [(text, label) for text, label in rows if label]
    classifier.judge("热身")
    began = time.perf_counter()
    judged = classifier.judge_many([text for text, _ in pairs])
    took = time.perf_counter() - began
    truth = [label for _, label in pairs]
    if only_labels_that_occur:
        answers = [_best_of(_ranked(each, task), set(truth)) for each in judged]
    else:
        answers = [(label_of(j, task), _certainty(j, task)) for j in judged]
    guessed = [label for label, _ in answers]
    right = np.array(truth) == np.array(guessed)
    certainty = None if task == "urgency" else np.array([sure for _, sure in answers])
    return Evaluation(
        n=len(pairs),
        accuracy=accuracy(truth, guessed),
        macro_f1=macro_f1(truth, guessed),
        messages_per_second=len(pairs) / took if pairs else 0.0,
        engine=classifier.engine,
        chosen_among=LABELS_THAT_OCCUR if only_labels_that_occur else ANY_LABEL,
        per_class=label_scores(truth, guessed),
        ece=None if certainty is None else calibration_error(certainty, right),
        coverage=None if certainty is None else {"0.8": surest_accuracy(certainty, right, 0.8)},
        threshold=(
            threshold_for(certainty, right, accuracy_wanted)
            if certainty is not None and accuracy_wanted is not None
            else None
        ),
    )


def _ranked(judgement: Judgement, task: EvaluatedTask) -> list[tuple[str, float]]:
    if task == "topic":
        return [(guess.path[0], guess.probability) for guess in judgement.topics]
    return [(guess.code, guess.probability) for guess in judgement.units]


def _best_of(ranked: list[tuple[str, float]], labels: set[str]) -> tuple[str, float]:
    """The first of these labels and its share of their probability; "" and 0 where none is named."""
    named = [(label, chance) for label, chance in ranked if label in labels]
    total = sum(chance for _, chance in named)
    return (named[0][0], named[0][1] / total) if total else ("", 0.0)


def _certainty(judgement: Judgement, task: EvaluatedTask) -> float:
    return 0.0 if task == "urgency" else certainty_of(judgement, task)


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
