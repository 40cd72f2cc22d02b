"""Scores of models that measure a text by what is rare in it (see linear.LinearModel).

Most n-grams stand once in a text, so all occurrences are added up first, as for other models, and what
those too much count that stand there several times is taken off. In whole numbers, so that a text is
judged alike alone and among others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.linear import LEAST_LENGTH, LinearModel, dampened

LARGEST = 32767
"""Weights are kept as whole numbers up to it."""

FINE = 64
"""What an n-gram counts too much is told in parts of so many."""

TIMES_AT_MOST = 1 << 15
"""More often than any n-gram stands in what is read of a text."""

ROW_BITS = 21
"""Records are fewer."""

FEW = 1 << (31 - ROW_BITS)
_ROW = (1 << ROW_BITS) - 1


@dataclass(frozen=True, slots=True)
class Repeated:
    """N-grams that stand in a text several times, text by text. rows: their records; text: where they
    stand; times: how often."""

    rows: NDArray[np.int64]
    text: NDArray[np.int64]
    times: NDArray[np.int64]


def repeated(rows: NDArray[np.int64], begin: NDArray[np.int64]) -> Repeated:
    """rows: the record of every known n-gram; begin: where those of each text begin, and the end."""
    texts = len(begin) - 1
    # Half as wide numbers are sorted in half the time.
    keys: NDArray[np.signedinteger] = rows.astype(np.int32) if texts <= FEW else rows.copy()
    if texts > 1:
        text = (np.arange(texts) << ROW_BITS).astype(keys.dtype)
        np.bitwise_or(keys, text.repeat(np.diff(begin)), out=keys)
    keys.sort()
    again = (keys[1:] == keys[:-1]).nonzero()[0]
    # Where an n-gram's second occurrence is; all further ones stand right behind it.
    second = np.ones(len(again) + 1, dtype=np.bool_)
    np.not_equal(again[1:], again[:-1] + 1, out=second[1:-1])
    changes = second.nonzero()[0]
    found = keys.take(again.take(changes[:-1])).astype(np.int64)
    return Repeated(found & _ROW, found >> ROW_BITS, changes[1:] - changes[:-1] + 1)


class Lengths:
    """Of several models side by side those that have rarity. columns: of each model's labels; first:
    where in a record their squares of rarity begin, one a model that has it."""

    def __init__(self, models: Sequence[LinearModel], columns: Sequence[slice], first: int) -> None:
        self._models = [number for number, each in enumerate(models) if each.rarity is not None]
        self._first = first
        self._squares = slice(first, first + len(self._models))
        self._parts = [(columns[number], slice(0, 1)) for number in self._models]
        self._parts.append((self._squares, slice(1, 2)))
        self._scales = np.array([_largest_square(models[n]) / LARGEST for n in self._models])

    def __len__(self) -> int:
        return len(self._models)

    def write(
        self,
        table: NDArray[np.int16],
        rows: NDArray[np.intp],
        model: LinearModel,
        kept: NDArray[np.intp],
        number: int,
    ) -> None:
        """Puts the squares of rarity of a model's n-grams `kept` into their rows of the table."""
        if model.rarity is not None:
            place = self._models.index(number)
            squares = model.rarity.take(kept).astype(np.float64) ** 2 / self._scales[place]
            table[rows, self._first + place] = np.rint(squares).astype(np.int16)

    def measure(
        self,
        sums: NDArray[np.float64],
        factor: NDArray[np.float64],
        found: Repeated,
        records: NDArray[np.int16],
    ) -> None:
        """Takes off the sums what repeated n-grams count too much, and sets the factor of these models
        to 1 / the text's length; in place.

        sums: of the weights of all occurrences, a row a text; factor: a column a model; records: of
        the repeated n-grams.
        """
        if len(found.rows):
            much = _too_much().take(found.times, axis=0, mode="clip")
            texts = found.text[:1]
            changes = texts[:0]
            if len(sums) > 1:
                changes = np.flatnonzero(np.diff(found.text, prepend=-1))
                texts = found.text.take(changes)
            for columns, parts in self._parts:
                each = records[:, columns] * much[:, parts]
                sums[texts, columns] -= (
                    np.add.reduceat(each, changes, axis=0) if len(changes) else each.sum(axis=0)
                )
        lengths = np.sqrt(np.maximum(sums[:, self._squares] * self._scales, LEAST_LENGTH**2))
        factor[:, self._models] = 1 / lengths


@cache
def _too_much() -> NDArray[np.float64]:
    """By how often an n-gram stands in a text: how much too much that counts, and how much too much
    its square. Whole parts, so that their sums are exact in whatever order."""
    times = np.arange(TIMES_AT_MOST + 1, dtype=np.float64)
    counted = dampened(times)
    much = np.stack([times - counted, times - counted**2], axis=1)
    return np.asarray(np.rint(much * FINE) / FINE)


def _largest_square(model: LinearModel) -> float:
    return 1e-9 if model.rarity is None else max(float(model.rarity.max(initial=0.0)) ** 2, 1e-9)
