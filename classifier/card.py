"""The card that goes with a trained model: from what it came and how it scores."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from classifier.scoring import LabelScore


@dataclass(frozen=True, slots=True)
class Figures:
    """Measured on rows kept apart: n, accuracy and macro-F1 over the labels that occur; deviation: of
    the macro-F1 from fold to fold; surest: the accuracy on the surest four fifths of the rows."""

    n: int
    accuracy: float
    macro_f1: float
    deviation: float = 0.0
    surest: float = 0.0


@dataclass(frozen=True, slots=True)
class ModelCard:
    """task: as in training.TrainedTask; sources: file names; classes: rows a label, own
    sentences included; held_out: five-fold, near-duplicates on one side, for each domain and for
    "all" rows of the files; per_class: the same for each label, own sentences included;
    calibration_error: mean gap between stated and true certainty; doubt: as
    in LinearModel."""

    task: str
    version: str
    date: str
    sources: tuple[str, ...]
    licence: str
    dictionary: str
    rows: int
    skipped: int
    own_sentences: int
    classes: dict[str, int]
    n_grams: int
    temperature: float
    calibration_error: float
    held_out: dict[str, Figures]
    doubt: float = 0.0
    per_class: dict[str, LabelScore] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """Held-out accuracy over all rows of the files."""
        return self.held_out["all"].accuracy

    @property
    def macro_f1(self) -> float:
        """Held-out macro-F1 over all rows of the files."""
        return self.held_out["all"].macro_f1


def write_card(card: ModelCard, path: Path) -> None:
    """Writes the card as JSON."""
    text = json.dumps(asdict(card), ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def readable(card: ModelCard) -> str:
    """The card as a page of Markdown."""
    lines = [
        f"# {card.task}",
        "",
        f"Version {card.version}, trained {card.date} on {', '.join(card.sources)}.",
        f"{card.rows} rows ({card.skipped} without label or text left out) and",
        f"{card.own_sentences} sentences of our own. Licence of the sources: {card.licence}.",
        f"Words cut with {card.dictionary}; {card.n_grams} n-grams known.",
        f"Temperature {card.temperature:.3f}, doubt {card.doubt:.2f}; calibration error {card.calibration_error:.3f}.",
        "",
        "Held out (five folds, near-duplicates on one side):",
        "",
        "| rows | n | accuracy | of the surest 80 % | macro-F1 | its deviation |",
        "|---|---|---|---|---|---|",
    ]
    for domain, figures in card.held_out.items():
        lines.append(
            f"| {domain} | {figures.n} | {figures.accuracy:.3f} | {figures.surest:.3f} "
            f"| {figures.macro_f1:.3f} | {figures.deviation:.3f} |"
        )
    lines += ["", "Each label, held out, our own sentences included:", ""]
    lines += ["| label | rows | precision | recall |", "|---|---|---|---|"]
    for label, number in card.classes.items():
        score = card.per_class[label]
        lines.append(f"| {label} | {number} | {score.precision:.2f} | {score.recall:.2f} |")
    return "\n".join(lines) + "\n"
