"""Fitting the weights of the words of danger, offline, on messages labelled urgent or normal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from casework.errors import FileUnreadable
from casework.taxonomy import URGENCIES, URGENT
from classifier.danger import DangerModel, features
from classifier.held_out import folds
from classifier.interface import Classifier
from classifier.reading import READ_AT_MOST, hashes_of, read
from classifier.rows import Row, read_rows
from classifier.sentences import Sentences
from classifier.urgency import by_rules, signs_in

FOLDS = 10
COST = 0.3
WANTED_RECALL = 0.9
"""The threshold is the highest that finds this share of the urgent rows kept apart."""

RULE_FIRED = "rule"
"""A feature in training only: where a rule fires, nothing is weighed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """On rows kept apart, rules and weights together."""

    rows: int
    urgent: int
    precision: float
    recall: float


def train_danger(
    file: Path, classifier: Classifier, output: Path, today: date | None = None
) -> Measured:
    """Fits and writes danger.json into the folder output. classifier: judges kind and feeling.
    Raises FileUnreadable: the reasons of read_rows, "unknown_label", "too_few_rows"."""
    rows = read_rows(file, label_column="urgency").rows
    for row in rows:
        if row.label not in URGENCIES:
            raise FileUnreadable("unknown_label", label=row.label)
    urgent = np.array([row.label == URGENT for row in rows])
    if not FOLDS < urgent.sum() < len(rows) - FOLDS:
        raise FileUnreadable("too_few_rows", rows=len(rows))
    said = _features(rows, classifier)
    fired = np.array([RULE_FIRED in each for each in said])
    columns = DictVectorizer(sparse=False)
    design = columns.fit_transform(said)
    scores = _held_out(rows, design, urgent)
    threshold = float(np.quantile(scores[urgent], 1 - WANTED_RECALL, method="lower"))
    chosen = fired | (scores >= threshold)
    machine = _machine().fit(design, urgent)
    names = columns.get_feature_names_out().tolist()
    weights = dict(zip(names, machine.coef_[0].round(4).tolist(), strict=True))
    weights.pop(RULE_FIRED, None)
    when = (today or datetime.now(UTC).date()).isoformat()
    model = DangerModel(
        weights, round(float(machine.intercept_[0]), 4), threshold, f"danger-{when}"
    )
    output.mkdir(parents=True, exist_ok=True)
    model.save(output / "danger.json")
    return Measured(
        len(rows),
        int(urgent.sum()),
        float(urgent[chosen].mean()),
        float(chosen[urgent].mean()),
    )


def _features(rows: Sequence[Row], classifier: Classifier) -> list[dict[str, float]]:
    found = []
    for row, judged in zip(rows, classifier.judge_many([row.text for row in rows]), strict=True):
        readings = read([row.text])
        signs, length = signs_in(readings)[0], min(len(row.text), READ_AT_MOST)
        said = features(signs.danger, length, judged.kind, judged.sentiment_score)
        if by_rules(row.text, Sentences(readings.plain[0]), signs.hits).rule:
            said[RULE_FIRED] = 1.0
        found.append(said)
    return found


def _held_out(
    rows: Sequence[Row], design: NDArray[np.float64], urgent: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The score of every row under weights that have not seen it or a copy of it."""
    fold_of = folds(hashes_of([row.text for row in rows]), [row.label for row in rows], FOLDS)
    scores = np.zeros(len(rows))
    for fold in range(FOLDS):
        inside = fold_of != fold
        machine = _machine().fit(design[inside], urgent[inside])
        scores[~inside] = machine.decision_function(design[~inside])
    return scores


def _machine() -> LogisticRegression:
    return LogisticRegression(C=COST, class_weight="balanced", max_iter=2000)
