"""Loading the classifier: the shipped models, or a folder of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from casework.errors import FileUnreadable
from casework.taxonomy import KINDS, SENTIMENTS, first_level_topics
from classifier.bayes import BayesSentiment, load_counts
from classifier.danger import load_danger
from classifier.interface import Classifier, TrainedClassifier
from classifier.joint import JointModel
from classifier.linear import LinearModel, load_linear
from classifier.places import GazetteerPlace, PlaceFinder
from classifier.sentiment import SnowNlpSentiment

SHIPPED = Path(__file__).parent / "models"

SentimentEngineName = Literal["linear", "snownlp"]


def load(
    models: Path | None = None,
    *,
    sentiment_engine: SentimentEngineName = "linear",
    gazetteer: Sequence[GazetteerPlace] = (),
) -> Classifier:
    """The classifier, ready: dictionary, word lists and models are read before it returns.

    models: a folder with some of topic.npz, kind.npz, sentiment.npz, sentiment_bayes.npz and danger.json; what it
    lacks is taken from the shipped folder. Raises FileUnreadable("missing_models") when the folder
    has none of them, "model_unreadable", "model_format" or "model_labels" for a file that is no
    such model.
    """
    folder = models or SHIPPED
    if not any(folder.glob("*.npz")):
        raise FileUnreadable("missing_models", folder=str(folder))
    topic = _linear(folder, "topic", first_level_topics())
    kind = _linear(folder, "kind", KINDS)
    sentiment = _linear(folder, "sentiment", SENTIMENTS)
    danger = load_danger(_path(folder, "danger.json"))
    snownlp = _snownlp(folder) if sentiment_engine == "snownlp" else None
    classifier = TrainedClassifier(
        JointModel((topic, kind, sentiment)),
        snownlp,
        danger,
        PlaceFinder(gazetteer),
        " ".join(each.version for each in (topic, kind, snownlp or sentiment, danger)),
    )
    classifier.judge("某小区停水，请问何时恢复？")
    return classifier


def _snownlp(folder: Path) -> SnowNlpSentiment:
    counts = load_counts(_path(folder, "sentiment_bayes.npz"))
    return SnowNlpSentiment(BayesSentiment(counts), f"sentiment-snownlp-{counts.version}")


def _linear(folder: Path, task: str, labels: tuple[str, ...]) -> LinearModel:
    path = _path(folder, f"{task}.npz")
    model = load_linear(path)
    if model.labels != labels:
        raise FileUnreadable("model_labels", file=path.name)
    return model


def _path(folder: Path, name: str) -> Path:
    return folder / name if (folder / name).exists() else SHIPPED / name
