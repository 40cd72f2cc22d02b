"""A linear model over hashed n-grams, as arrays: what training writes and judging reads."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casework.errors import FileUnreadable
from classifier.ngrams import Hashes

FORMAT, WITHOUT_RARITY = 3, 2
"""Raised when hashes or arrays change their meaning; files of another format are refused. Those of 2
are the same without rarity."""

LEAST_LENGTH = 6.0
"""A text is taken to be at least so long (in the sense of rarity): of which few n-grams are known stays
uncertain."""

Weights = NDArray[np.float32]
Rarity = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """The score of a label is bias + sum of the weights of the known n-gram occurrences / sqrt(number
    of all n-gram occurrences); probabilities are as in `probabilities`.

    With rarity the known n-grams are added up once each, times their `dampened` count, and the sum is
    divided by the text's length: the root of the sum of squares of dampened counts times rarity, or
    LEAST_LENGTH where that is more.

    keys: the hash of each known n-gram; weights: a row for each key, a column for each label;
    bias: one a label; version: names model and training; rarity: one a key, 0 where it has no length.
    """

    labels: tuple[str, ...]
    keys: Hashes
    weights: Weights
    bias: NDArray[np.float64]
    temperature: float
    version: str
    doubt: float = 0.0
    rarity: Rarity | None = None

    def save(self, path: Path) -> None:
        """Writes the arrays; nothing in the file can be executed when it is read."""
        rarity = np.zeros(0) if self.rarity is None else self.rarity
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                format=np.array(FORMAT if len(rarity) else WITHOUT_RARITY),
                labels=np.array(self.labels),
                keys=self.keys,
                weights=self.weights.astype(np.float16),
                bias=self.bias,
                temperature=np.array(self.temperature),
                version=np.array(self.version),
                doubt=np.array(self.doubt),
                rarity=rarity.astype(np.float16),
            )


def load_linear(path: Path) -> LinearModel:
    """Reads what save wrote. Raises FileUnreadable("model_format") for another format,
    FileUnreadable("model_unreadable") for anything else."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            if int(arrays["format"]) not in {FORMAT, WITHOUT_RARITY}:
                raise FileUnreadable("model_format", file=path.name)
            model = LinearModel(
                tuple(arrays["labels"].tolist()),
                arrays["keys"],
                arrays["weights"].astype(np.float32),
                arrays["bias"].astype(np.float64),
                float(arrays["temperature"]),
                str(arrays["version"]),
                float(arrays["doubt"]) if "doubt" in arrays else 0.0,
                _rarity(arrays["rarity"]) if "rarity" in arrays else None,
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise FileUnreadable("model_unreadable", file=path.name) from error
    shape = (len(model.keys), len(model.labels))
    fits = model.weights.shape == shape and model.bias.shape == shape[1:]
    if model.rarity is not None:
        fits &= model.rarity.shape == shape[:1] and bool(np.isfinite(model.rarity).all())
    if not (fits and model.temperature > 0 and 0 <= model.doubt < 1):
        raise FileUnreadable("model_unreadable", file=path.name)
    return model


def _rarity(read: NDArray[np.float16]) -> Rarity | None:
    return read.astype(np.float32) if len(read) else None


def dampened(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much an n-gram counts that occurs so often: once as 1, three times as 2, seven times as 3."""
    return np.asarray(np.log2(1 + counts))


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
