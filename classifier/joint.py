"""Scoring texts under several linear models at once.

Looking up n-grams costs more than adding weights, so the models share one table: a place in it
leads to a record with the weights of all models side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from classifier.arrays import steps
from classifier.lengths import LARGEST, Lengths, repeated
from classifier.linear import LinearModel
from classifier.ngrams import NGrams

SLOT_BITS = 20
"""Each n-gram has one place in a table of 2^20, found by the upper bits of its hash."""

_SHIFT = np.uint64(64 - SLOT_BITS)
_HALF, _LOWER = np.uint64(32), np.uint64(0xFFFFFFFF)
"""A place holds the lower half of its n-gram's hash, and in its own lower half the row of its record."""


class Known(Struct, frozen=True):
    """The n-grams any of the models knows, text by text. at: their positions among the n-grams;
    begin: where those of each text begin, and at last their number; rows: the record of each;
    weights: a row an n-gram, a column a label of any model, each model to a scale of its own. They are
    whole numbers, so that their sums are the same whatever texts are read together."""

    at: NDArray[np.intp]
    begin: NDArray[np.int64]
    rows: NDArray[np.int64]
    weights: NDArray[np.int16]


class Scored(Struct, frozen=True):
    """What one model says of several texts, a row a text.

    probabilities: a column a label, rows sum to 1. any_known: whether any n-gram of the text is known to any model. column: where the model's
    labels begin in Known.weights.
    """

    labels: tuple[str, ...]
    probabilities: NDArray[np.float64]
    any_known: NDArray[np.bool_]
    column: int

    def ranked(self) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The labels' numbers and their probabilities, most probable first."""
        less = -self.probabilities
        order = less.argsort(axis=1, kind="stable")
        less.sort(axis=1)
        return order, np.negative(less, out=less)

    @property
    def best(self) -> NDArray[np.intp]:
        """The number of the most probable label."""
        return np.asarray(self.probabilities.argmax(axis=1))


class JointModel:
    """Several models over one table. Scoring from several threads is safe.

    An n-gram's record holds the weights of all models as 16-bit numbers: 64 bytes for up to 32
    labels, one line of the processor's cache, because fetching records is what scoring waits for.
    Of two n-grams that share a place the one that weighs more is known.
    """

    def __init__(self, models: Sequence[LinearModel]) -> None:
        self._labels: list[tuple[tuple[str, ...], slice]] = []
        column = 0
        for model in models:
            self._labels.append((model.labels, slice(column, column + len(model.labels))))
            column += len(model.labels)
        self._lengths = Lengths(models, [columns for _, columns in self._labels], column)
        self._width = -(-(column + len(self._lengths)) // 32) * 32
        self._scales = [
            max(float(np.abs(model.weights).max(initial=0.0)), 1e-9) / LARGEST for model in models
        ]
        self._certainty = _Certainty(models, self._scales)
        keys = _one_a_place(models)
        # Unoccupied places lead to row 0, which weighs nothing.
        rows = np.arange(1, len(keys) + 1)
        row_at = np.zeros(1 << SLOT_BITS, dtype=np.int64)
        row_at[_places(keys)] = rows
        table = np.zeros((len(keys) + 1, self._width), dtype=np.int16)
        for number, (model, (_, columns), scale) in enumerate(
            zip(models, self._labels, self._scales, strict=True)
        ):
            row = row_at.take(_places(model.keys))
            kept = (keys.take(row - 1) == model.keys).nonzero()[0]
            weights = np.rint(model.weights.take(kept, axis=0) / scale)
            row = row.take(kept)
            table[row, columns] = weights.astype(np.int16)
            self._lengths.write(table, row, model, kept, number)
        self._slots = np.zeros(1 << SLOT_BITS, dtype=np.uint64)
        self._slots[_places(keys)] = (keys << _HALF) | rows.view(np.uint64)
        self._records = table.view(f"V{2 * self._width}").ravel()

    def score(self, grams: NGrams, texts: int) -> tuple[tuple[Scored, ...], Known]:
        """What each model says of each of so many texts, in the order the models were given. Where
        nothing is known of a text its probabilities are even."""
        slots = self._slots.take(_places(grams.hashes))
        # The upper halves are equal where the n-gram is known, however the row differs.
        at = ((slots ^ (grams.hashes << _HALF)) <= _LOWER).nonzero()[0]
        begin = np.array([0, len(at)])
        if texts > 1:
            at = at.take(grams.owner.take(at).argsort(kind="stable"))
            begin = grams.owner.take(at).searchsorted(np.arange(texts + 1))
        rows = (slots.take(at) & _LOWER).view(np.int64)
        known = Known(at, begin, rows, self._weights_of(rows))
        # A text's score is weighed by all its n-grams, known or not, so that what resembles nothing
        # the models have met stays uncertain.
        return self._scored(known, np.bincount(grams.owner, minlength=texts)), known

    def score_parts(
        self,
        grams: NGrams,
        known: Known,
        texts: NDArray[np.int64],
        begins: NDArray[np.int64],
        ends: NDArray[np.int64],
    ) -> tuple[Scored, ...]:
        """What each model says of stretches of the texts, which do not overlap and are in order.

        texts: the number of each stretch's text; begins, ends: its characters, counted as those of
        the n-grams. An n-gram belongs to the stretch it begins in.
        """
        edges = np.concatenate([begins, ends])
        before = np.zeros(len(edges), dtype=np.int64)
        for low, high in pairwise(grams.sorts):
            before += grams.first[low:high].searchsorted(edges)  # in order, within a sort
        counts = before[len(begins) :] - before[: len(begins)]
        bounds = known.begin.tolist()
        own = [np.arange(bounds[text], bounds[text + 1]) for text in sorted(set(texts.tolist()))]
        of_texts = np.concatenate(own)
        first = grams.first.take(known.at.take(of_texts))
        part = begins.searchsorted(first, side="right") - 1
        part[first >= ends.take(part.clip(0))] = -1  # it stands between stretches
        order = part.argsort(kind="stable")[np.count_nonzero(part < 0) :]
        begin = part.take(order).searchsorted(np.arange(len(begins) + 1))
        at = of_texts.take(order)
        inside = Known(
            known.at.take(at), begin, known.rows.take(at), known.weights.take(at, axis=0)
        )
        return self._scored(inside, counts)

    def _weights_of(self, rows: NDArray[np.int64]) -> NDArray[np.int16]:
        return self._records.take(rows).view(np.int16).reshape(-1, self._width)

    def _scored(self, known: Known, counts: NDArray[np.int64]) -> tuple[Scored, ...]:
        any_known = steps(known.begin) > 0
        sums = _sums(known).astype(np.float64)
        factor = np.empty((len(sums), len(self._scales)))
        factor.T[:] = 1 / np.sqrt(np.maximum(counts, 1))
        if self._lengths:
            found = repeated(known.rows, known.begin)
            self._lengths.measure(sums, factor, found, self._weights_of(found.rows))
        chances = self._certainty.probabilities(sums, factor, any_known)
        return tuple(
            [
                Scored(labels, chances[:, columns], any_known, columns.start)
                for labels, columns in self._labels
            ]
        )


class _Certainty:
    """linear.probabilities of several models at once, a column a label of any of them."""

    def __init__(self, models: Sequence[LinearModel], scales: Sequence[float]) -> None:
        counts = [len(model.labels) for model in models]
        self._begins = np.cumsum([0, *counts])[:-1]
        self._model = np.arange(len(models)).repeat(counts)
        temperatures = np.array([model.temperature for model in models]).repeat(counts)
        self._scales = np.array(scales).repeat(counts) / temperatures
        self._bias = np.concatenate([model.bias for model in models]) / temperatures
        doubt = np.array([model.doubt for model in models])
        self._sure = 1 - doubt
        self._doubt = (doubt / counts).repeat(counts)

    def probabilities(
        self, sums: NDArray[np.float64], factor: NDArray[np.float64], any_known: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """sums: of the weights, a row a text; factor: what they are multiplied with beside the
        models' scales, a column a model; any_known: where the bias counts."""
        scores = sums[:, : len(self._scales)] * factor.take(self._model, axis=1)
        scores *= self._scales
        scores += self._bias
        scores *= any_known[:, None]
        scores -= np.maximum.reduceat(scores, self._begins, axis=1).take(self._model, axis=1)
        raised = np.exp(scores, out=scores)
        share = self._sure / np.add.reduceat(raised, self._begins, axis=1)
        raised *= share.take(self._model, axis=1)
        raised += self._doubt
        return np.asarray(raised)


def _places(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (keys >> _SHIFT).view(np.int64)


def _one_a_place(models: Sequence[LinearModel]) -> NDArray[np.uint64]:
    """The n-grams of all models, sorted, of those that share a place the one that weighs most in
    any model."""
    every = np.concatenate([model.keys for model in models])
    heaviest = [np.abs(model.weights).max(axis=1, initial=0.0) for model in models]
    weight = np.concatenate([each / max(float(each.max(initial=0.0)), 1e-9) for each in heaviest])
    lightest_first = np.argsort(-weight, kind="stable")[::-1]
    # Of what is put in one place the last remains. Places are the upper bits of the hashes, and so
    # the n-grams are sorted when they are taken place after place.
    heaviest_at = np.full(1 << SLOT_BITS, -1, dtype=np.int64)
    heaviest_at[_places(every.take(lightest_first))] = lightest_first
    return every.take(heaviest_at[heaviest_at >= 0])


def _sums(known: Known) -> NDArray[np.int32]:
    """The weights of each text's n-grams added up, a row a text."""
    bounds = known.begin.tolist()
    sums = np.zeros((len(bounds) - 1, known.weights.shape[1]), dtype=np.int32)
    for number, (begin, end) in enumerate(zip(bounds[:-1], bounds[1:], strict=True)):
        np.einsum("ij->j", known.weights[begin:end], out=sums[number], dtype=np.int32)
    return sums
