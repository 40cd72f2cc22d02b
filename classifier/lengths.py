"""Scores of models that measure a text by what is rare in it (see linear.LinearModel).

Most n-grams stand once in a text, so all occurrences are added up first, as for other models, and what
those too much count that stand there several times is taken off. In whole numbers, so that a text is
judged alike alone and among others.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import Offsets
from classifier.compiled import compiled, part
from classifier.linear import LinearModel, dampened

LINE_NUMBERS = 32
"""A line of the processor's cache has so many numbers of a record."""

LARGEST = 32767
"""Weights are kept as whole numbers up to it."""

FINE = 64
"""What an n-gram counts too much is told in parts of so many."""

TIMES_AT_MOST = 1 << 15
"""More often than any n-gram stands in what is read of a text."""

_COUNTED, _SQUARED = 0, 1
"""Columns of `_too_much`."""


class Lengths:
    """Of several models side by side those that have rarity. columns: of each model's labels in a
    record; first: where in it their squares of rarity begin, one a model that has it. width: how many
    numbers a record has, a whole number of lines of the processor's cache."""

    def __init__(self, models: Sequence[LinearModel], columns: Sequence[slice], first: int) -> None:
        measuring = [number for number, each in enumerate(models) if each.rarity is not None]
        self.width = -(-(first + len(measuring)) // LINE_NUMBERS) * LINE_NUMBERS
        self._square_columns = np.full(len(models), -1)
        self._square_columns[measuring] = first + np.arange(len(measuring))
        self._square_scales = np.array([_largest_square(model) / LARGEST for model in models])
        of_labels = [np.arange(self.width)[columns[number]] for number in measuring]
        squares = self._square_columns[measuring]
        self._dampened = np.concatenate([*of_labels, squares])
        self._sorts = np.repeat(
            [_COUNTED, _SQUARED], [len(self._dampened) - len(squares), len(squares)]
        )

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
            squares = model.rarity.take(kept).astype(np.float64) ** 2 / self._square_scales[number]
            table[rows, self._square_columns[number]] = np.rint(squares).astype(np.int16)

    def columns_and_scales(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Of every model the column of its squares in what is added up, -1 for none, and their scale."""
        return self._square_columns, self._square_scales

    def add_up(
        self, rows: NDArray[np.int32], begin: Offsets, records: NDArray[np.int16]
    ) -> NDArray[np.int64]:
        """What the records of each text's n-grams sum to, every model's dampened as it wants, times
        FINE: a row a text. rows, begin: as in joint.Known."""
        sums = np.empty((len(begin) - 1, records.shape[1]), dtype=np.int64)
        _add_up(rows, begin, records, self._dampened, self._sorts, _too_much(), FINE, sums)
        return sums


@cache
def _too_much() -> NDArray[np.int64]:
    """How much too much counts what stands so often in a text (a row), times FINE: what is
    dampened, and its square. Whole numbers, so that their sums are exact in
    whatever order."""
    times = np.arange(TIMES_AT_MOST + 1, dtype=np.float64)
    counted = dampened(times)
    much = np.stack([times - counted, times - counted**2], axis=1)
    return np.rint(much * FINE).astype(np.int64)


def _largest_square(model: LinearModel) -> float:
    return 1e-9 if model.rarity is None else max(float(model.rarity.max(initial=0.0)) ** 2, 1e-9)


@part
def _count_rows(
    rows: NDArray[np.int32],
    seen: NDArray[np.int32],
    times: NDArray[np.int32],
    several: NDArray[np.int64],
) -> int:
    """Counts the rows in a table, whose length is a power of two and of which most is free (0). Writes
    the places of those that come several times; returns how many these are."""
    seen[:] = 0
    times[:] = 0
    last, found = len(seen) - 1, 0
    for row in rows:
        at = row & last
        while seen[at] != 0 and seen[at] != row:
            at = (at + 1) & last
        seen[at] = row
        times[at] += 1
        if times[at] == 2:
            several[found] = at
            found += 1
    return found


@part
def _fetch(rows: NDArray[np.int32], records: NDArray[np.int16]) -> int:
    """Reads one number of every line of the records. Here the processor has many lines brought to it at a
    time; the loop that works on them, being longer, would wait for one after the other."""
    found = 0
    for row in rows:
        for column in range(0, records.shape[1], LINE_NUMBERS):
            found += records[row, column]
    return found


@part
def _add_all(rows: NDArray[np.int32], records: NDArray[np.int16], added: NDArray[np.int32]) -> None:
    added[:] = 0
    for row in rows:
        record = records[row]
        for column in range(len(added)):
            added[column] += record[column]


@compiled(
    "int64(int32[::1], int64[::1], int16[:, ::1], int64[::1], int64[::1], int64[:, ::1], int64,"
    " int64[:, ::1])"
)
def _add_up(
    rows: NDArray[np.int32],
    begin: Offsets,
    records: NDArray[np.int16],
    dampened: NDArray[np.int64],
    sorts: NDArray[np.int64],
    too_much: NDArray[np.int64],
    fine: int,
    sums: NDArray[np.int64],
) -> int:
    """dampened, sorts: the columns that something is taken off, and which of too_much. Returns what
    nobody needs, or it would not be fetched."""
    fetched = 0
    added = np.empty(records.shape[1], dtype=np.int32)
    most = (begin[1:] - begin[:-1]).max()
    seen, times = np.empty(4 * most + 2, dtype=np.int32), np.empty(4 * most + 2, dtype=np.int32)
    several = np.empty(most, dtype=np.int64)
    for text in range(len(sums)):
        own = rows[begin[text] : begin[text + 1]]
        fetched += _fetch(own, records)
        _add_all(own, records, added)
        for column in range(len(added)):
            sums[text, column] = fine * added[column]
        places = 2
        while places < 2 * len(own):
            places *= 2
        found = _count_rows(own, seen[:places], times[:places], several)
        for place in several[:found]:
            record = records[seen[place]]
            much = too_much[min(times[place], len(too_much) - 1)]
            for number in range(len(dampened)):
                column = dampened[number]
                sums[text, column] -= record[column] * much[sorts[number]]
    return fetched
