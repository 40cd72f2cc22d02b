"""A linear model over hashed n-grams, as arrays: what training writes and judging reads."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casework.errors import FileUnreadable
from classifier.ngrams import Hashes

FORMAT = 2
"""Raised when hashes or arrays change their meaning; older files are then refused."""

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """The score of a label is bias + sum of the weights of the known n-gram occurrences / sqrt(number
    of all n-gram occurrences); probabilities are as in `probabilities`.

    keys: the hash of each known n-gram; weights: a row for each key, a column for each label;
    bias: one a label; version: names model and training.
    """

    labels: tuple[str, ...]
    keys: Hashes
    weights: Weights
    bias: NDArray[np.float64]
    temperature: float
    version: str
    doubt: float = 0.0

    def save(self, path: Path) -> None:
        """Writes the arrays; nothing in the file can be executed when it is read."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                format=np.array(FORMAT),
                labels=np.array(self.labels),
                keys=self.keys,
                weights=self.weights.astype(np.float16),
                bias=self.bias,
                temperature=np.array(self.temperature),
                version=np.array(self.version),
                doubt=np.array(self.doubt),
            )


def load_linear(path: Path) -> LinearModel:
    """Reads what save wrote. Raises FileUnreadable("model_format") for another format,
    FileUnreadable("model_unreadable") for anything else."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            if int(arrays["format"]) != FORMAT:
                raise FileUnreadable("model_format", file=path.name)
            model = LinearModel(
                tuple(arrays["labels"].tolist()),
                arrays["keys"],
                arrays["weights"].astype(np.float32),
                arrays["bias"].astype(np.float64),
                float(arrays["temperature"]),
                str(arrays["version"]),
                float(arrays["doubt"]) if "doubt" in arrays else 0.0,
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise FileUnreadable("model_unreadable", file=path.name) from error
    shape = (len(model.keys), len(model.labels))
    fits = model.weights.shape == shape and model.bias.shape == shape[1:]
    if not (fits and model.temperature > 0 and 0 <= model.doubt < 1):
        raise FileUnreadable("model_unreadable", file=path.name)
    return model


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def probabilities(
    scores: NDArray[np.float64], temperature: float, doubt: float
) -> NDArray[np.float64]:
    """The softmax of score / temperature along the last axis, of which the share `doubt` is spread
    evenly: people who labelled the rows erred too, so nothing is more certain than they were."""
    chances = (1 - doubt) * softmax(scores / temperature) + doubt / scores.shape[-1]
    return np.asarray(chances)
