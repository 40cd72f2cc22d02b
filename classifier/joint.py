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


@dataclass(frozen=True, slots=True)
class Scored:
    """What one model says of a reading.

    probabilities: one a label, summing to 1; order: the labels' columns, most probable first. at: the n-grams of the reading that any of the models
    may know. known: for each of these 1 if this model knows it, else 0; any_known: whether there is
    one. weights: a row for each of these, a column a label, to an arbitrary scale; rows of n-grams
    that are not known mean nothing.
    """

    labels: tuple[str, ...]
    probabilities: list[float]
    order: list[int]
    at: NDArray[np.intp]
    known: Weights
    any_known: bool
    weights: Weights


class JointModel:
    """Several models over one table. Scoring from several threads is safe.

    An n-gram's record holds, for each model, the lower half of the key it knows at this place, and
    the weights of all models as 16-bit numbers: 64 bytes for our three, one line of the processor's
    cache, because fetching records is what scoring waits for.
    """

    def __init__(self, models: Sequence[LinearModel]) -> None:
        self._models = tuple(models)
        self._columns = _columns(models)
        places = np.unique(np.concatenate([slots_of(model.keys) for model in models]))
        # Row 0 is where all unoccupied places lead; what it holds no model knows.
        self._rows = np.zeros(1 << SLOT_BITS, dtype=np.int32)
        self._rows[places] = np.arange(1, len(places) + 1, dtype=np.int32)
        self._weights_at = 4 * len(models)
        needed = self._weights_at + 2 * self._columns[-1].stop
        self._size = -(-needed // 64) * 64
        table = np.zeros((len(places) + 1, self._size), dtype=np.uint8)
        keys, weights = self._parts(table)
        self._scales: list[float] = []
        self._biases = [model.bias.tolist() for model in models]
        for number, (model, columns) in enumerate(zip(models, self._columns, strict=True)):
            rows = self._rows[slots_of(model.keys)]
            scale = max(float(np.abs(model.weights).max(initial=0.0)), 1e-9) / _LARGEST
            keys[rows, number] = model.keys.astype(np.uint32)
            weights[rows, columns] = np.rint(model.weights / scale).astype(np.int16)
            self._scales.append(scale)
        self._records = table.view(f"V{self._size}").ravel()

    def score(self, reading: Reading) -> tuple[Scored, ...]:
        """What each model says, in the order the models were given. Where a model knows nothing of a
        text its probabilities are even."""
        rows = self._rows.take(slots_of(reading.hashes))
        at = rows.nonzero()[0]
        found = self._records.take(rows.take(at)).view(np.uint8).reshape(-1, self._size)
        keys, numbers = self._parts(found)
        lower = reading.hashes.take(at).astype(np.uint32)
        known = np.equal(keys.T, lower).astype(np.float32)
        weights = numbers[:, : self._columns[-1].stop].astype(np.float32)
        sums = _product(known, weights).tolist()
        totals = [int(np.count_nonzero(row)) for row in known]
        return tuple(
            self._scored(number, sums[number], totals[number], at, known[number], weights)
            for number in range(len(self._models))
        )

    def _scored(
        self,
        number: int,
        sums: list[float],
        total: int,
        at: NDArray[np.intp],
        known: Weights,
        weights: Weights,
    ) -> Scored:
        model, columns = self._models[number], self._columns[number]
        size = len(model.labels)
        if not total:
            chances = [1 / size] * size
        else:
            factor = self._scales[number] / math.sqrt(total)
            bias = self._biases[number]
            scores = [s * factor + b for s, b in zip(sums[columns], bias, strict=True)]
            chances = softened(scores, model.temperature)
        order = sorted(range(size), key=chances.__getitem__, reverse=True)
        return Scored(model.labels, chances, order, at, known, total > 0, weights[:, columns])

    def _parts(self, table: NDArray[np.uint8]) -> tuple[NDArray[np.uint32], NDArray[np.int16]]:
        """The keys and the weights of records, as views."""
        keys = table[:, : self._weights_at].view(np.uint32)
        return keys, table[:, self._weights_at :].view(np.int16)


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


def _columns(models: Sequence[LinearModel]) -> list[slice]:
    """Where each model's weights stand in a record."""
    columns: list[slice] = []
    column = 0
    for model in models:
        columns.append(slice(column, column + len(model.labels)))
        column += len(model.labels)
    return columns
