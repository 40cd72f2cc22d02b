"""Loading the classifier: the shipped models, or a folder of one's own.

A model file may come from a stranger: it is looked at before it is read, nothing in it is executed,
and whatever is wrong with it is one error.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from casework.errors import FileUnreadable
from casework.taxonomy import ACTIONABLE, KINDS, SENTIMENTS, URGENCIES, first_level_topics
from classifier.bayes import BayesSentiment
from classifier.bayes_file import load_counts
from classifier.danger import load_danger
from classifier.interface import Classifier, TrainedClassifier
from classifier.joint import JointModel
from classifier.linear import LinearModel, load_linear
from classifier.places import GazetteerPlace, PlaceFinder
from classifier.sentiment import SnowNlpSentiment

Read = TypeVar("Read")

SHIPPED = Path(__file__).parent / "models"

LABELS: dict[str, tuple[str, ...]] = {
    "topic": first_level_topics(),
    "kind": KINDS,
    "sentiment": SENTIMENTS,
    "urgency": URGENCIES,
    "unit": (),
    "actionable": ACTIONABLE,
}
"""What each model must know, in this order; of units any (see shipped_labels)."""

MAY_KNOW_MORE = {"topic", "unit"}
"""Labels of the city's own may stand behind those known: topics, and the codes of its bodies."""

LARGEST_FILE = 64 * 1024 * 1024
LARGEST_UNPACKED = 256 * 1024 * 1024
MOST_LABELS = 100
LONGEST_LABEL = 30

SentimentEngineName = Literal["linear", "snownlp"]

_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    ArithmeticError,
    AttributeError,
    IndexError,
    MemoryError,
    NotImplementedError,
    RecursionError,
    RuntimeError,
    SyntaxError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""All that zipfile and numpy were seen to raise over files that are no models."""


def load(
    models: Path | None = None,
    *,
    chosen: Mapping[str, Path] | None = None,
    sentiment_engine: SentimentEngineName = "linear",
    gazetteer: Sequence[GazetteerPlace] = (),
) -> Classifier:
    """The classifier, ready: dictionary, word lists and models are read before it returns.

    models: a folder with some of topic.npz, kind.npz, sentiment.npz, urgency.npz, unit.npz,
    actionable.npz, danger.json and the word counts of the sentiment; what it lacks is taken from the shipped folder.
    chosen: for a task the folder to take instead. Raises FileUnreadable("missing_models") when a folder has none of them,
    "model_unreadable", "model_format" or "model_labels" for a file that is no such model.
    """
    folder = models or SHIPPED
    folders = {task: (chosen or {}).get(task, folder) for task in LABELS}
    if not any(folder.glob("*.npz")):
        raise FileUnreadable("missing_models", folder=str(folder))
    linear = [_linear(folders[task], task) for task in LABELS]
    topic, kind, sentiment, urgency, unit, actionable = linear
    danger = load_danger(_path(folder, "danger.json"))
    snownlp = _snownlp(folders["sentiment"]) if sentiment_engine == "snownlp" else None
    classifier = TrainedClassifier(
        JointModel(linear),
        snownlp,
        danger,
        PlaceFinder(gazetteer),
        " ".join(
            each.version
            for each in (topic, kind, snownlp or sentiment, urgency, danger, unit, actionable)
        ),
    )
    classifier.judge("某小区停水，请问何时恢复？")
    return classifier


@cache
def shipped_labels(task: str) -> tuple[str, ...]:
    """What the shipped model of a task tells apart; of units the codes of the catalogue that ships."""
    return LABELS[task] or _linear(SHIPPED, task).labels


def _snownlp(folder: Path) -> SnowNlpSentiment:
    path = _path(folder, "sentiment_bayes.json")
    counts = load_counts(path)
    if counts.labels != SENTIMENTS:
        raise FileUnreadable("model_labels", file=path.name)
    return SnowNlpSentiment(BayesSentiment(counts), f"sentiment-snownlp-{counts.version}")


def _linear(folder: Path, task: str) -> LinearModel:
    path = _path(folder, f"{task}.npz")
    model = _read(path, load_linear)
    if not _known(task, model.labels):
        raise FileUnreadable("model_labels", file=path.name)
    keys, numbers = model.keys, (model.weights, model.bias, np.array(model.temperature))
    hashes = keys.ndim == 1 and np.issubdtype(keys.dtype, np.unsignedinteger)
    if not hashes or not all(np.isfinite(each).all() for each in numbers):
        raise FileUnreadable("model_unreadable", file=path.name)
    return model


def _known(task: str, labels: tuple[str, ...]) -> bool:
    """Whether a model of the task may have these labels."""
    known = LABELS[task]
    if task not in MAY_KNOW_MORE:
        return labels == known
    own = labels[len(known) :]
    return (
        labels[: len(known)] == known
        and len(set(labels)) == len(labels) <= MOST_LABELS
        and all(map(label_may_be, own))
    )


def label_may_be(label: str) -> bool:
    """Whether a city may call a topic so: what joins levels, and what no page shows, is left out."""
    return 0 < len(label) <= LONGEST_LABEL and "/" not in label and label.isprintable()


def _read(path: Path, read: Callable[[Path], Read]) -> Read:
    try:
        _look_at(path)
        return read(path)
    except FileUnreadable:
        raise
    except _UNREADABLE as error:
        raise FileUnreadable("model_unreadable", file=path.name) from error


def _look_at(path: Path) -> None:
    """A few bytes may unpack to more than the machine has."""
    if path.stat().st_size > LARGEST_FILE:
        raise FileUnreadable("model_unreadable", file=path.name)
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > LARGEST_UNPACKED:
        raise FileUnreadable("model_unreadable", file=path.name)


def _path(folder: Path, name: str) -> Path:
    return folder / name if (folder / name).exists() else SHIPPED / name
