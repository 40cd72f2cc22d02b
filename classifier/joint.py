"""Scoring texts under several linear models at once.

Looking up n-grams costs more than adding weights, so the models share one table: a place in it
leads to a record with the weights of all models side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.linear import LinearModel, probabilities
from classifier.ngrams import NGrams

SLOT_BITS = 20
"""Each n-gram has one place in a table of 2^20, found by the upper bits of its hash."""

_SHIFT = np.uint64(64 - SLOT_BITS)
_LARGEST = 32767
_KEY = 2
"""The lower half of the n-gram's hash takes the first two 16-bit numbers of a record."""


@dataclass(frozen=True, slots=True)
class Known:
    """The n-grams any of the models knows, text by text. at: their positions among the n-grams;
    begin: where those of each text begin, and at last their number; weights: a row an n-gram, a
    column a label of any model, each model to a scale of its own. They are whole numbers, so that
    their sums are the same whatever texts are read together."""

    at: NDArray[np.intp]
    begin: NDArray[np.int64]
    weights: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Scored:
    """What one model says of several texts, a row a text.

    probabilities: a column a label, rows sum to 1; order: the labels' numbers, most probable first.
    any_known: whether any n-gram of the text is known to any model. column: where the model's
    labels begin in Known.weights.
    """

    labels: tuple[str, ...]
    probabilities: NDArray[np.float64]
    order: NDArray[np.intp]
    any_known: NDArray[np.bool_]
    column: int


class JointModel:
    """Several models over one table. Scoring from several threads is safe.

    An n-gram's record holds the lower half of its hash and the weights of all models as 16-bit
    numbers: 64 bytes for up to thirty labels, one line of the processor's cache, because fetching
    records is what scoring waits for. Of two n-grams that share a place the one that weighs more
    is known.
    """

    def __init__(self, models: Sequence[LinearModel]) -> None:
        self._models = tuple(models)
        self._columns: list[slice] = []
        column = _KEY
        for model in models:
            self._columns.append(slice(column, column + len(model.labels)))
            column += len(model.labels)
        self._width = -(-column // 32) * 32
        self._scales = [
            max(float(np.abs(model.weights).max(initial=0.0)), 1e-9) / _LARGEST for model in models
        ]
        keys = _one_a_place(models)
        table = np.zeros((len(keys) + 1, self._width), dtype=np.int16)
        table[1:, :_KEY] = keys.astype(np.uint32).view(np.int16).reshape(-1, _KEY)
        for model, columns, scale in zip(models, self._columns, self._scales, strict=True):
            row = np.minimum(keys.searchsorted(model.keys), len(keys) - 1)
            kept = (keys[row] == model.keys).nonzero()[0]
            table[1 + row[kept], columns] = np.rint(model.weights[kept] / scale).astype(np.int16)
        # Row 0 is where all unoccupied places lead; it is never fetched.
        self._rows = np.zeros(1 << SLOT_BITS, dtype=np.int32)
        self._rows[_places(keys)] = np.arange(1, len(keys) + 1, dtype=np.int32)
        self._records = table.view(f"V{2 * self._width}").ravel()

    def score(self, grams: NGrams, texts: int) -> tuple[tuple[Scored, ...], Known]:
        """What each model says of each of so many texts, in the order the models were given. Where
        nothing is known of a text its probabilities are even."""
        rows = self._rows.take(_places(grams.hashes))
        at = rows.nonzero()[0]
        found = self._records.take(rows.take(at))
        records = found.view(np.int16).reshape(-1, self._width)
        keys = records[:, :_KEY].copy().view(np.uint32).ravel()
        right = (keys == grams.hashes.take(at).astype(np.uint32)).nonzero()[0]
        owner = grams.owner.take(at.take(right))
        order = owner.argsort(kind="stable")
        right = right.take(order)
        begin = owner.take(order).searchsorted(np.arange(texts + 1))
        known = Known(at.take(right), begin, records.take(right, axis=0))
        sums = _sums(known)
        # A text's score is weighed by all its n-grams, known or not, so that what resembles nothing
        # the models have met stays uncertain.
        counts = np.bincount(grams.owner, minlength=texts)
        return self._scored(sums, counts, np.diff(begin) > 0), known

    def score_parts(
        self, grams: NGrams, known: Known, begins: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[Scored, ...]:
        """What each model says of stretches of the texts, which do not overlap and are in order.

        begins, ends: the characters of each stretch, counted as those of the n-grams. An n-gram
        belongs to the stretch it begins in.
        """
        part = begins.searchsorted(grams.first, side="right") - 1
        part[grams.first >= ends.take(part.clip(0))] = -1  # it stands between stretches
        counts = np.bincount(part[part >= 0], minlength=len(begins))
        of_known = part.take(known.at)
        order = of_known.argsort(kind="stable")[np.count_nonzero(of_known < 0) :]
        bounds = of_known.take(order).searchsorted(np.arange(len(begins) + 1))
        own = Known(known.at.take(order), bounds, known.weights.take(order, axis=0))
        return self._scored(_sums(own), counts, np.diff(bounds) > 0)

    def _scored(
        self, sums: NDArray[np.int32], counts: NDArray[np.int64], any_known: NDArray[np.bool_]
    ) -> tuple[Scored, ...]:
        factor = any_known / np.sqrt(np.maximum(counts, 1))
        found = []
        for model, columns, scale in zip(self._models, self._columns, self._scales, strict=True):
            scores = sums[:, columns] * (factor * scale)[:, None] + any_known[:, None] * model.bias
            chances = probabilities(scores, model.temperature, model.doubt)
            order = (-chances).argsort(axis=1, kind="stable")
            found.append(Scored(model.labels, chances, order, any_known, columns.start))
        return tuple(found)


def _places(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (keys >> _SHIFT).view(np.int64)


def _one_a_place(models: Sequence[LinearModel]) -> NDArray[np.uint64]:
    """The n-grams of all models, sorted, of those that share a place the one that weighs most in
    any model."""
    every = np.concatenate([model.keys for model in models])
    heaviest = [np.abs(model.weights).max(axis=1, initial=0.0) for model in models]
    weight = np.concatenate([each / max(float(each.max(initial=0.0)), 1e-9) for each in heaviest])
    by_weight = np.argsort(-weight, kind="stable")
    _, first = np.unique(_places(every[by_weight]), return_index=True)
    return np.unique(every[by_weight[first]])


def _sums(known: Known) -> NDArray[np.int32]:
    """The weights of each text's n-grams added up, a row a text."""
    bounds = known.begin.tolist()
    sums = np.zeros((len(bounds) - 1, known.weights.shape[1]), dtype=np.int32)
    for number, (begin, end) in enumerate(zip(bounds[:-1], bounds[1:], strict=True)):
        known.weights[begin:end].sum(axis=0, out=sums[number])
    return sums
