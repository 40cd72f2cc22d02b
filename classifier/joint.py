"""Scoring a text under several linear models at once.

Looking up n-grams costs more than adding weights, so the models share one table: a place in it
leads to a row with the weights of all models side by side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.linear import SLOT_BITS, LinearModel, Weights, slots_of
from classifier.ngrams import Reading


@dataclass(slots=True)
class Grams:
    """The n-grams of a reading that any of the models may know.

    at: their positions in the reading. known: a row a model; 1 for each n-gram it knows, else 0.
    weights: a row for each n-gram, a column a label of any model, each model to a scale of its own;
    where a model does not know the n-gram its weights mean nothing.
    """

    at: NDArray[np.intp]
    known: Weights
    weights: Weights


@dataclass(slots=True)
class Scored:
    """What one model says of a reading.

    probabilities: one a label, summing to 1; order: the labels' numbers, most probable first.
    any_known: whether the model knows any n-gram. grams: shared by models scored together, with the
    model's row of known and the column of its first label.
    """

    labels: tuple[str, ...]
    probabilities: list[float]
    order: list[int]
    any_known: bool
    grams: Grams
    row: int
    column: int


class JointModel:
    """Several models over one table. Scoring from several threads is safe.

    An n-gram's record holds, for each model, the lower half of the key it knows at this place, and
    the weights of all models as 16-bit numbers, and a 1: 64 bytes for our three, one line of the
    processor's cache, because fetching records is what scoring waits for. The 1, multiplied like a
    weight, counts the n-grams a model knows.
    """

    def __init__(self, models: Sequence[LinearModel]) -> None:
        self._models = tuple(models)
        # Columns are counted in 16-bit numbers from the record's beginning; the keys come first.
        self._columns = _columns(models, 2 * len(models))
        self._ones = self._columns[-1].stop
        places = np.unique(np.concatenate([slots_of(model.keys) for model in models]))
        # Row 0 is where all unoccupied places lead; what it holds no model knows.
        self._rows = np.zeros(1 << SLOT_BITS, dtype=np.int32)
        self._rows[places] = np.arange(1, len(places) + 1, dtype=np.int32)
        self._width = -(-(self._ones + 1) // 32) * 32
        table = np.zeros((len(places) + 1, self._width), dtype=np.int16)
        table[1:, self._ones] = 1
        keys = table.view(np.uint32)
        self._scales: list[float] = []
        self._biases = [model.bias.tolist() for model in models]
        for number, (model, columns) in enumerate(zip(models, self._columns, strict=True)):
            rows = self._rows[slots_of(model.keys)]
            scale = max(float(np.abs(model.weights).max(initial=0.0)), 1e-9) / _LARGEST
            keys[rows, number] = model.keys.astype(np.uint32)
            table[rows, columns] = np.rint(model.weights / scale).astype(np.int16)
            self._scales.append(scale)
        self._records = table.view(f"V{2 * self._width}").ravel()

    def score(self, reading: Reading) -> tuple[Scored, ...]:
        """What each model says, in the order the models were given. Where a model knows nothing of a
        text its probabilities are even."""
        rows = self._rows.take(slots_of(reading.hashes))
        at = rows.nonzero()[0]
        found = self._records.take(rows.take(at))
        keys = found.view(np.uint32).reshape(-1, self._width // 2)[:, : len(self._models)]
        lower = reading.hashes.take(at).astype(np.uint32)
        known = (lower == keys.T).astype(np.float32)
        # Keys are converted with the weights, which is faster than leaving them out.
        weights = found.view(np.int16).astype(np.float32).reshape(-1, self._width)
        sums = _product(known, weights).tolist()
        grams = Grams(at, known, weights)
        return tuple([self._scored(number, row, grams) for number, row in enumerate(sums)])

    def _scored(self, number: int, sums: list[float], grams: Grams) -> Scored:
        model, columns = self._models[number], self._columns[number]
        size = len(model.labels)
        total = sums[self._ones]
        if not total:
            chances = [1 / size] * size
        else:
            factor = self._scales[number] / math.sqrt(total)
            bias = self._biases[number]
            scores = [s * factor + b for s, b in zip(sums[columns], bias, strict=True)]
            chances = softened(scores, model.temperature)
        order = sorted(range(size), key=chances.__getitem__, reverse=True)
        return Scored(model.labels, chances, order, total > 0, grams, number, columns.start)


_LARGEST = 32767

_AT_ONCE = 2048


def _product(known: Weights, weights: Weights) -> Weights:
    """known @ weights in pieces: a large product would wake the threads of the algebra library,
    which take other programs' cores for nothing."""
    total = known[:, :_AT_ONCE] @ weights[:_AT_ONCE]
    for begin in range(_AT_ONCE, len(weights), _AT_ONCE):
        total += known[:, begin : begin + _AT_ONCE] @ weights[begin : begin + _AT_ONCE]
    return total


def softened(scores: list[float], temperature: float) -> list[float]:
    """The softmax of scores / temperature. In plain Python: a dozen numbers are not worth arrays."""
    most = max(scores)
    raised = [math.exp((score - most) / temperature) for score in scores]
    total = sum(raised)
    return [value / total for value in raised]


def _columns(models: Sequence[LinearModel], column: int) -> list[slice]:
    """Where each model's weights stand in a record; the first model's from a column."""
    columns: list[slice] = []
    for model in models:
        columns.append(slice(column, column + len(model.labels)))
        column += len(model.labels)
    return columns
