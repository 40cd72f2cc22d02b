"""What a training came to: the model's card beside the model in use, for the page and the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from classifier.comparison import Comparison, Difference
from classifier.drift import Drift, LabelShare
from classifier.scoring import LabelScore, accuracy, label_scores, macro_f1

BINS = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """How one model did on the held-out rows. confusion: a row a true label, a column a guessed one,
    both in the order of `labels`."""

    version: str
    accuracy: float
    macro_f1: float
    labels: tuple[str, ...]
    per_class: dict[str, LabelScore]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of about the same stated certainty: how many, its mean, and the share that was right."""

    n: int
    certainty: float
    right: float


@dataclass(frozen=True, slots=True)
class Report:
    """source: "office" (corrections and what people confirmed) or the name of a file. rows: labelled
    ones; corrected: those a person corrected; taught: rows the model in use labelled, to keep what
    it knows. classes: labelled rows a label. bins: of the challenger, empty where a task states no
    certainty; calibration_error: on held-out rows. drift: of the last month against the training
    rows, None where the last month is not known. dictionary: words were cut with; own_sentences:
    those of the project trained on too."""

    task: str
    version: str
    date: str
    source: str
    rows: int
    corrected: int
    taught: int
    classes: dict[str, int]
    new_labels: tuple[str, ...]
    challenger: Measured
    champion: Measured
    comparison: Comparison
    calibration_error: float
    bins: tuple[Bin, ...]
    drift: Drift | None
    dictionary: str
    own_sentences: int


def measured(version: str, truth: Sequence[str], guessed: Sequence[str]) -> Measured:
    """Scores guesses against the truth."""
    seen = Counter(truth)
    labels = tuple(dict.fromkeys([*(label for label, _ in seen.most_common()), *guessed]))
    pairs = Counter(zip(truth, guessed, strict=True))
    return Measured(
        version,
        accuracy(truth, guessed),
        macro_f1(truth, guessed),
        labels,
        label_scores(truth, guessed),
        tuple(tuple(pairs[true, guess] for guess in labels) for true in labels),
    )


def bins(certainty: Sequence[float], right: Sequence[bool]) -> tuple[Bin, ...]:
    """Ten bins of certainty; those without rows are left out."""
    found = []
    for number in range(BINS):
        inside = [
            (sure, hit)
            for sure, hit in zip(certainty, right, strict=True)
            if min(int(sure * BINS), BINS - 1) == number
        ]
        if inside:
            count = len(inside)
            found.append(
                Bin(count, sum(s for s, _ in inside) / count, sum(h for _, h in inside) / count)
            )
    return tuple(found)


def written(report: Report) -> dict[str, Any]:
    """The report as JSON can hold it."""
    return asdict(report)


def read_report(kept: Mapping[str, Any]) -> Report:
    """What `written` gave, from the records."""
    values = dict(kept)
    values["challenger"] = _measured(values["challenger"])
    values["champion"] = _measured(values["champion"])
    comparison = values["comparison"]
    values["comparison"] = Comparison(
        comparison["n"],
        Difference(**comparison["accuracy"]),
        Difference(**comparison["macro_f1"]),
        comparison["verdict"],
    )
    values["bins"] = tuple(Bin(**each) for each in values["bins"])
    values["drift"] = _drift(values["drift"])
    values["new_labels"] = tuple(values["new_labels"])
    return Report(**values)


def _measured(kept: Mapping[str, Any]) -> Measured:
    return Measured(
        kept["version"],
        kept["accuracy"],
        kept["macro_f1"],
        tuple(kept["labels"]),
        {label: LabelScore(**score) for label, score in kept["per_class"].items()},
        tuple(tuple(row) for row in kept["confusion"]),
    )


def _drift(kept: Mapping[str, Any] | None) -> Drift | None:
    if kept is None:
        return None
    shares = tuple(LabelShare(**share) for share in kept["shares"])
    return Drift(kept["index"], kept["n_before"], kept["n_now"], shares)
