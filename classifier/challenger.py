"""Training a challenger from a city's rows, and comparing it with the model in use.

A fifth of the rows is kept apart, near-duplicates on one side. One model is trained without them and
compared; then the challenger is trained on all rows. Beside what people labelled it may learn from
messages the model in use labels, so that a few corrections do not cost what that one knows; those are
never in the part kept apart.
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.errors import FileUnreadable
from casework.judgement import Judgement
from classifier import training
from classifier.card import ModelCard
from classifier.comparison import compare
from classifier.drift import Drift, drift
from classifier.evaluation import certainty_of, label_of
from classifier.held_out import folds
from classifier.interface import Classifier
from classifier.loading import (
    MOST_LABELS,
    SentimentEngineName,
    label_may_be,
    load,
    shipped_labels,
)
from classifier.models_in_use import digest_of
from classifier.reading import hashes_of
from classifier.report import Bin, Report, bins, measured, written
from classifier.report_page import readable
from classifier.rows import Row
from classifier.segmentation import dictionary_version

PARTS = 5
FEWEST_ROWS = 50
MOST_NEW = MOST_LABELS // 2
"""Labels of a city's rows; those the program knows come beside them."""
TAUGHT = "taught"
WORKING = ".training-"
ONE_DAY_SECONDS = 24 * 3600
SURE = 0.8
"""The model in use teaches what it is this sure of."""

Progress = Callable[[str, int], None]
"""Told what is being done and how many per cent of it all are behind; may raise to stop it."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """What a challenger is made from. source: as in Report. corrected: how many of the rows a person
    corrected. texts: messages without a label. month: last month's judged rows by label, if known.
    bodies: of units, which of the city's bodies answers now for each code it knows; None of other tasks."""

    task: training.Task
    source: str
    rows: Sequence[Row]
    corrected: int = 0
    texts: Sequence[str] = ()
    month: Mapping[str, int] | None = None
    bodies: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Challenger:
    """A trained model in its folder. digest: of its files."""

    version: str
    folder: Path
    digest: str
    report: Report


def make_challenger(
    teaching: Teaching,
    models: Path,
    champion: Classifier,
    today: date,
    progress: Progress,
    engine: SentimentEngineName = "linear",
) -> Challenger:
    """Trains and compares; the model lies in a folder of its version below `models`, whole or not at
    all. Raises FileUnreadable: "too_few_labelled", "one_label", "too_many_labels", "label_name",
    and what training.train raises."""
    progress("rows", 1)
    _check(teaching)
    task, rows = teaching.task, list(teaching.rows)
    taught = _taught(teaching, champion)
    hashes = hashes_of([row.text for row in rows])
    apart = folds(hashes, [row.label for row in rows], PARTS) == 0
    models.mkdir(parents=True, exist_ok=True)
    _clear(models)
    with tempfile.TemporaryDirectory(prefix=WORKING, dir=models) as name:
        work = Path(name)
        progress("apart", 10)
        inside = [row for row, out in zip(rows, apart, strict=True) if not out]
        _train([*inside, *taught], teaching, work / "apart", today)
        progress("comparing", 45)
        outside = [row for row, out in zip(rows, apart, strict=True) if out]
        truth = [row.label for row in outside]
        unseen = load(chosen={task: work / "apart"}, sentiment_engine=engine)
        new = unseen.judge_many([row.text for row in outside])
        old = champion.judge_many([row.text for row in outside])
        progress("whole", 55)
        card = _train([*rows, *taught], teaching, work / "whole", today)
        progress("writing", 95)
        guessed = _said(teaching, new)
        sure = [certainty_of(each, task) for each in new]
        right = [guess == true for guess, true in zip(guessed, truth, strict=True)]
        champions = _said(teaching, old)
        stated = bins(sure, right)
        report = Report(
            task=task,
            version=card.version,
            date=today.isoformat(),
            source=teaching.source,
            rows=len(rows),
            corrected=teaching.corrected,
            taught=len(taught),
            classes=dict(Counter(row.label for row in rows).most_common()),
            new_labels=tuple(sorted({row.label for row in rows} - set(shipped_labels(task)))),
            challenger=measured(card.version, truth, guessed),
            champion=measured(_version_of(champion, task), truth, champions),
            comparison=compare(truth, champions, guessed),
            calibration_error=_gap(stated),
            bins=stated,
            drift=_drift_of(teaching),
            dictionary=dictionary_version(),
            own_sentences=card.own_sentences,
        )
        text = json.dumps(written(report), ensure_ascii=False, indent=2)
        (work / "whole" / "report.json").write_text(text + "\n", encoding="utf-8")
        (work / "whole" / "report.md").write_text(readable(report), encoding="utf-8")
        digest = digest_of(work / "whole", task)
        return Challenger(card.version, _put(work / "whole", models / card.version), digest, report)


def _check(teaching: Teaching) -> None:
    if len(teaching.rows) < FEWEST_ROWS:
        raise FileUnreadable("too_few_labelled", rows=len(teaching.rows), least=FEWEST_ROWS)
    labels = sorted({row.label for row in teaching.rows})
    if len(labels) < 2:
        raise FileUnreadable("one_label", label=labels[0])
    if len(labels) > MOST_NEW:
        raise FileUnreadable("too_many_labels", labels=len(labels), most=MOST_NEW)
    for label in labels:
        if not label_may_be(label):
            raise FileUnreadable("label_name", label=label[:60])


def _taught(teaching: Teaching, champion: Classifier) -> list[Row]:
    known = {row.text for row in teaching.rows}
    texts = list(dict.fromkeys(teaching.texts))
    judged = champion.judge_many(texts)
    return [
        Row(text, label, TAUGHT)
        for text, judgement, label in zip(texts, judged, _said(teaching, judged), strict=True)
        if label and text not in known and certainty_of(judgement, teaching.task) >= SURE
    ]


def _said(teaching: Teaching, judged: Sequence[Judgement]) -> list[str]:
    """The labels; a unit by the city's body that answers for it now, "" where it has none."""
    labels = [label_of(each, teaching.task) for each in judged]
    if teaching.bodies is None:
        return labels
    return [teaching.bodies.get(label, "") for label in labels]


def _train(rows: Sequence[Row], teaching: Teaching, folder: Path, today: date) -> ModelCard:
    """Through a file, as a training by command goes; the file goes with the folder of the work."""
    folder.mkdir()
    file = folder.parent / f"{folder.name}.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(("text", "label", "domain"))
        writer.writerows(
            (row.text.encode("utf-8", "replace").decode(), row.label, row.domain) for row in rows
        )
    return training.train(
        file,
        teaching.task,
        folder,
        label_column="label",
        licence="the city's own",
        today=today,
        new_labels=teaching.task == "topic",
        bodies=teaching.bodies,
    )


def _drift_of(teaching: Teaching) -> Drift | None:
    if not teaching.month:
        return None
    return drift(Counter(row.label for row in teaching.rows), teaching.month)


def _gap(stated: Sequence[Bin]) -> float:
    """The mean gap between stated certainty and share right."""
    rows = sum(each.n for each in stated)
    return sum(each.n * abs(each.certainty - each.right) for each in stated) / max(rows, 1)


def _version_of(champion: Classifier, task: str) -> str:
    """The part of an engine's name that is the task's model."""
    parts = champion.engine.split()
    return next((part for part in parts if part.startswith(task)), champion.engine)


def _clear(models: Path) -> None:
    """Removes what trainings left behind whose process was killed."""
    for left in models.glob(f"{WORKING}*"):
        if time.time() - left.stat().st_mtime > ONE_DAY_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _put(made: Path, folder: Path) -> Path:
    """Moves the finished folder to its place in one step; the same model trained again stays."""
    if folder.exists():
        shutil.rmtree(made)
    else:
        made.rename(folder)
    return folder
