"""A linear model over hashed n-grams, as arrays: what training writes and judging reads.

The score of a label is bias + sum of the weights of the known n-gram occurrences / sqrt(their
number); probabilities are the softmax of score / temperature. N-grams never seen in training are
not known, so text that resembles nothing gives even probabilities.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casework.errors import FileUnreadable
from classifier.ngrams import Hashes, Reading

SLOT_BITS = 20
"""Each n-gram has one place in a table of 2^20, found by the upper bits of its hash."""

FORMAT = 1
"""Raised when hashes or arrays change their meaning; older files are then refused."""

_SHIFT = np.uint64(64 - SLOT_BITS)

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scored:
    """What a model says of a reading.

    probabilities: one a label, summing to 1. known: which n-grams of the reading the model knows.
    weights: their weights, a row each and a column a label, already divided by sqrt(their number).
    """

    probabilities: NDArray[np.float64]
    known: NDArray[np.intp]
    weights: Weights


@dataclass(frozen=True, slots=True)
class LinearModel:
    """keys: the hash of each known n-gram, ascending by nothing in particular; weights: a row for
    each key, a column for each label; bias: one a label; version: names model and training."""

    labels: tuple[str, ...]
    keys: Hashes
    weights: Weights
    bias: NDArray[np.float64]
    temperature: float
    version: str
    slots: NDArray[np.int32]

    @classmethod
    def of(
        cls,
        labels: tuple[str, ...],
        keys: Hashes,
        weights: Weights,
        bias: NDArray[np.float64],
        temperature: float,
        version: str,
    ) -> LinearModel:
        """A model ready to judge. Of keys that share a slot, the first is known."""
        slots = np.full(1 << SLOT_BITS, -1, dtype=np.int32)
        slots[slots_of(keys[::-1])] = np.arange(len(keys) - 1, -1, -1, dtype=np.int32)
        return cls(labels, keys, weights, bias, temperature, version, slots)

    def score(self, reading: Reading) -> Scored:
        """Scores a reading; even probabilities when nothing in it is known."""
        rows = self.slots[slots_of(reading.hashes)]
        known = np.flatnonzero((rows >= 0) & (self.keys[rows] == reading.hashes))
        if not len(known):
            even = np.full(len(self.labels), 1 / len(self.labels))
            return Scored(even, known, self.weights[:0])
        weights = self.weights[rows[known]]
        weights *= np.float32(1 / np.sqrt(len(known)))
        return Scored(softmax((weights.sum(axis=0) + self.bias) / self.temperature), known, weights)

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
            )


def load_linear(path: Path) -> LinearModel:
    """Reads what save wrote. Raises FileUnreadable("model_unreadable") for anything else."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if int(arrays["format"]) != FORMAT:
                raise FileUnreadable("model_format", file=path.name)
            return LinearModel.of(
                tuple(arrays["labels"].tolist()),
                arrays["keys"],
                arrays["weights"].astype(np.float32),
                arrays["bias"],
                float(arrays["temperature"]),
                str(arrays["version"]),
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise FileUnreadable("model_unreadable", file=path.name) from error


def slots_of(keys: Hashes) -> NDArray[np.int64]:
    """The place of each hash in the table."""
    return (keys >> _SHIFT).view(np.int64)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))
