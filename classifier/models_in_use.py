"""Everything one city's classifier is made of, and making it. What is in use stands in the records;
the models lie in folders that are written once and never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from casework.errors import FileUnreadable
from casework.word_lists import UserWord
from classifier.interface import Classifier
from classifier.loading import SentimentEngineName, load
from classifier.places import GazetteerPlace
from classifier.segmentation import use_dictionary
from classifier.user_dictionary import build

MODEL_FILES = {
    "topic": ("topic.npz",),
    "kind": ("kind.npz",),
    "sentiment": ("sentiment.npz", "sentiment_bayes.json"),
    "unit": ("unit.npz",),
}
"""What judging reads of a task; the first is the model, the others may be missing."""


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A model the city put to use. folder: where it lies; digest: as digest_of said when it was made."""

    task: str
    version: str
    folder: Path
    digest: str


@dataclass(frozen=True, slots=True)
class InUse:
    """It can be pickled. base: a folder with models instead of the shipped ones, or None."""

    base: Path | None
    chosen: tuple[ChosenModel, ...]
    sentiment_engine: SentimentEngineName
    words: tuple[UserWord, ...]
    places: tuple[GazetteerPlace, ...]


def load_in_use(in_use: InUse) -> Classifier:
    """The classifier, ready; and the whole process cuts with the city's words from then on.

    Raises what loading.load raises, and FileUnreadable("model_changed") for a file that is not the
    one that was put to use. Then nothing has changed.
    """
    for model in in_use.chosen:
        check_digest(model)
    dictionary = build(in_use.words)
    classifier = load(
        in_use.base,
        chosen={model.task: model.folder for model in in_use.chosen},
        sentiment_engine=in_use.sentiment_engine,
        gazetteer=in_use.places,
    )
    use_dictionary(dictionary)
    return classifier


def check_digest(model: ChosenModel) -> None:
    """Raises FileUnreadable("model_changed") when its files are not those that were made."""
    if digest_of(model.folder, model.task) != model.digest:
        raise FileUnreadable("model_changed", file=model.version)


def digest_of(folder: Path, task: str) -> str:
    """The SHA-256 of a task's files. Raises FileUnreadable("model_unreadable") when they are gone."""
    digest = hashlib.sha256()
    for name in MODEL_FILES[task]:
        path = folder / name
        if name != MODEL_FILES[task][0] and not path.exists():
            continue
        try:
            digest.update(path.read_bytes())
        except OSError as error:
            raise FileUnreadable("model_unreadable", file=path.name) from error
    return digest.hexdigest()
