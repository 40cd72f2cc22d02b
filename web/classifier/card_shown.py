"""What the page shows of one model: its card, whether it was trained here or came with the program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.storage import models
from casework.storage.models import KeptModel, ModelUse
from casework.storage.records import Work
from classifier.loading import SHIPPED
from classifier.report import Report, read_report
from classifier.scoring import LabelScore


@dataclass(frozen=True, slots=True)
class Card:
    """version; since, by: when and by whom it was put to use, None and "" for one that is not.
    accuracy, macro_f1, calibration_error: on rows kept apart. classes: rows a label trained on.
    per_class: precision and recall of each label on rows kept apart; empty where they were not kept.
    report: None for the model that came with the program."""

    version: str
    date: str
    rows: int
    accuracy: float
    macro_f1: float
    calibration_error: float
    classes: dict[str, int]
    per_class: dict[str, LabelScore]
    report: Report | None
    since: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Of a task: the model in use, the newest other one trained since, and what was before."""

    in_use: Card
    challenger: Card | None
    can_go_back: bool
    others: tuple[KeptModel, ...]


def cards_of(work: Work, task: str) -> Cards:
    """The cards of a task."""
    use = models.use_of(work, task)
    kept = models.models(work, task)
    own = next((model for model in kept if use and model.version == use.version), None)
    in_use = _own(own, use) if own is not None else _shipped(task, use)
    others = tuple(model for model in kept if model is not own)
    newer = next((m for m in others if own is None or m.made_at > own.made_at), None)
    return Cards(in_use, _own(newer, None) if newer else None, use is not None, others)


def _own(model: KeptModel, use: ModelUse | None) -> Card:
    report = read_report(model.report)
    return Card(
        model.version,
        report.date,
        report.rows,
        report.challenger.accuracy,
        report.challenger.macro_f1,
        report.calibration_error,
        report.classes,
        report.challenger.per_class,
        report,
        use.at if use else None,
        use.by if use else "",
    )


def _shipped(task: str, use: ModelUse | None) -> Card:
    card: dict[str, Any] = json.loads((SHIPPED / f"{task}.json").read_text(encoding="utf-8"))
    measured = card.get("held_out", {}).get("all", {})
    return Card(
        str(card.get("version", "")),
        str(card.get("date", "")),
        int(card.get("rows", 0)),
        float(measured.get("accuracy", 0.0)),
        float(measured.get("macro_f1", 0.0)),
        float(card.get("calibration_error", 0.0)),
        dict(card.get("classes", {})),
        {label: LabelScore(**score) for label, score in card.get("per_class", {}).items()},
        None,
        use.at if use else None,
        use.by if use else "",
    )
